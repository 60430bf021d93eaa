import { dirname } from 'node:path'
import type { Files, OpenFile } from '../../src/storage/files.ts'

/** Everything that changes the disk; a power cut can come after any of them. */
export type Change = 'write' | 'sync' | 'create' | 'rename' | 'remove' | 'syncDirectory'

/** What a power cut leaves of that which was not synced: nothing, all, or some blocks of it. */
export type Remains = 'nothing' | 'all' | { seed: number }

interface Inode {
  /** As a program reads it. */
  data: Buffer
  /** As it would be read after a power cut; never changed in place, so that a clone can share it. */
  durable: Buffer
  pending: { bytes: Buffer; position: number }[]
}

/**
 * A disk in memory that fails when told to, and that on `crash()` FORGETS what was not synced: bytes, sizes,
 * and the names in folders that were not synced either.
 */
export class FaultyFiles implements Files {
  #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()
  #life = 0
  readonly #open = new Map<OpenFile, string>()
  /** How many changes there have been, of each kind. */
  readonly counts: Record<Change, number> = {
    write: 0,
    sync: 0,
    create: 0,
    rename: 0,
    remove: 0,
    syncDirectory: 0,
  }
  /** Before each change: returns the code of the error it shall fail with. */
  fault: (change: Change, path: string) => string | undefined = () => undefined
  /** The power goes after so many more changes. */
  changesLeft = Number.POSITIVE_INFINITY

  get changes(): number {
    return Object.values(this.counts).reduce((sum, n) => sum + n, 0)
  }

  /** What was opened and not closed. */
  get leftOpen(): string[] {
    return [...this.#open.values()]
  }

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    const inside = [...this.#names.keys()].filter((path) => dirname(path) === directory)
    return inside.map((path) => path.slice(directory.length + 1))
  }

  async open(path: string, how: 'read' | 'write' | 'create'): Promise<OpenFile> {
    if (how === 'create') this.#change('create', path)
    else if (this.changesLeft <= 0) throw failure('EIO')
    const there = this.#names.get(path)
    if (there && how === 'create') throw failure('EEXIST')
    if (!there && how !== 'create') throw failure('ENOENT')
    const inode = there ?? { data: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] }
    this.#names.set(path, inode)
    const file = this.#handle(path, inode, how)
    this.#open.set(file, path)
    return file
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change('rename', from)
    const inode = this.#names.get(from)
    if (!inode) throw failure('ENOENT')
    this.#names.delete(from)
    this.#names.set(to, inode)
  }

  async remove(path: string): Promise<void> {
    this.#change('remove', path)
    this.#names.delete(path)
  }

  async syncDirectory(directory: string): Promise<void> {
    this.#change('syncDirectory', directory)
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (dirname(path) !== directory) continue
      const inode = this.#names.get(path)
      if (inode) this.#durableNames.set(path, inode)
      else this.#durableNames.delete(path)
    }
  }

  /** The power goes and comes back. What was open is dead. */
  crash(remains: Remains = 'nothing'): void {
    this.#life++
    this.changesLeft = Number.POSITIVE_INFINITY
    const survives = chance(remains)
    const names = new Map<string, Inode>()
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const inode = (survives() ? this.#names : this.#durableNames).get(path)
      if (inode) names.set(path, inode)
    }
    for (const inode of new Set(names.values())) {
      if (inode.pending.length > 0) inode.durable = Buffer.from(inode.durable)
      for (const { bytes, position } of inode.pending) {
        for (let at = 0; at < bytes.length; at += sector) {
          if (survives())
            inode.durable = overwrite(inode.durable, bytes.subarray(at, at + sector), position + at)
        }
      }
      inode.pending = []
      inode.data = inode.durable
    }
    this.#names = names
    this.#durableNames = new Map(names)
  }

  /** The process is killed: what it wrote stays with the kernel, which has not synced it. */
  kill(): void {
    this.#life++
    this.changesLeft = Number.POSITIVE_INFINITY
  }

  /** A copy of its own, as after a clean shutdown. */
  clone(): FaultyFiles {
    const copy = new FaultyFiles()
    for (const [path, { data, durable }] of this.#names) {
      if (data === durable) copy.#share(path, data)
      else copy.put(path, data)
    }
    return copy
  }

  paths(): string[] {
    return [...this.#names.keys()].sort()
  }

  /** The bytes of a file. */
  get(path: string): Buffer {
    const inode = this.#names.get(path)
    if (!inode) throw failure('ENOENT')
    return Buffer.from(inode.data)
  }

  /** Makes or replaces a file, durably. */
  put(path: string, bytes: Uint8Array): void {
    this.#share(path, Buffer.from(bytes))
  }

  delete(path: string): void {
    this.#names.delete(path)
    this.#durableNames.delete(path)
  }

  #share(path: string, bytes: Buffer): void {
    const inode = { data: bytes, durable: bytes, pending: [] }
    this.#names.set(path, inode)
    this.#durableNames.set(path, inode)
  }

  #change(change: Change, path: string): void {
    this.counts[change]++
    if (this.changesLeft <= 0) throw failure('EIO')
    this.changesLeft--
    const code = this.fault(change, path)
    if (code !== undefined) throw failure(code)
  }

  #handle(path: string, inode: Inode, how: 'read' | 'write' | 'create'): OpenFile {
    const life = this.#life
    const alive = () => {
      if (life !== this.#life) throw failure('EBADF')
    }
    const file: OpenFile = {
      size: async () => inode.data.length,
      read: async (buffer, position) => {
        alive()
        return inode.data.copy(buffer, 0, Math.min(position, inode.data.length))
      },
      write: async (bytes, position) => {
        alive()
        if (how !== 'write' && how !== 'create') throw failure('EBADF')
        // What the power cut interrupted may have reached the disk in parts.
        const interrupted = this.changesLeft === 0
        if (!interrupted) this.#change('write', path)
        const own = inode.data === inode.durable ? Buffer.from(inode.data) : inode.data
        inode.data = overwrite(own, bytes, position)
        inode.pending.push({ bytes: Buffer.from(bytes), position })
        if (interrupted) this.#change('write', path)
      },
      sync: async () => {
        alive()
        this.#change('sync', path)
        inode.durable = inode.data
        inode.pending = []
      },
      close: async () => void this.#open.delete(file),
    }
    return file
  }
}

/** Smaller than the blocks of most disks, so that more can tear. */
const sector = 64

function overwrite(data: Buffer, bytes: Uint8Array, position: number): Buffer {
  const end = position + bytes.length
  const result = end > data.length ? Buffer.concat([data, Buffer.alloc(end - data.length)]) : data
  result.set(bytes, position)
  return result
}

function chance(remains: Remains): () => boolean {
  if (remains === 'nothing') return () => false
  if (remains === 'all') return () => true
  let { seed } = remains
  return () => {
    // Numerical Recipes' linear congruential generator: its high bits are good enough to toss a coin.
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 31 === 1
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}, by order of the test`), { code })
}
