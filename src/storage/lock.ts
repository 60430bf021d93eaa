import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { StorageError, storageError } from './errors.ts'
import { realFiles } from './files.ts'

/** Who holds a lock. A number of a process is used again, but not with the same start in the same boot. */
interface Holder {
  pid: number
  bootId?: string
  /** Clock ticks from the boot to the start of the process (proc_pid_stat(5), field 22). */
  started?: string
}

/**
 * Takes a directory for this process alone: two must never write one journal. The lock of a process that
 * has gone is taken over. Rejects with a `StorageError` that says who holds it.
 */
export async function lockDirectory(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'lock')
  const own = `${path}.${randomUUID()}`
  try {
    await realFiles.makeDirectory(directory)
    await writeFile(own, JSON.stringify(await ourselves()), { flag: 'wx', mode: 0o640 })
    await take(path, own, directory)
  } catch (error) {
    throw error instanceof StorageError ? error : storageError(`cannot lock ${directory}`, error)
  } finally {
    await rm(own, { force: true }).catch(() => {})
  }
  let released: Promise<void> | undefined
  return {
    [Symbol.asyncDispose]() {
      released ??= rm(path, { force: true })
      return released
    },
  }
}

/**
 * Links our file to the path, which one process alone can do. Where a process that has gone stands in the
 * way, it is replaced under a lock of its own, named after what is replaced: of those who find the same
 * dead holder one gets it, and it looks once more whether that holder is still there.
 */
async function take(path: string, own: string, directory: string): Promise<void> {
  for (;;) {
    try {
      return await link(own, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const found = await contentOf(path)
    if (found === undefined) continue
    const pid = await livingHolder(found)
    if (pid !== undefined) {
      throw new StorageError(
        `another Faccina (process ${pid}) is using ${resolve(directory)}; stop it, or set storage.directory`,
      )
    }
    const guard = `${path}.${crc32(found).toString(16)}`
    await take(guard, own, directory)
    try {
      if ((await contentOf(path)) !== found) continue
      // A second name of our file, because a rename between two names of one file does nothing.
      await link(own, `${own}.taken`)
      return await rename(`${own}.taken`, path)
    } finally {
      await rm(guard, { force: true })
    }
  }
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The process that holds a lock; undefined when it has gone, or when a power cut left no readable word of it. */
async function livingHolder(content: string): Promise<number | undefined> {
  const holder = parse(content)
  if (!holder) return undefined
  const boot = await bootId()
  if (holder.bootId !== undefined && boot.bootId !== undefined && holder.bootId !== boot.bootId)
    return undefined
  if (!isRunning(holder.pid)) return undefined
  const { state, started } = await statOf(holder.pid)
  const other = holder.started !== undefined && started !== undefined && holder.started !== started
  // A zombie holds nothing any more; it only waits for its parent to notice.
  return other || state === 'Z' ? undefined : holder.pid
}

async function ourselves(): Promise<Holder> {
  const { started } = await statOf(process.pid)
  return { pid: process.pid, ...(await bootId()), ...(started !== undefined && { started }) }
}

function parse(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content)
    return Number.isSafeInteger(holder?.pid) && holder.pid > 0 ? holder : undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function bootId(): Promise<Pick<Holder, 'bootId'>> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  return id === undefined ? {} : { bootId: id.trim() }
}

/** From proc_pid_stat(5); nothing where there is no /proc. */
async function statOf(pid: number): Promise<{ state?: string; started?: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name in brackets, which may hold anything; the third follows it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, started] = [fields?.[0], fields?.[22 - 3]]
  return { ...(state !== undefined && { state }), ...(started !== undefined && { started }) }
}
