import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** One partition of a card: where it is, in bytes. */
export interface Partition {
  type: number
  start: number
  size: number
}

/** A card's image as a file, looked at and changed without a mount. Debian: mtools, e2fsprogs. */
export class Card {
  readonly file: string
  readonly partitions: readonly Partition[]

  constructor(file: string) {
    this.file = file
    this.partitions = partitionsOf(file)
  }

  get size(): number {
    return statSync(this.file).size
  }

  /** Every path of the boot partition, folders with a slash at their end. */
  bootFiles(): string[] {
    return this.#mtools('mdir', ['-/', '-b', '::'])
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^::\//, ''))
  }

  bootRead(path: string): string {
    return this.#mtools('mtype', [`::${path}`])
  }

  /** The text of a file that may not be there. */
  bootReadIf(path: string): string | undefined {
    return this.bootFiles().includes(path) ? this.bootRead(path) : undefined
  }

  /** Puts a file from this computer there, in the place of one that may be there. */
  bootCopy(from: string, path: string): void {
    this.#mtools('mcopy', ['-o', from, `::${path}`])
  }

  bootExtract(path: string, to: string): void {
    this.#mtools('mcopy', ['-n', '-o', `::${path}`, to])
  }

  /** Commands of debugfs on the second (system) or third (data) partition; what they say. */
  ext4(number: 2 | 3, ...commands: string[]): string {
    const partition = this.partitions[number - 1]!
    const input = commands.join('\n')
    const write = commands.some((command) => /^(write|mkdir|sif|rm)\b/.test(command)) ? ['-w'] : []
    return execFileSync('debugfs', [...write, '-f', '-', `${this.file}?offset=${partition.start}`], {
      input,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .split('\n')
      .filter((line) => !line.startsWith('debugfs: '))
      .join('\n')
  }

  /** What an ext4 says of itself: label, UUID, features, counts. */
  superblock(number: 2 | 3): Map<string, string> {
    const said = this.ext4(number, 'stats -h')
    return new Map([...said.matchAll(/^([^:\n]+):\s+(.*)$/gm)].map(([, key, value]) => [key!, value!]))
  }

  /** Every file below a folder of an ext4: path, mode, user, group. */
  walk(number: 2 | 3, folder = '/'): { path: string; mode: number; uid: number; gid: number }[] {
    const found: { path: string; mode: number; uid: number; gid: number }[] = []
    let folders = [folder]
    while (folders.length > 0) {
      const next: string[] = []
      // One run of debugfs for each depth: a path is not said, so the folder is said before its files.
      const said = this.ext4(number, ...folders.flatMap((one) => [`ls -p "${one}"`]))
      const lists = said.split(/(?=^\/\d+\/\d+\/\d+\/\d+\/\.\/)/m)
      folders.forEach((one, index) => {
        for (const line of (lists[index] ?? '').split('\n')) {
          const [, inode, mode, uid, gid, name] = line.split('/')
          if (!name || name === '.' || name === '..' || inode === '0') continue
          const path = `${one === '/' ? '' : one}/${name}`
          found.push({ path, mode: Number.parseInt(mode!, 8), uid: Number(uid), gid: Number(gid) })
          if (mode!.startsWith('04')) next.push(path)
        }
      })
      folders = next
    }
    return found
  }

  #mtools(program: string, args: string[]): string {
    return execFileSync(program, ['-i', `${this.file}@@${this.partitions[0]!.start}`, ...args], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, TZ: 'UTC', MTOOLS_SKIP_CHECK: '1' },
    })
  }
}

/** The partition table of an MBR: four entries of 16 bytes at 446. */
function partitionsOf(file: string): Partition[] {
  const sector = Buffer.alloc(512)
  const handle = openSync(file, 'r')
  readSync(handle, sector, 0, 512, 0)
  closeSync(handle)
  if (sector.readUInt16LE(510) !== 0xaa55) throw new Error(`${file} has no partition table`)
  return [0, 1, 2, 3]
    .map((index) => sector.subarray(446 + 16 * index, 462 + 16 * index))
    .filter((entry) => entry[4] !== 0)
    .map((entry) => ({
      type: entry[4]!,
      start: entry.readUInt32LE(8) * 512,
      size: entry.readUInt32LE(12) * 512,
    }))
}
