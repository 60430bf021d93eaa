import { HardwareError } from '../../src/panels/errors.ts'
import type { I2cBus } from '../../src/panels/i2c.ts'

/** One message to a chip, as it went over the wire. */
export interface Message {
  address: number
  bytes: Uint8Array
}

/** An I2C bus that keeps each message, and fails when a test wants it to. */
export class LoggedBus implements I2cBus {
  readonly messages: Message[] = []
  /** So many of the next transactions fail. */
  failures = 0
  /** Every transaction fails until it is plugged in again. */
  unplugged = false

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.#fail(address)
    this.messages.push({ address, bytes: Uint8Array.from(bytes) })
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    this.#fail(address)
    return new Uint8Array(length)
  }

  async writeRead(address: number, bytes: Uint8Array, length: number): Promise<Uint8Array> {
    await this.write(address, bytes)
    return new Uint8Array(length)
  }

  #fail(address: number): void {
    if (!this.unplugged && this.failures === 0) return
    this.failures = Math.max(0, this.failures - 1)
    throw new HardwareError(`0x${address.toString(16)} does not answer`)
  }
}

/**
 * Reads the traffic of an SSD1306 or SH1106 back into its picture, as the data sheets have it: a control
 * byte, then commands or data; page mode.
 */
export class OledDecoder {
  readonly #width: number
  readonly #height: number
  /** The first column that is seen. */
  readonly #offset: number
  readonly #memory: Uint8Array
  #page = 0
  #column = 0
  #arguments = 0
  on = false

  constructor(chip: 'ssd1306' | 'sh1106', width: number, height: number) {
    this.#width = width
    this.#height = height
    this.#offset = chip === 'sh1106' ? 2 : 0
    // What stands in it after power on: anything.
    this.#memory = new Uint8Array(132 * 8).fill(0xa5)
  }

  take(bytes: Uint8Array): this {
    const [control, ...rest] = bytes
    for (const byte of rest) control === 0x40 ? this.#data(byte) : this.#command(byte)
    return this
  }

  #data(byte: number): void {
    this.#memory[this.#page * 132 + this.#column] = byte
    this.#column = Math.min(131, this.#column + 1)
  }

  #command(byte: number): void {
    if (this.#arguments > 0) {
      this.#arguments--
      return
    }
    if (byte >= 0xb0 && byte <= 0xb7) this.#page = byte & 7
    else if (byte <= 0x0f) this.#column = (this.#column & 0xf0) | byte
    else if (byte <= 0x1f) this.#column = (this.#column & 0x0f) | ((byte & 0x0f) << 4)
    else if ([0x20, 0x81, 0x8d, 0xa8, 0xad, 0xd3, 0xd5, 0xd9, 0xda, 0xdb].includes(byte)) this.#arguments = 1
    else if (byte === 0xaf || byte === 0xae) this.on = byte === 0xaf
  }

  get(x: number, y: number): boolean {
    return (this.#memory[(y >> 3) * 132 + this.#offset + x]! & (1 << (y & 7))) !== 0
  }

  /** Two rows of pixels in a row of text. */
  get text(): string {
    return blocks(this.#width, this.#height, (x, y) => this.get(x, y))
  }
}

/** A picture as text, two rows of pixels in each line. */
export function blocks(width: number, height: number, get: (x: number, y: number) => boolean): string {
  const lines: string[] = []
  for (let y = 0; y < height; y += 2) {
    let line = ''
    for (let x = 0; x < width; x++) line += ' ▀▄█'[(get(x, y) ? 1 : 0) + (get(x, y + 1) ? 2 : 0)]
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}

/** Reads the traffic of an HD44780 behind a PCF8574 back into letters. */
export class LcdDecoder {
  readonly #columns: number
  readonly #rows: number
  readonly #ddram = new Uint8Array(0x80).fill(0x20)
  /** The dots of the eight letters that can be drawn. */
  readonly cgram = new Uint8Array(64)
  #lines = 0
  #high: number | undefined
  #fourBits = false
  #at: { ram: 'dd' | 'cg'; address: number } = { ram: 'dd', address: 0 }
  backlight = false

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
  }

  take(bytes: Uint8Array): this {
    for (const lines of bytes) {
      this.backlight = (lines & 0x08) !== 0
      // The chip takes what is on its lines when enable falls.
      if (this.#lines & 0x04 && !(lines & 0x04)) this.#nibble(this.#lines)
      this.#lines = lines
    }
    return this
  }

  #nibble(lines: number): void {
    const nibble = lines >> 4
    if (!this.#fourBits) {
      if (nibble === 2) this.#fourBits = true
      return
    }
    if (this.#high === undefined) {
      this.#high = nibble
      return
    }
    const byte = (this.#high << 4) | nibble
    this.#high = undefined
    if (lines & 0x01) this.#data(byte)
    else this.#command(byte)
  }

  #data(byte: number): void {
    const { ram, address } = this.#at
    if (ram === 'cg') this.cgram[address & 63] = byte
    else this.#ddram[address & 0x7f] = byte
    this.#at = { ram, address: address + 1 }
  }

  #command(byte: number): void {
    if (byte & 0x80) this.#at = { ram: 'dd', address: byte & 0x7f }
    else if (byte & 0x40) this.#at = { ram: 'cg', address: byte & 0x3f }
    else if (byte === 0x01) {
      this.#ddram.fill(0x20)
      this.#at = { ram: 'dd', address: 0 }
    }
  }

  /** The codes of a row. */
  codes(row: number): Uint8Array {
    const start = [0, 0x40, this.#columns, 0x40 + this.#columns][row]!
    return this.#ddram.subarray(start, start + this.#columns)
  }

  /** The rows as text; `name` says what a drawn letter is, by its dots. */
  text(name: (rows: Uint8Array) => string): string {
    const rom: Record<number, string> = {
      225: 'ä',
      226: 'ß',
      239: 'ö',
      245: 'ü',
      238: 'ñ',
      126: '→',
      127: '←',
      255: '█',
    }
    const char = (code: number) =>
      code < 8 ? name(this.cgram.subarray(code * 8, code * 8 + 8)) : (rom[code] ?? String.fromCharCode(code))
    return Array.from({ length: this.#rows }, (_, row) => [...this.codes(row)].map(char).join('')).join('\n')
  }
}
