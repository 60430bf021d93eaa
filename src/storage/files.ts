import { constants } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * The few things that the journal asks of a file system. Tests put a failing or a forgetting one in its
 * place; the difference to the real one is only this object.
 */
export interface Files {
  /** With all folders above it, durably; fine when it is there already. */
  makeDirectory(path: string): Promise<void>
  list(directory: string): Promise<string[]>
  /**
   * `read` an existing file, `write` into an existing one, or `create` one that must not exist yet;
   * a new one can be read by its group unless a mode says otherwise.
   */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<OpenFile>
  rename(from: string, to: string): Promise<void>
  /** Fine when it has gone already. */
  remove(path: string): Promise<void>
  /** Makes created, renamed and removed names durable. */
  syncDirectory(path: string): Promise<void>
}

export interface OpenFile {
  size(): Promise<number>
  /** Fills the buffer as far as the file goes; returns the number of bytes read. */
  read(buffer: Uint8Array, position: number): Promise<number>
  /** Writes all of it, or rejects. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** fdatasync: returns when the bytes are on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

const flags = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
}

/** The computer's own file system. */
export const realFiles: Files = {
  async makeDirectory(path) {
    const mode = 0o750
    const first = await mkdir(path, { recursive: true, mode }).catch((error: NodeJS.ErrnoException) => {
      // With parents, it says of a read-only disk that the directory is missing; alone, it says why.
      if (error.code === 'ENOENT') return mkdir(path, { mode }).then(() => path)
      throw error
    })
    if (first === undefined) return
    // A file in a folder whose own name is not on the disk would be lost with it.
    for (let made = resolve(path); made.length >= first.length; made = dirname(made)) {
      await realFiles.syncDirectory(dirname(made))
    }
  },
  list: (directory) => readdir(directory),
  async open(path, how, mode = 0o640) {
    const handle = await open(path, flags[how], mode)
    return {
      size: async () => (await handle.stat()).size,
      async read(buffer, position) {
        let done = 0
        while (done < buffer.length) {
          const { bytesRead } = await handle.read(buffer, done, buffer.length - done, position + done)
          if (bytesRead === 0) break
          done += bytesRead
        }
        return done
      },
      async write(bytes, position) {
        let done = 0
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done)
          done += bytesWritten
        }
      },
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(path) {
    const handle = await open(path, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}
