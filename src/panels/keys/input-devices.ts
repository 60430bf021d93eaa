import { closeSync, constants, existsSync, type FSWatcher, openSync, readSync, watch } from 'node:fs'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HardwareError } from '../errors.ts'
import { hasBit } from '../facts.ts'
import { loadOptional } from '../optional.ts'
import { wordBytes } from './evdev.ts'

/** An input device of the kernel. */
export interface InputDevice {
  /** `/dev/input/event0` */
  path: string
  /** What it calls itself: `faccina-keys`. */
  name: string
  /** Whether it can send this code. */
  has(code: number): boolean
}

/** The input devices of a computer. */
export interface InputDevices {
  /** Those that are there. Never rejects. */
  list(): Promise<InputDevice[]>
  /** What a stable path such as one in by-path leads to; nothing where it leads nowhere. */
  resolve(path: string): Promise<string | undefined>
  /** Calls when devices come, go, or may be opened by others than before. */
  watch(changed: () => void): Disposable
  /**
   * Opens one without waiting for it. Rejects with a `HardwareError`.
   * @param take what it has to say, as it comes
   * @param gone it can no longer be read; called once
   */
  open(path: string, take: (bytes: Uint8Array) => void, gone: (error: Error) => void): Promise<Disposable>
}

/** What of the package epoll is needed; no types come with it. */
interface EpollModule {
  Epoll: {
    new (
      ready: (error: Error | null, fd: number) => void,
    ): { add(fd: number, events: number): void; remove(fd: number): void }
    readonly EPOLLIN: number
  }
}

const sysfs = '/sys/class/input'
const devices = '/dev/input'

/** As many events as the kernel keeps for us, and more. */
const bufferBytes = 24 * 256

/** Those of this computer. One that waits costs nothing: no thread of the pool, and no look at the time. */
export const inputDevices: InputDevices = {
  async list() {
    const names = await readdir(sysfs).catch(() => [])
    const events = names.filter((name) => /^event\d+$/.test(name))
    return Promise.all(
      events.map(async (event) => {
        const capabilities = await text(join(sysfs, event, 'device/capabilities/key'))
        return {
          path: join(devices, event),
          name: (await text(join(sysfs, event, 'device/name'))) || event,
          has: (code: number) => hasBit(capabilities, code, 8 * wordBytes()),
        }
      }),
    )
  },

  async resolve(path) {
    const real = await realpath(path).catch(() => undefined)
    return real === undefined ? undefined : join(devices, basename(real))
  },

  watch(changed) {
    // Where there is no input device at all, there is no folder for them either. Else not /dev as well: it
    // would wake us for everything that anybody writes to any device.
    const folder = existsSync(devices) ? devices : '/dev'
    let watcher: FSWatcher | undefined
    try {
      watcher = watch(folder, (_, name) => {
        if (folder === devices || name === null || name === basename(devices)) changed()
      })
      watcher.on('error', () => watcher?.close())
    } catch {
      // It is only for being quick: who waits tries again by itself.
    }
    return { [Symbol.dispose]: () => watcher?.close() }
  },

  async open(path, take, gone) {
    const { Epoll } = await loadOptional<EpollModule>('epoll')
    const fd = openDevice(path)
    const buffer = Buffer.alloc(bufferBytes)
    let open = true
    const close = () => {
      if (!open) return
      open = false
      poller.remove(fd)
      closeSync(fd)
    }
    const end = (error: unknown) => {
      if (!open) return
      close()
      gone(lost(path, error))
    }
    // What is thrown in here would end the program.
    const poller = new Epoll((error) => {
      if (error) return end(error)
      try {
        while (open) take(buffer.subarray(0, readSync(fd, buffer)))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') end(error)
      }
    })
    poller.add(fd, Epoll.EPOLLIN)
    return { [Symbol.dispose]: close }
  },
}

function openDevice(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM')
      throw new HardwareError(
        `${path} may not be read: the user of this program must be in the group input (usermod -aG input USER)`,
        { cause },
      )
    throw lost(path, cause)
  }
}

function lost(path: string, cause: unknown): HardwareError {
  const { code, message } = cause as NodeJS.ErrnoException
  const what =
    code === 'ENODEV' || code === 'ENOENT' || code === 'ENXIO'
      ? 'is gone: look at its plug and cable'
      : `cannot be read (${code ?? message})`
  return new HardwareError(`${path} ${what}; it is awaited`, { cause })
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8').then(
    (found) => found.trim(),
    () => '',
  )
}
