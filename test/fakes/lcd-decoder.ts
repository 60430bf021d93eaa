/**
 * A character display as its backpack takes it: an HD44780 with ROM A00 behind a PCF8574. What was written to
 * the backpack becomes letters. After the data sheets (Hitachi HD44780U: tables 4 and 6, figure 24; NXP
 * PCF8574), the backpack wired as usual: P0 RS, P1 R/W, P2 E, P3 the light, P4 to P7 the data. What such a
 * display would not bear throws.
 *
 * Feed it each message that was written to its address, in their order, without the address (`take`): from a
 * `LoggedBus` or from the log of a kernel's mock. Then look at `text`.
 */
export class LcdDecoder {
  readonly #columns: number
  readonly #rows: number
  readonly #now: (() => number) | undefined
  #lines = 0xff
  /** Eight bits at a time, or four; then the upper half waits for the lower one. */
  #bits: 8 | 4 = 8
  #upper: number | undefined
  #twoLines = false
  #on = false
  readonly #ddram = new Uint8Array(0x80)
  /** The dots of the eight letters that can be drawn. */
  readonly cgram = new Uint8Array(64)
  #at: { ram: 'dd' | 'cg'; address: number } = { ram: 'dd', address: 0 }
  #busyUntil = Number.NEGATIVE_INFINITY
  #functionSets = 0

  /** @param now milliseconds; with it, what comes before the display is ready throws */
  constructor(columns: number, rows: number, now?: () => number) {
    this.#columns = columns
    this.#rows = rows
    this.#now = now
    this.losePower()
  }

  /** As it is after power on: nothing to read, letters of anything, and 40 ms to wait. */
  losePower(): void {
    this.#lines = 0xff
    this.#bits = 8
    this.#upper = undefined
    this.#twoLines = this.#on = false
    this.#ddram.fill(0x20)
    this.cgram.fill(0x15)
    this.#at = { ram: 'dd', address: 0 }
    this.#functionSets = 0
    this.#busy(40)
  }

  /** Static: a letter is another one, and half a byte is missed. */
  stumble(): void {
    this.#ddram[0] = 0x23
    this.#upper = this.#upper === undefined ? 0 : undefined
  }

  /** What the backpack says when it is read: its lines. */
  answer(): number {
    return this.#lines
  }

  get backlight(): boolean {
    return (this.#lines & 0x08) !== 0
  }

  /** One message: each byte sets the lines. */
  take(bytes: Uint8Array): this {
    for (const lines of bytes) {
      const before = this.#lines
      this.#lines = lines
      // The chip takes what is on its lines when enable falls.
      if (before & 0x04 && !(lines & 0x04)) this.#falls(before, lines)
    }
    return this
  }

  #falls(before: number, lines: number): void {
    // The lines of a backpack that comes from power on fall without meaning.
    if (before & 0x02) return
    if ((before ^ lines) & 0xf3) throw new Error('data or RS change while E falls')
    this.#wait()
    const [nibble, isLetter] = [lines >> 4, (lines & 1) === 1]
    if (this.#bits === 4 && this.#upper === undefined) {
      this.#upper = nibble
      return
    }
    const byte = this.#bits === 8 ? nibble << 4 : (this.#upper! << 4) | nibble
    this.#upper = undefined
    if (isLetter) this.#letter(byte)
    else this.#command(byte)
  }

  #letter(byte: number): void {
    const { ram, address } = this.#at
    if (ram === 'cg') this.cgram[address & 63] = byte & 31
    else this.#ddram[address & 0x7f] = byte
    this.#at = { ram, address: address === 0x27 && ram === 'dd' ? 0x40 : address + 1 }
  }

  #command(byte: number): void {
    if (byte & 0x80) this.#at = { ram: 'dd', address: byte & 0x7f }
    else if (byte & 0x40) this.#at = { ram: 'cg', address: byte & 0x3f }
    else if (byte & 0x20) this.#functionSet(byte)
    else if (byte & 0x08) {
      if (byte & 0x03) throw new Error('it has a cursor')
      this.#on = (byte & 0x04) !== 0
    } else if (byte === 0x01) {
      this.#ddram.fill(0x20)
      this.#at = { ram: 'dd', address: 0 }
      this.#busy(1.52)
    } else if ((byte & 0xf8) === 0x10) this.#at.address += byte & 0x04 ? 1 : -1
    else if (byte === 0x02 || byte === 0x03) {
      this.#at = { ram: 'dd', address: 0 }
      this.#busy(1.52)
    } else if (byte !== 0x06 && byte !== 0) throw new Error(`unexpected instruction ${byte}`)
  }

  #functionSet(byte: number): void {
    this.#bits = byte & 0x10 ? 8 : 4
    this.#upper = undefined
    if (this.#bits === 4) this.#twoLines = (byte & 0x08) !== 0
    // Figure 24: 4.1 ms behind the first, 100 µs behind the second.
    else this.#busy(this.#functionSets++ === 0 ? 4.1 : 0.1)
  }

  #busy(ms: number): void {
    if (this.#now) this.#busyUntil = this.#now() + ms
  }

  #wait(): void {
    const left = this.#busyUntil - (this.#now?.() ?? 0)
    if (this.#now && left > 0) throw new Error(`it is busy for another ${left} ms`)
  }

  /** The codes of a row. */
  codes(row: number): Uint8Array {
    const start = [0, 0x40, this.#columns, 0x40 + this.#columns][row]!
    return this.#ddram.subarray(start, start + this.#columns)
  }

  /**
   * The rows as text, empty while it is off.
   * @param name what a drawn letter is, by its dots
   */
  text(name: (dots: Uint8Array) => string): string {
    if (!this.#on || !this.#twoLines) return ''
    const char = (code: number) =>
      code < 8 ? name(this.cgram.subarray(code * 8, code * 8 + 8)) : (rom[code] ?? String.fromCharCode(code))
    return Array.from({ length: this.#rows }, (_, row) => [...this.codes(row)].map(char).join('')).join('\n')
  }
}

/** Where ROM A00 is not ASCII (HD44780U, table 4), as far as anybody uses it. */
const rom: Readonly<Record<number, string>> = {
  92: '¥',
  126: '→',
  127: '←',
  165: '·',
  223: '°',
  225: 'ä',
  226: 'ß',
  238: 'ñ',
  239: 'ö',
  245: 'ü',
  255: '█',
}
