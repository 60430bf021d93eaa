import type { MonoMs } from '../../../domain/time.ts'
import type { Clock } from '../../../ports/clock.ts'
import { HardwareError } from '../../errors.ts'
import { hex, type I2cBus } from '../../i2c.ts'
import type { ScreenSink } from '../screen-sink.ts'
import type { Bitmap } from './bitmap.ts'

export interface OledOptions {
  address: number
  chip: 'ssd1306' | 'sh1106'
  width: number
  height: number
  upsideDown: boolean
  contrastPercent: number
}

/** In front of commands and of picture data (SSD1306 data sheet 8.1.5.2, SH1106 likewise). */
const commandByte = 0x00
const dataByte = 0x40
const nop = 0xe3
const switchOff = 0xae
const switchOn = 0xaf
/** In the status that both chips tell: the display is off. */
const isOff = 0x40
/** Adapters and drivers take at least this much at a time. */
const chunkBytes = 64
/** What static has done to the chip is undone after so long. */
const renewMs = 60_000

/** Wakes the chip, clears it, and shows what it is given from then on. Rejects with a `HardwareError`. */
export async function openOledSink(
  bus: I2cBus,
  clock: Pick<Clock, 'now'>,
  options: OledOptions,
): Promise<ScreenSink<Bitmap>> {
  const sink = new OledSink(bus, clock, options)
  await sink.start()
  return sink
}

class OledSink implements ScreenSink<Bitmap> {
  readonly #bus: I2cBus
  readonly #options: OledOptions
  readonly #clock: Pick<Clock, 'now'>
  /** What the chip has in its memory. */
  #shown: Uint8Array
  #renewed: MonoMs = 0
  /** Whether it tells its status as the data sheets have it; not every copy does. */
  #tells = false

  constructor(bus: I2cBus, clock: Pick<Clock, 'now'>, options: OledOptions) {
    this.#bus = bus
    this.#clock = clock
    this.#options = options
    this.#shown = new Uint8Array((options.width * options.height) / 8)
  }

  async start(): Promise<void> {
    await this.#command(switchOff)
    await this.#sendAll()
    this.#tells = (await this.#off()) === false
  }

  /** Everything that it has to know. Its memory has anything in it after power on. */
  async #sendAll(): Promise<void> {
    await this.#command(...startOf(this.#options))
    for (let page = 0; page < this.#options.height / 8; page++) await this.#sendPage(page, this.#shown)
    await this.#command(switchOn)
    this.#renewed = this.#clock.now().mono
  }

  /** Sends the pages that are others than before; where none is, asks whether the chip is still there. */
  async write({ bytes }: Bitmap): Promise<void> {
    const { width, height, address } = this.#options
    let sent = false
    for (let page = 0; page < height / 8; page++) {
      const [from, to] = [page * width, (page + 1) * width]
      if (Buffer.compare(bytes.subarray(from, to), this.#shown.subarray(from, to)) === 0) continue
      await this.#sendPage(page, bytes)
      sent = true
    }
    this.#shown = Uint8Array.from(bytes)
    if (sent) return
    if ((await this.#off()) && this.#tells)
      throw new HardwareError(
        `the display at ${hex(address)} was without power for a moment: look at its cable (3.3 V, ground); votes go on`,
      )
    // All of it once more: who looks at it sees nothing of that.
    if (this.#clock.now().mono - this.#renewed >= renewMs) await this.#sendAll()
  }

  /** Asks whether it is off, as it is after power on. Rejects where nobody answers. */
  async #off(): Promise<boolean> {
    const question = Uint8Array.of(commandByte, nop)
    const [status = 0] = await this.#bus.writeRead(this.#options.address, question, 1)
    return (status & isOff) !== 0
  }

  /** In page mode, which both chips know; an SH1106 has 132 columns, of which the middle ones are seen. */
  async #sendPage(page: number, bytes: Uint8Array): Promise<void> {
    const { width, chip } = this.#options
    const column = chip === 'sh1106' ? 2 : 0
    await this.#command(0xb0 | page, column & 0x0f, 0x10 | (column >> 4))
    for (let x = 0; x < width; x += chunkBytes) {
      const from = page * width + x
      await this.#send(dataByte, bytes.subarray(from, from + Math.min(chunkBytes, width - x)))
    }
  }

  #command(...bytes: number[]): Promise<void> {
    return this.#send(commandByte, bytes)
  }

  #send(first: number, bytes: Iterable<number>): Promise<void> {
    return this.#bus.write(this.#options.address, Uint8Array.from([first, ...bytes]))
  }

  /** Switches the display off. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command(switchOff).catch(() => {
      // It may be what is gone.
    })
  }
}

/** Clock, multiplex, offset, charge pump, page mode, direction, COM pins, contrast, precharge. */
function startOf({ chip, height, upsideDown, contrastPercent }: OledOptions): number[] {
  const comPins = height === 32 && chip === 'ssd1306' ? 0x02 : 0x12
  const pump = chip === 'ssd1306' ? [0x8d, 0x14, 0x20, 0x02] : [0xad, 0x8b]
  const direction = upsideDown ? [0xa0, 0xc0] : [0xa1, 0xc8]
  const contrast = Math.round((contrastPercent * 255) / 100)
  return [
    ...[0xd5, 0x80, 0xa8, height - 1, 0xd3, 0x00, 0x40],
    ...pump,
    ...direction,
    ...[0xda, comPins, 0x81, contrast, 0xd9, 0xf1, 0xdb, 0x40, 0xa4, 0xa6],
  ]
}
