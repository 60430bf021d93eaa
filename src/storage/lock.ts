import { once } from 'node:events'
import { realpath, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { StorageError, storageError } from './errors.ts'
import { realFiles } from './files.ts'

/** How long the holder may take to say who it is. */
const answerMs = 1_000

/**
 * Takes a directory for this process alone: two must never write one journal. Rejects with a
 * `StorageError` that says who holds it.
 *
 * The lock is a socket of Linux's abstract namespace (unix(7)), named after the directory. The kernel lets
 * one process have it and takes it back however that process ends; a file would need room on a disk that
 * may be full, and would be left behind by a power cut. Elsewhere than on Linux there is no lock: there
 * Faccina is only tried, in a directory of its own.
 */
export async function lockDirectory(directory: string): Promise<AsyncDisposable> {
  if (process.platform !== 'linux') return { async [Symbol.asyncDispose]() {} }
  const name = await nameOf(directory)
  const server = createServer((socket) => {
    socket.on('error', () => {}).end(String(process.pid))
  })
  server.listen(name)
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE')
      throw storageError(`cannot lock ${directory}`, error)
    const process = await holderOf(name)
    throw new StorageError(
      `another Faccina (${process}) is using ${directory}; stop it, or set storage.directory`,
    )
  }
  // The lock alone keeps no process alive.
  server.unref()
  let released: Promise<void> | undefined
  return {
    [Symbol.asyncDispose]() {
      released ??= close(server)
      return released
    },
  }
}

/** By the directory itself, so that a link to it is no other. */
async function nameOf(directory: string): Promise<string> {
  try {
    await realFiles.makeDirectory(directory)
    const { dev, ino } = await stat(await realpath(directory))
    return `\0faccina-${dev}-${ino}`
  } catch (error) {
    throw storageError(`cannot use ${directory}`, error)
  }
}

/** `process 123`, if it says so in time. */
function holderOf(name: string): Promise<string> {
  return new Promise((resolve) => {
    let pid = ''
    const finish = () => {
      socket.destroy()
      resolve(/^\d{1,10}$/.test(pid) ? `process ${pid}` : 'a process that does not say which')
    }
    const socket = connect(name)
      .setEncoding('utf8')
      .setTimeout(answerMs, finish)
      .on('data', (text) => {
        pid += text
      })
      .on('end', finish)
      .on('error', finish)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
