import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SerialPortMock } from 'serialport'
import type { UsbWorld } from '../../../src/panels/boards/usb-board.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import type { OpenSerialOptions } from '../../../src/panels/serial/open-serial.ts'
import { AvrPanel, type I2cChip } from '../../fakes/avr-panel.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { smallRoot } from '../../fakes/small-root.ts'
import { turn } from '../../fakes/until.ts'

// Here, since the driver's own import takes real time, while a test's clock runs on.
for (const name of ['firmata', 'johnny-five']) await import(name)

export const byId = '/dev/serial/by-id/usb-Arduino_Uno_5563132333435-if00'
const firmware = new URL('../../../hardware/firmware/faccina-panel-atmega328p.hex', import.meta.url)

export interface RigOptions {
  chips?: ReadonlyMap<number, I2cChip>
}

interface Teardown {
  teardown(end: () => void | Promise<void>): void
}

/**
 * An emulated Arduino on a serial port of serialport's mock binding, and a context for drivers whose clock
 * passes with the Arduino's own.
 */
export class Rig {
  readonly avr: AvrPanel
  readonly clock = new FakeClock()
  readonly log = new FakeLog()
  readonly root: string
  readonly context: PanelContext
  readonly world: UsbWorld
  /** How often the port was opened. */
  opened = 0
  /** Whether opening resets the board, as on most. */
  resets = false
  /** What the port refuses to be opened with. */
  refusal: string | undefined
  /** The number of the open file behind the port, where a test wants one. */
  fd: number | undefined
  #port: SerialPortMock | undefined
  #sent: number[] = []
  #deaf = false
  readonly #shared = new Map<string, Promise<AsyncDisposable>>()

  constructor(t: Teardown, { chips }: RigOptions = {}) {
    this.avr = new AvrPanel(firmware, chips)
    this.avr.send = (byte) => void this.#sent.push(byte)
    this.root = smallRoot(t, { [byId]: '' })
    this.context = this.#context()
    this.world = { root: this.root, make: this.#make }
    SerialPortMock.binding.createPort(this.path)
    t.teardown(() => this.#dispose())
  }

  /** Where the driver finds the Arduino. */
  get path(): string {
    return join(this.root, byId)
  }

  /** Time passes for the Arduino and for the driver. */
  async run(ms: number): Promise<void> {
    for (let i = 0; i < ms; i++) {
      this.avr.run(1)
      await this.#deliver()
      this.clock.advance(1)
      await turn()
    }
  }

  /** Time passes until something is so; rejects when it is not within the bound. */
  async runUntil(so: () => boolean, boundMs: number, what = so.toString()): Promise<number> {
    for (let ms = 0; ms < boundMs; ms++) {
      if (so()) return ms
      await this.run(1)
    }
    if (!so()) throw new Error(`within ${boundMs} ms it never came to be: ${what}`)
    return boundMs
  }

  /**
   * Time passes for the driver a hundred times as fast as for the Arduino, which costs so much more to
   * emulate: it can just answer that it is alive.
   */
  async wait(ms: number): Promise<void> {
    for (let i = 0; i < ms; i += 25) {
      if (!this.#deaf) this.avr.run(0.25)
      await this.#deliver()
      this.clock.advance(25)
      await turn()
    }
  }

  /** The plug is pulled; silently: without a word from the kernel. */
  async unplug(how: 'told' | 'silently'): Promise<void> {
    rmSync(this.path)
    this.#deaf = true
    if (how === 'told') this.#port?._disconnected(new Error('the device is gone'))
    await turn()
  }

  plug(): void {
    writeFileSync(this.path, '')
    this.#deaf = false
  }

  /** Bytes that the Arduino never sent. */
  async noise(bytes: Uint8Array): Promise<void> {
    this.#sent.push(...bytes)
    await this.#deliver()
    await turn()
  }

  async #deliver(): Promise<void> {
    const bytes = this.#sent.splice(0)
    if (bytes.length === 0 || this.#deaf || !this.#port?.isOpen) return
    this.#port.port?.emitData(Buffer.from(bytes))
    await turn()
  }

  readonly #make: NonNullable<OpenSerialOptions['make']> = (options) => {
    const port = new SerialPortMock(options)
    if (this.refusal !== undefined) {
      const refusal = new Error(this.refusal)
      port.open = (done) => done?.(refusal)
    }
    port.on('open', () => {
      this.#port = port
      this.opened++
      if (this.resets) this.avr.reset()
      Object.assign(port.port!, { fd: this.fd })
      port.port!.write = async (bytes) => {
        await turn()
        if (!this.#deaf) this.avr.receive(bytes)
      }
    })
    return port
  }

  #context(): PanelContext {
    return {
      clock: this.clock,
      log: this.log,
      browser: { listen: { host: '127.0.0.1', port: 0 } },
      lighting: { brightness: () => 1, animation: false },
      share: <T extends AsyncDisposable>(name: string, open: () => T | Promise<T>) => {
        const known = this.#shared.get(name) ?? Promise.resolve().then(open)
        this.#shared.set(name, known)
        return known as Promise<T>
      },
    }
  }

  /** Disposes of what was shared, while time passes. */
  async #dispose(): Promise<void> {
    const all = [...this.#shared.values()].map(async (one) => (await one)[Symbol.asyncDispose]())
    await this.end(Promise.all(all))
  }

  /** Waits for something that needs time to pass. */
  async end(work: PromiseLike<unknown>): Promise<void> {
    let over = false
    const done = Promise.resolve(work).finally(() => {
      over = true
    })
    done.catch(() => {})
    for (let ms = 0; !over && ms < 6_000; ms += 10) {
      this.avr.run(1)
      await this.#deliver()
      this.clock.advance(10)
      await turn()
    }
    await done
  }
}
