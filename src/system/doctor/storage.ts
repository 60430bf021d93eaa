import { codeOf, failed, good, type Told, warning } from './finding.ts'

/** What the check asks of the system. */
export interface StorageLook {
  stat: (path: string) => Promise<{ uid: number; directory: boolean }>
  /** Writes a file of its own, syncs it, removes it; resolves with how long the sync took. */
  trySync: (directory: string) => Promise<number>
  freeBytes: (directory: string) => Promise<number>
  /** As in /proc/self/mounts. */
  mounts: () => Promise<string>
}

/** A slower card is worn out, or was never made for this: the thank-you waits for it. */
const slowMs = 1_000
const lowBytes = 64 * 1024 * 1024
/** Gone with the power. */
const inMemory = ['tmpfs', 'ramfs']

/** Whether votes can be kept in there. */
export async function lookAtStorage(
  directory: string,
  user: { uid: number; name: string },
  look: StorageLook,
): Promise<Told> {
  try {
    const { uid, directory: isDirectory } = await look.stat(directory)
    if (!isDirectory)
      return failed(`${directory} is no folder`, `Move ${directory} away, or set storage.directory.`)
    if (user.uid !== 0 && uid !== user.uid) {
      const next = `Run: sudo chown -R ${user.name}: ${directory}`
      return failed(`${directory} does not belong to the user ${user.name}`, next)
    }
    const syncMs = await look.trySync(directory)
    const free = await look.freeBytes(directory)
    const type = fileSystemOf(directory, await look.mounts())
    return judge({ directory, syncMs, free, type })
  } catch (error) {
    const code = codeOf(error)
    const next = nexts[code]?.(directory)
    if (code === 'ENOENT') return warning(`${directory} is not there yet`, next!)
    if (next === undefined) throw error
    return failed(`${directory}: ${words[code] ?? 'cannot be used'} (${code})`, next)
  }
}

function judge(found: { directory: string; syncMs: number; free: number; type: string }): Told {
  const { directory, syncMs, free, type } = found
  const facts = `${directory} (${type}): a write is on the disk after ${Math.ceil(syncMs)} ms, ${mebibytes(free)} free`
  if (inMemory.includes(type))
    return warning(
      `${facts}; it is memory: votes are gone with the power`,
      'Set storage.directory to a folder on the card or disk.',
    )
  if (syncMs > slowMs)
    return warning(
      `${facts}; that is slow`,
      'Exchange the card for a new one made for recording (“endurance”).',
    )
  if (free < lowBytes)
    return warning(`${facts}; that is little`, `See what fills the disk: du -xh / | sort -h | tail`)
  return good(facts)
}

const words: Record<string, string> = {
  EACCES: 'may not be written',
  EPERM: 'may not be written',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EIO: 'the disk reports an error',
  ENOTDIR: 'a part of the path is a file, no folder',
}

const nexts: Record<string, (directory: string) => string> = {
  ENOENT: () => 'Start the terminal, which makes it: sudo systemctl start faccina',
  EACCES: (directory) =>
    `Give the folder to the user that runs the terminal: ls -ld ${directory} shows whose it is.`,
  EPERM: (directory) =>
    `Give the folder to the user that runs the terminal: ls -ld ${directory} shows whose it is.`,
  EROFS: () => 'Restart the terminal; if the card is read-only again, exchange it.',
  ENOSPC: (directory) => `Free some space: du -xh ${directory} | sort -h | tail   shows what is large.`,
  EDQUOT: () => 'Have the quota raised, or set storage.directory to another disk.',
  EIO: () => 'Exchange the card: it is dying. Copy the votes first: faccina votes export',
  ENOTDIR: () => 'Set storage.directory to a folder.',
}

/** The kind of file system that a path is on: the mount with the longest prefix of it, the last of equals. */
export function fileSystemOf(path: string, mounts: string): string {
  let best = { at: '', type: 'unknown' }
  for (const line of mounts.split('\n')) {
    const [, at = '', type = ''] = line.split(' ')
    const plain = at.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    )
    const below = plain === '/' || path === plain || path.startsWith(`${plain}/`)
    if (at !== '' && below && plain.length >= best.at.length) best = { at: plain, type }
  }
  return best.type
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`
}
