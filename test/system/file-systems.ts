import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'

/** File systems that a test makes, fills and breaks. Root only. */

export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

export function mountTmpfs(test: Test, directory: string, size: string): void {
  run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory)
  test.teardown(() => run('umount', directory))
}

const mebibyte = 1024 * 1024
/** What a card says that it has, in MiB. */
const mebibytes = 32

/**
 * An ext4 like that of a card, in a sparse file: where the disk below is a small tmpfs, this one has room
 * on paper that is not there, so that writing succeeds and the flush does not.
 */
export class Card {
  /** Where it is mounted. */
  readonly directory: string
  readonly #below: string
  readonly #image: string

  private constructor(folder: string, below: string) {
    this.directory = join(folder, 'card')
    this.#below = below
    this.#image = join(this.#below, 'image')
  }

  static async open(test: Test, folder: string): Promise<Card> {
    const below = join(folder, 'below')
    mkdirSync(below)
    mountTmpfs(test, below, `${mebibytes + 4}m`)
    return Card.#make(test, new Card(folder, below), mebibytes)
  }

  /** A card whose disk is another card: when that one fails, this one has I/O errors. */
  static async openOn(test: Test, folder: string, below: Card): Promise<Card> {
    return Card.#make(test, new Card(folder, below.directory), mebibytes / 2)
  }

  static async #make(test: Test, card: Card, mebibytes: number): Promise<Card> {
    mkdirSync(card.directory)
    await writeFile(card.#image, '')
    await truncate(card.#image, mebibytes * mebibyte)
    run('mkfs.ext4', '-q', '-b', '4096', '-m', '0', '-J', 'size=4', '-E', 'lazy_itable_init=0', card.#image)
    // What belongs to the file system itself has its place below; only free blocks have none.
    run('fallocate', '--length', `${mebibytes * mebibyte}`, card.#image)
    card.mount()
    run('fstrim', card.directory)
    test.teardown(() => card.unmount())
    return card
  }

  mount(): void {
    run('mount', '-o', 'loop,errors=remount-ro', this.#image, this.directory)
  }

  /** Fine when it is not mounted. */
  unmount(): void {
    try {
      run('mountpoint', '-q', this.directory)
    } catch {
      return
    }
    run('umount', this.directory)
  }

  /** What a technician does with a card that reported errors. */
  repair(): void {
    this.unmount()
    try {
      run('e2fsck', '-f', '-y', this.#image)
    } catch (error) {
      // 1: errors were corrected (e2fsck(8)).
      if ((error as { status?: number }).status !== 1) throw error
    }
    this.mount()
  }

  /** The file system gives up, as after an I/O error in its own blocks: from now on nothing is written. */
  abort(): void {
    run('mount', '-o', 'remount,abort', this.directory)
  }

  /** The kernel finds something wrong in the file system and makes it read-only, whoever writes there. */
  async findError(): Promise<void> {
    const device = run('findmnt', '-n', '-o', 'SOURCE', this.directory).trim().replace('/dev/', '')
    await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, '1')
  }

  /** Others fill the disk below this one; returns what gives the room back. */
  async fillBelow(): Promise<string> {
    return fill(this.#below)
  }

  /** Blocks of zeros no longer take room below: the next writing to one has to find it anew. */
  digHoles(path: string, from: number): void {
    const block = 4096
    const first = Math.ceil(from / block)
    for (const { logical, physical, blocks } of extents(path)) {
      const skip = Math.max(0, first - logical)
      if (skip >= blocks) continue
      const [offset, length] = [(physical + skip) * block, (blocks - skip) * block]
      run('fallocate', '--punch-hole', '--offset', `${offset}`, '--length', `${length}`, this.#image)
    }
  }
}

/** Others fill a disk to its last byte; returns their file. */
export async function fill(directory: string): Promise<string> {
  const file = join(directory, 'of-others')
  try {
    run('dd', 'if=/dev/zero', `of=${file}`, 'bs=4k')
  } catch {
    // It ends when nothing more fits.
  }
  return file
}

/** Where a file lies on its file system, in blocks of 4 KiB. */
function extents(path: string): { logical: number; physical: number; blocks: number }[] {
  const lines = run('filefrag', '-v', '-b4096', path).matchAll(
    /^\s*\d+:\s+(\d+)\.\.\s+\d+:\s+(\d+)\.\.\s+\d+:\s+(\d+):/gm,
  )
  return [...lines].map(([, logical, physical, blocks]) => ({
    logical: Number(logical),
    physical: Number(physical),
    blocks: Number(blocks),
  }))
}
