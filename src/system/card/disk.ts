import { constants } from 'node:fs'
import { chown, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Whose a file shall be, and who may read it. */
export interface Owned {
  mode: number
  uid: number
  gid: number
}

/** What the import asks of a file system; each promise that resolves is on the disk. Tests cut the power in it. */
export interface Disk {
  /** Undefined where there is no such file. */
  read(path: string): Promise<Buffer | undefined>
  list(directory: string): Promise<string[]>
  /** Undefined where there is nothing. */
  owned(path: string): Promise<Owned | undefined>
  /** A folder and its name, durably; fine when it is there. Without an owner, whoever makes it. */
  makeDirectory(path: string, owned?: Owned): Promise<void>
  /** A file that is new, or begun anew, synced; its name is not yet. */
  write(path: string, bytes: Uint8Array, owned?: Owned): Promise<void>
  /** Zeros in place of what is in a file, synced. */
  blank(path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Fine when it has gone already. */
  remove(path: string): Promise<void>
  /** Makes created, renamed and removed names durable. */
  syncDirectory(path: string): Promise<void>
}

const absent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

/** The computer's own. A vfat knows no owners: what it refuses about them is no failure. */
export const realDisk: Disk = {
  read: (path) => readFile(path).catch(absent),
  list: (directory) => readdir(directory),
  async owned(path) {
    const found = await lstat(path).catch(absent)
    return found && { mode: found.mode & 0o777, uid: found.uid, gid: found.gid }
  },
  async makeDirectory(path, owned) {
    const first = await mkdir(path, { recursive: true, ...(owned && { mode: owned.mode }) })
    if (first === undefined) return
    if (owned) await chown(path, owned.uid, owned.gid)
    await realDisk.syncDirectory(dirname(first))
  },
  async write(path, bytes, owned) {
    await using handle = await open(path, 'w', owned?.mode ?? 0o644)
    // Before there is anything in it to be read.
    if (owned) {
      await handle.chown(owned.uid, owned.gid)
      await handle.chmod(owned.mode)
    }
    await handle.writeFile(bytes)
    await handle.sync()
  },
  async blank(path) {
    await using handle = await open(path, 'r+')
    const { size } = await handle.stat()
    await handle.write(Buffer.alloc(size), 0, size, 0)
    await handle.sync()
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(path) {
    await using handle = await open(path, constants.O_RDONLY)
    await handle.sync()
  },
}
