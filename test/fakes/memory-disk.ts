import { dirname } from 'node:path'
import type { Disk, Owned } from '../../src/system/card/disk.ts'

interface Inode {
  data: Buffer
  owned: Owned
}

/**
 * A disk in memory whose power goes after so many changes: in the middle of a write, between a rename and the
 * sync of its folder. What a folder says after that is for the test to choose.
 */
export class MemoryDisk implements Disk {
  #names = new Map<string, Inode>()
  #durable = new Map<string, Inode>()
  readonly #folders = new Set<string>()
  changesLeft = Number.POSITIVE_INFINITY
  /** How many there have been. */
  changes = 0
  /** The code of the error that a change shall fail with. */
  fault: (path: string) => string | undefined = () => undefined

  constructor(files: Record<string, string | Buffer> = {}) {
    for (const [path, data] of Object.entries(files)) this.put(path, data)
  }

  /** As somebody with the card in another computer does. */
  put(path: string, data: string | Buffer): void {
    const inode = { data: Buffer.from(data), owned: { mode: 0o644, uid: 0, gid: 0 } }
    this.#names.set(path, inode)
    this.#durable.set(path, inode)
    this.#folders.add(dirname(path))
  }

  files(): Record<string, string> {
    const all = [...this.#names].map(([path, { data }]) => [path, data.toString('latin1')] as const)
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The power comes back. @param names whether names that were not synced are there as they were, or as they became */
  restart(names: 'before' | 'after'): void {
    this.changesLeft = Number.POSITIVE_INFINITY
    if (names === 'before') this.#names = new Map(this.#durable)
    else this.#durable = new Map(this.#names)
  }

  #change(path: string): void {
    const code = this.fault(path)
    if (code !== undefined) throw failure(code)
    if (this.changesLeft <= 0) throw failure('EIO')
    this.changesLeft--
    this.changes++
  }

  async read(path: string) {
    if (this.changesLeft <= 0) throw failure('EIO')
    const found = this.#names.get(path)
    return found && Buffer.from(found.data)
  }

  async list(directory: string) {
    if (!this.#folders.has(directory)) throw failure('ENOENT')
    return [...this.#names.keys()]
      .filter((path) => dirname(path) === directory)
      .map((path) => path.slice(directory.length + 1))
  }

  async owned(path: string) {
    if (this.#folders.has(path)) return { mode: 0o750, uid: 7, gid: 7 }
    return this.#names.get(path)?.owned
  }

  async makeDirectory(path: string) {
    if (this.#folders.has(path)) return
    this.#change(path)
    this.#folders.add(path)
  }

  async write(path: string, bytes: Uint8Array, owned: Owned = { mode: 0o644, uid: 0, gid: 0 }) {
    this.#change(path)
    const inode = { data: Buffer.alloc(0), owned }
    const there = this.#names.get(path)
    if (there && this.#durable.get(path) === there) this.#durable.set(path, inode)
    this.#names.set(path, inode)
    this.#change(path)
    inode.data = Buffer.from(bytes.subarray(0, bytes.length / 2))
    this.#change(path)
    inode.data = Buffer.from(bytes)
  }

  async blank(path: string) {
    const inode = this.#names.get(path)
    if (!inode) throw failure('ENOENT')
    for (const part of [0.5, 1]) {
      this.#change(path)
      inode.data = Buffer.from(inode.data).fill(0, 0, Math.ceil(inode.data.length * part))
    }
  }

  async rename(from: string, to: string) {
    this.#change(to)
    const inode = this.#names.get(from)
    if (!inode) throw failure('ENOENT')
    this.#names.delete(from)
    this.#names.set(to, inode)
  }

  async remove(path: string) {
    if (!this.#names.has(path)) return
    this.#change(path)
    this.#names.delete(path)
  }

  async syncDirectory(directory: string) {
    this.#change(directory)
    for (const path of new Set([...this.#names.keys(), ...this.#durable.keys()])) {
      if (dirname(path) !== directory) continue
      const inode = this.#names.get(path)
      if (inode) this.#durable.set(path, inode)
      else this.#durable.delete(path)
    }
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
