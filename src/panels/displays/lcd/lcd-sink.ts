import { type Clock, pause } from '../../../ports/clock.ts'
import type { I2cBus } from '../../i2c.ts'
import type { ScreenSink } from '../screen-sink.ts'
import { drawnRows, plainCode, romCode } from './charset.ts'
import type { LcdPicture, LcdSize } from './lcd-picture.ts'

export interface LcdOptions extends LcdSize {
  address: number
}

/** How the usual backpack wires a PCF8574: P0 RS, P1 R/W, P2 enable, P3 backlight, P4 to P7 the data. */
const registerSelect = 0x01
const enable = 0x04
const backlight = 0x08

/** Where each row begins in the chip's memory; the third and fourth continue the first and second. */
const rowStarts = (columns: number): readonly number[] => [0, 0x40, columns, 0x40 + columns]
const slots = 8

/** Starts the chip, from whatever state it is in (data sheet, figure 24). Rejects with a `HardwareError`. */
export async function openLcdSink(
  bus: I2cBus,
  clock: Clock,
  options: LcdOptions,
): Promise<ScreenSink<LcdPicture>> {
  const sink = new LcdSink(bus, clock, options)
  await sink.start()
  return sink
}

class LcdSink implements ScreenSink<LcdPicture> {
  readonly #bus: I2cBus
  readonly #clock: Clock
  readonly #options: LcdOptions
  /** The codes that are shown, row by row. */
  #shown: number[][] = []
  /** What is drawn in each of the eight places. */
  #glyphs: (string | undefined)[] = []

  constructor(bus: I2cBus, clock: Clock, options: LcdOptions) {
    this.#bus = bus
    this.#clock = clock
    this.#options = options
  }

  async start(): Promise<void> {
    await pause(this.#clock, 50)
    for (const ms of [5, 1, 1]) {
      await this.#nibbles([0x30], 0)
      await pause(this.#clock, ms)
    }
    await this.#nibbles([0x20], 0)
    // Four bits and two lines; on without cursor; to the right without shifting; clear.
    for (const command of [0x28, 0x0c, 0x06, 0x01]) await this.#command(command)
    await pause(this.#clock, 2)
    const { rows, columns } = this.#options
    this.#shown = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0x20))
    this.#glyphs = Array.from({ length: slots }, () => undefined)
  }

  /** Sends the letters that are others than before; where none is, asks whether the chip is still there. */
  async write(picture: LcdPicture): Promise<void> {
    const codes = await this.#codes(picture)
    let sent = false
    for (const [row, line] of codes.entries()) {
      const shown = this.#shown[row]!
      const first = line.findIndex((code, n) => code !== shown[n])
      if (first < 0) continue
      const last = line.findLastIndex((code, n) => code !== shown[n])
      await this.#command(0x80 | (rowStarts(this.#options.columns)[row]! + first))
      await this.#data(line.slice(first, last + 1))
      this.#shown[row] = line
      sent = true
    }
    if (!sent) await this.#bus.write(this.#options.address, Uint8Array.of(backlight))
  }

  /** The codes of a picture; letters that the chip does not have are drawn first. */
  async #codes(picture: LcdPicture): Promise<number[][]> {
    const wanted = [...new Set(picture.join(''))].filter((char) => romCode(char) === undefined)
    const drawable = wanted.filter((char) => drawnRows(char)).slice(0, slots)
    for (const char of drawable) if (!this.#glyphs.includes(char)) await this.#draw(char, drawable)
    return picture.map((line) =>
      [...line].map((char) => {
        const slot = this.#glyphs.indexOf(char)
        return romCode(char) ?? (slot >= 0 ? slot : plainCode(char))
      }),
    )
  }

  /** Into a place that this picture does not need. */
  async #draw(char: string, needed: readonly string[]): Promise<void> {
    const slot = this.#glyphs.findIndex((glyph) => glyph === undefined || !needed.includes(glyph))
    await this.#command(0x40 | (slot << 3))
    await this.#data(drawnRows(char)!)
    this.#glyphs[slot] = char
  }

  #command(byte: number): Promise<void> {
    return this.#nibbles([byte & 0xf0, (byte << 4) & 0xf0], 0)
  }

  /** In pieces: what the bus takes at once has a limit. */
  async #data(bytes: readonly number[]): Promise<void> {
    for (let from = 0; from < bytes.length; from += 8) {
      const piece = bytes.slice(from, from + 8)
      await this.#nibbles(
        piece.flatMap((byte) => [byte & 0xf0, (byte << 4) & 0xf0]),
        registerSelect,
      )
    }
  }

  /** The chip takes the data when enable falls; the bus is slower than the 37 µs that it needs. */
  #nibbles(nibbles: readonly number[], select: number): Promise<void> {
    const bytes = nibbles.flatMap((data) => {
      const lines = data | select | backlight
      return [lines, lines | enable, lines]
    })
    return this.#bus.write(this.#options.address, Uint8Array.from(bytes))
  }

  /** Clears it and puts out its light. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#command(0x01)
      await this.#bus.write(this.#options.address, Uint8Array.of(0))
    } catch {
      // It may be what is gone.
    }
  }
}
