import type { MonoMs } from '../../../domain/time.ts'
import { type Clock, pause } from '../../../ports/clock.ts'
import { HardwareError } from '../../errors.ts'
import { hex, type I2cBus } from '../../i2c.ts'
import type { ScreenSink } from '../screen-sink.ts'
import { drawnLetters, drawnRows, lettersToDraw, plainCode, romCode } from './charset.ts'
import type { LcdPicture, LcdSize } from './lcd-picture.ts'

export interface LcdOptions extends LcdSize {
  address: number
}

/** How the usual backpack wires a PCF8574: P0 RS, P1 R/W, P2 enable, P3 backlight, P4 to P7 the data. */
const registerSelect = 0x01
const reading = 0x02
const enable = 0x04
const backlight = 0x08

/** Where each row begins in the chip's memory; the third and fourth continue the first and second. */
const rowStarts = (columns: number): readonly number[] => [0, 0x40, columns, 0x40 + columns]
/** What static has done to the chip is undone after so long. */
const renewMs = 60_000

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
  #renewed: MonoMs = 0

  constructor(bus: I2cBus, clock: Clock, options: LcdOptions) {
    this.#bus = bus
    this.#clock = clock
    this.#options = options
  }

  async start(): Promise<void> {
    await pause(this.#clock, 50)
    await this.#synchronise()
    await this.#command(0x01)
    await pause(this.#clock, 2)
    this.#forget()
  }

  /** Into four bits and two lines from whatever it believes; on, no cursor, to the right without shifting. */
  async #synchronise(): Promise<void> {
    for (const ms of [5, 1, 1]) {
      await this.#nibbles([0x30], 0)
      await pause(this.#clock, ms)
    }
    await this.#nibbles([0x20], 0)
    for (const command of [0x28, 0x0c, 0x06]) await this.#command(command)
  }

  /** Nobody knows what it shows. */
  #forget(): void {
    const { rows } = this.#options
    this.#shown = Array.from({ length: rows }, () => [])
    this.#glyphs = Array.from({ length: drawnLetters }, () => undefined)
    this.#renewed = this.#clock.now().mono
  }

  /** Sends the letters that are others than before; where none is, asks whether the chip is still there. */
  async write(picture: LcdPicture): Promise<void> {
    if (await this.#change(picture)) return
    await this.#ask()
    if (this.#clock.now().mono - this.#renewed < renewMs) return
    // All of it once more: who looks at it sees nothing of that.
    await this.#synchronise()
    this.#forget()
    await this.#change(picture)
  }

  /** Whether there was anything to send. */
  async #change(picture: LcdPicture): Promise<boolean> {
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
    return sent
  }

  /** A PCF8574 that has been without power has all its lines high, and the chip behind it has forgotten all. */
  async #ask(): Promise<void> {
    const { address } = this.#options
    const [lines = 0] = await this.#bus.read(address, 1)
    if ((lines & reading) === 0) return
    throw new HardwareError(
      `the LCD at ${hex(address)} was without power for a moment: look at its cable (5 V, ground); votes go on`,
    )
  }

  /** The codes of a picture; letters that the chip does not have are drawn first. */
  async #codes(picture: LcdPicture): Promise<number[][]> {
    const needed = lettersToDraw(picture)
    for (const char of needed) if (!this.#glyphs.includes(char)) await this.#draw(char, needed)
    return picture.map((line) =>
      [...line].map((char) => {
        const place = needed.includes(char) ? this.#glyphs.indexOf(char) : -1
        return place >= 0 ? place : (romCode(char) ?? plainCode(char))
      }),
    )
  }

  /** Into a place that is empty, or that this picture does not need. */
  async #draw(char: string, needed: readonly string[]): Promise<void> {
    const empty = this.#glyphs.indexOf(undefined)
    const place = empty >= 0 ? empty : this.#glyphs.findIndex((glyph) => !needed.includes(glyph!))
    await this.#command(0x40 | (place << 3))
    await this.#data(drawnRows(char)!)
    this.#glyphs[place] = char
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
