import type { Edge } from '../../domain/press-filter.ts'
import { type Face, faces, type Key } from '../../domain/words.ts'
import type { Keys } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { DeviceKeys, EventReader, wordBytes } from './evdev.ts'
import { eventCode } from './event-codes.ts'
import { type InputDevice, type InputDevices, inputDevices } from './input-devices.ts'
import { MendedKeys } from './mended-keys.ts'

/** What a profile says to the keys of the kernel. */
export interface LinuxKeysProfile {
  /** A path, or `auto`: every device that has the code of a face. */
  device: string
  codes: Readonly<Record<Face, string> & Partial<Record<Key, string>>>
  debounceMs: number
}

type Tell = (key: Key, edge: Edge['edge']) => void

/** Keys that the kernel drives: gpio-keys, USB encoders, touch chips. As many devices as have a face's code. */
export function openLinuxKeys(
  own: LinuxKeysProfile,
  { clock, log }: Pick<PanelContext, 'clock' | 'log'>,
  computer: InputDevices = inputDevices,
): Keys {
  return new MendedKeys({
    what: own.device === 'auto' ? 'keys of the kernel' : `keys on ${own.device}`,
    keys: Object.keys(own.codes) as Key[],
    debounceMs: own.debounceMs,
    async open(tell, fail) {
      const open = new OpenKeys({ own, computer, tell, fail })
      try {
        await open.look()
      } catch (error) {
        await open[Symbol.asyncDispose]()
        throw error
      }
      return open
    },
    sooner: (signal) => changed(computer, signal),
    clock,
    log,
  })
}

/** Resolves at the first change of the computer's input devices, or when nobody waits any longer. */
async function changed(computer: InputDevices, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const watching = computer.watch(end)
    signal.addEventListener('abort', end, { once: true })
    function end() {
      watching[Symbol.dispose]()
      resolve()
    }
  })
}

interface OpenKeysOptions {
  own: LinuxKeysProfile
  computer: InputDevices
  tell: Tell
  fail: (error: Error) => void
}

interface OpenDevice {
  device: InputDevice
  handle: Disposable
  keys: DeviceKeys
}

/** The devices that are open, and those that come while they are. */
class OpenKeys implements AsyncDisposable {
  readonly #options: OpenKeysOptions
  readonly #keyOf: ReadonlyMap<number, Key>
  readonly #open = new Map<string, OpenDevice>()
  readonly #watching: Disposable
  /** Looks at the devices follow each other. */
  #looking: Promise<void> = Promise.resolve()
  #disposed = false

  constructor(options: OpenKeysOptions) {
    this.#options = options
    this.#keyOf = keysByCode(options.own.codes)
    this.#watching = options.computer.watch(() => void this.look().catch(options.fail))
  }

  /** Opens what is there and not yet open. Rejects when a face cannot be pressed. */
  look(): Promise<void> {
    const looked = this.#looking.then(() => this.#look())
    this.#looking = looked.catch(() => {})
    return looked
  }

  async #look(): Promise<void> {
    const found = await this.#candidates()
    const errors: unknown[] = []
    for (const device of found) {
      if (this.#disposed) return
      if (!this.#open.has(device.path)) await this.#begin(device).catch((error) => errors.push(error))
    }
    const lost = this.#lostFaces()
    if (lost.length === 0 || this.#disposed) return
    throw errors[0] ?? this.#absent(lost, found)
  }

  async #candidates(): Promise<InputDevice[]> {
    const { computer, own } = this.#options
    const all = await computer.list()
    const useful = (device: InputDevice) => faces.some((face) => device.has(numberOf(face, own.codes[face])))
    if (own.device === 'auto') return all.filter(useful)
    const path = await computer.resolve(own.device)
    return all.filter((device) => device.path === path)
  }

  async #begin(device: InputDevice): Promise<void> {
    const { computer, tell } = this.#options
    const reader = new EventReader(wordBytes())
    const keys = new DeviceKeys(this.#keyOf)
    const take = (bytes: Uint8Array) => {
      for (const event of reader.read(bytes)) for (const { key, edge } of keys.take(event)) tell(key, edge)
    }
    const handle = await computer.open(device.path, take, (error) => this.#end(device.path, error))
    if (this.#disposed) return handle[Symbol.dispose]()
    this.#open.set(device.path, { device, handle, keys })
  }

  /** A device is gone. The others go on, if the faces are all still there. */
  #end(path: string, error: Error): void {
    const { tell, fail } = this.#options
    for (const { key, edge } of this.#open.get(path)?.keys.release() ?? []) tell(key, edge)
    this.#open.delete(path)
    if (this.#lostFaces().length > 0) fail(error)
  }

  #lostFaces(): Face[] {
    const open = [...this.#open.values()]
    const { codes } = this.#options.own
    return faces.filter((face) => !open.some(({ device }) => device.has(numberOf(face, codes[face]))))
  }

  #absent(lost: readonly Face[], found: readonly InputDevice[]): HardwareError {
    const { device, codes } = this.#options.own
    const missing = lost.map((face) => `${codes[face]} (${face})`).join(', ')
    if (device !== 'auto' && found.length === 0)
      return new HardwareError(`${device} is not there: look at its plug and cable; it is awaited`)
    if (device !== 'auto')
      return new HardwareError(
        `${device} has no ${missing}: look with evtest what its buttons send, and write that into the profile`,
      )
    return new HardwareError(
      `no input device has ${missing}: for buttons on GPIO write dtoverlay=faccina-keys into /boot/firmware/config.txt (hardware/overlays); a USB encoder must be plugged in, and send what the profile says (evtest shows it)`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#watching[Symbol.dispose]()
    for (const { handle } of this.#open.values()) handle[Symbol.dispose]()
    this.#open.clear()
    await this.#looking
  }
}

function keysByCode(codes: LinuxKeysProfile['codes']): Map<number, Key> {
  const entries = Object.entries(codes) as [Key, string][]
  return new Map(entries.map(([key, code]) => [numberOf(key, code), key]))
}

function numberOf(key: Key, code: string): number {
  const number = eventCode(code)
  if (number !== undefined) return number
  throw new HardwareError(
    `the profile calls the code of ${key} ${code}, which is none: evtest shows the names and numbers of what a button sends`,
  )
}
