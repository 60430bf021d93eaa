import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Settings } from '../../settings/index.ts'
import type { Entry } from '../archive/tar.ts'
import { BackupError } from './sealed.ts'

/** The folders of the storage directory that make a terminal the one that it is. */
const kept = ['identity', 'secrets'] as const

/** The files elsewhere that the settings name, and the terminal needs. */
function namedFiles({ broker, panel, storage }: Settings): string[] {
  const { ca, certificate, key, passwordFile } = broker
  const profile = panel?.startsWith('/') ? panel : undefined
  return [ca, certificate, key, passwordFile, profile].filter(
    (path): path is string => path !== undefined && !path.startsWith(`${storage.directory}/`),
  )
}

/** What makes a terminal: its settings, what they name, its key and secrets; with its journal if that is to move. */
export async function* contentsOf(
  settingsFile: string,
  settings: Settings,
  withJournal: boolean,
): AsyncGenerator<Entry> {
  const { directory } = settings.storage
  yield await entryOf('settings.yaml', settingsFile)
  for (const path of namedFiles(settings)) yield await entryOf(`files${path}`, path)
  for (const folder of kept) yield* filesOf(`storage/${folder}`, join(directory, folder))
  if (withJournal) yield* filesOf('journal', join(directory, 'journal'))
}

async function* filesOf(name: string, directory: string): AsyncGenerator<Entry> {
  const found = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw unreadable(directory, error)
  })
  for (const file of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // The mark that the journal has moved is about this card alone.
    if (file.isFile() && !(name === 'journal' && file.name === 'moved'))
      yield await entryOf(`${name}/${file.name}`, join(directory, file.name))
  }
}

async function entryOf(name: string, path: string): Promise<Entry> {
  try {
    const { mode } = await stat(path)
    return { name, mode: mode & 0o777, bytes: await readFile(path) }
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException)
  }
}

function unreadable(path: string, cause: NodeJS.ErrnoException): BackupError {
  const advice = cause.code === 'EACCES' ? '; run it as root: sudo faccina backup' : ''
  return new BackupError(`cannot read ${path} (${cause.code})${advice}`, { cause })
}

/** Lays the files down in a folder of their own, owned like the storage directory that it is in. */
export async function stage(place: string, entries: AsyncIterable<Entry>): Promise<void> {
  await rm(place, { recursive: true, force: true })
  await mkdir(place, { mode: 0o700 })
  for await (const { name, mode, bytes } of entries) {
    if (!/^(settings\.yaml|(files|storage|journal)\/.+)$/.test(name) || name.split('/').includes('..'))
      throw new BackupError(`${JSON.stringify(name)} does not belong into a backup`)
    const path = join(place, name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, bytes, { mode, flush: true })
  }
  await own(place, dirname(place))
}

/** Gives a folder and all in it the owner of another one. */
export async function own(folder: string, like: string): Promise<void> {
  const { uid, gid } = await stat(like)
  for (const one of await readdir(folder, { recursive: true })) await chown(join(folder, one), uid, gid)
  await chown(folder, uid, gid)
}

/** Puts the files that were laid down in their places, all but the journal. */
export async function place(from: string, settingsFile: string, settings: Settings): Promise<string[]> {
  const { directory } = settings.storage
  const placed: string[] = []
  for (const folder of kept) {
    for (const name of await readdir(join(from, 'storage', folder)).catch(() => [])) {
      const target = join(directory, folder)
      await mkdir(target, { mode: 0o700 }).catch(ignoreExisting)
      await own(target, directory)
      await rename(join(from, 'storage', folder, name), join(target, name))
      await syncFolder(target)
      placed.push(join(target, name))
    }
  }
  const others = [
    ...namedFiles(settings).map((path) => [`files${path}`, path]),
    ['settings.yaml', settingsFile],
  ]
  for (const [name = '', path = ''] of others) {
    await replace(join(from, name), path)
    placed.push(path)
  }
  return placed
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

/** It may lie on another file system: written beside its place, then renamed. Its group is that of its folder. */
async function replace(from: string, path: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const { uid, gid } = await stat(folder)
  const { mode } = await stat(from)
  const temporary = `${path}.new`
  await writeFile(temporary, await readFile(from), { mode: mode & 0o777, flush: true })
  await chown(temporary, uid, gid)
  await rename(temporary, path)
  await syncFolder(folder)
}

export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** A name that this card keeps for ever, so that it can be told from others. */
export async function cardOf(directory: string): Promise<string> {
  const path = join(directory, 'card')
  const known = await readFile(path, 'utf8').catch(() => '')
  if (/^[0-9a-f]{16}\n$/.test(known)) return known.trim()
  const card = randomBytes(8).toString('hex')
  await writeFile(path, `${card}\n`, { mode: 0o644, flush: true })
  const { uid, gid } = await stat(directory)
  await chown(path, uid, gid)
  await syncFolder(directory)
  return card
}
