import { HardwareError } from '../../src/panels/errors.ts'
import { eventBytes, wordBytes } from '../../src/panels/keys/evdev.ts'
import type { InputDevices } from '../../src/panels/keys/input-devices.ts'

interface FakeDevice {
  path: string
  codes: readonly number[]
  error?: Error
  take?: (bytes: Uint8Array) => void
  gone?: (error: Error) => void
}

/** The bytes of an event, as the kernel would give them to this program. */
export function eventOf(type: number, code: number, value: number, word = wordBytes()): Uint8Array {
  const bytes = new Uint8Array(eventBytes(word)).fill(0x5e)
  const view = new DataView(bytes.buffer)
  view.setUint16(2 * word, type, true)
  view.setUint16(2 * word + 2, code, true)
  view.setInt32(2 * word + 4, value, true)
  return bytes
}

/** Input devices that a test plugs in and out, and whose buttons it presses. */
export class FakeInputDevices implements InputDevices {
  readonly #devices = new Map<string, FakeDevice>()
  readonly #watchers = new Set<() => void>()
  readonly links = new Map<string, string>()

  /** How many are open, and how many watch. */
  get opened(): number {
    return [...this.#devices.values()].filter(({ take }) => take).length
  }

  get watching(): number {
    return this.#watchers.size
  }

  plug(path: string, codes: readonly number[], error?: Error): void {
    this.#devices.set(path, { path, codes, ...(error && { error }) })
    this.changed()
  }

  unplug(path: string): void {
    const device = this.#devices.get(path)
    this.#devices.delete(path)
    device?.gone?.(new HardwareError(`${path} is gone`))
    this.changed()
  }

  changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** Sends bytes as if the device had. */
  send(path: string, ...events: [type: number, code: number, value: number][]): void {
    for (const event of events) this.#devices.get(path)?.take?.(eventOf(...event))
  }

  async list() {
    return [...this.#devices.values()].map(({ path, codes }) => ({
      path,
      name: `fake ${path}`,
      has: (code: number) => codes.includes(code),
    }))
  }

  async resolve(path: string) {
    return this.#devices.has(path) ? path : this.links.get(path)
  }

  watch(changed: () => void): Disposable {
    this.#watchers.add(changed)
    return { [Symbol.dispose]: () => void this.#watchers.delete(changed) }
  }

  async open(path: string, take: (bytes: Uint8Array) => void, gone: (error: Error) => void) {
    const device = this.#devices.get(path)
    if (!device) throw new HardwareError(`${path} is gone`)
    if (device.error) throw device.error
    Object.assign(device, { take, gone })
    return {
      [Symbol.dispose]: () => {
        delete device.take
        delete device.gone
      },
    }
  }
}
