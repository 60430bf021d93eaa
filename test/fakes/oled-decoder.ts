/**
 * An SSD1306 or SH1106 as far as a host can tell over I2C: what was sent to it becomes the picture that its
 * glass shows. After the data sheets (Solomon Systech SSD1306 rev 1.1, chapters 8.1.5, 8.7 and 9; Sino
 * Wealth SH1106 v2.3). What the chip does not know, or would show as a torn picture, throws.
 *
 * Feed it each message that was written to its address, in their order, without the address (`take`): from a
 * `LoggedBus` or from the log of a kernel's mock. Then look at `text`, or pixel by pixel at `get`.
 */
export class OledDecoder {
  readonly #chip: 'ssd1306' | 'sh1106'
  readonly #width: number
  readonly #height: number
  readonly #columns: number
  /** Eight pages of bytes, as the chip keeps them. */
  readonly #memory: Uint8Array
  #page = 0
  #column = 0
  #pump = false
  #inverse = false
  #mirrored = false
  #flipped = false
  #multiplex = 63
  #comPins = 0x12
  /** A command that waits for what belongs to it. */
  #waiting: number | undefined
  on = false
  /** 0 to 255. */
  contrast = 0x7f

  constructor(chip: 'ssd1306' | 'sh1106', width: number, height: number) {
    this.#chip = chip
    this.#width = width
    this.#height = height
    this.#columns = memory[chip].columns
    this.#memory = new Uint8Array(8 * this.#columns)
    this.losePower()
  }

  /** Off, and with anything in its memory. */
  losePower(): void {
    this.#memory.fill(0xa5)
    this.#page = this.#column = 0
    this.on = this.#pump = this.#inverse = this.#mirrored = this.#flipped = false
    this.#multiplex = 63
    this.#comPins = 0x12
    this.contrast = 0x7f
    this.#waiting = undefined
  }

  /** What it says when it is read: bit 6 is set while the display is off. */
  answer(): number {
    return this.on ? 0x03 : 0x43
  }

  /** One message. */
  take(bytes: Uint8Array): this {
    const [control, ...rest] = bytes
    if (control !== 0x00 && control !== 0x40) throw new Error(`no control byte: ${hex(control ?? -1)}`)
    for (const byte of rest) control === 0x40 ? this.#data(byte) : this.#take(byte)
    return this
  }

  #data(byte: number): void {
    if (this.#waiting !== undefined) throw new Error(`picture within the command ${hex(this.#waiting)}`)
    if (this.#column >= this.#columns) throw new Error('beyond the last column')
    this.#memory[this.#page * this.#columns + this.#column++] = byte
  }

  #take(byte: number): void {
    const command = this.#waiting
    this.#waiting = undefined
    if (command !== undefined) this.#set(command, byte)
    else if (commands[this.#chip].includes(byte)) this.#waiting = byte
    else this.#command(byte)
  }

  /** A command with a value behind it. */
  #set(command: number, value: number): void {
    if (command === 0x20 && value !== 2) throw new Error('an SH1106 has no such mode')
    if (command === 0x81) this.contrast = value
    if (command === 0x8d) this.#pump = value === 0x14
    if (command === 0xad) this.#pump = value === 0x8b
    if (command === 0xa8) this.#multiplex = value
    if (command === 0xda) this.#comPins = value
    if (command === 0xd3 && value !== 0) throw new Error('the picture is moved')
  }

  #command(command: number): void {
    if (command <= 0x0f) this.#column = (this.#column & 0xf0) | command
    else if (command <= 0x1f) this.#column = (this.#column & 0x0f) | ((command & 0x0f) << 4)
    else if (command >= 0xb0 && command <= 0xb7) this.#page = command & 7
    else if (command === 0xa0 || command === 0xa1) this.#mirrored = command === 0xa1
    else if (command === 0xc0 || command === 0xc8) this.#flipped = command === 0xc8
    else if (command === 0xa6 || command === 0xa7) this.#inverse = command === 0xa7
    else if (command === 0xae || command === 0xaf) this.on = command === 0xaf
    // Start line 0, memory shown, nothing.
    else if (![0x40, 0xa4, 0xe3].includes(command)) throw new Error(`no command ${hex(command)}`)
  }

  /** Whether a pixel of the glass is lit; from the upper left of one that is mounted as usual. */
  get(x: number, y: number): boolean {
    if (!this.on || !this.#pump) return false
    this.#check()
    const { columns, first } = memory[this.#chip]
    const column = this.#mirrored ? first + x : columns - 1 - first - x
    const row = this.#flipped ? y : this.#height - 1 - y
    const bit = (this.#memory[(row >> 3) * columns + column]! >> (row & 7)) & 1
    return (bit === 1) !== this.#inverse
  }

  /** What would tear or stretch the picture. */
  #check(): void {
    if (this.#multiplex !== this.#height - 1) throw new Error(`${this.#multiplex + 1} rows are driven`)
    const pins = this.#height === 32 && this.#chip === 'ssd1306' ? 0x02 : 0x12
    if (this.#comPins !== pins) throw new Error(`COM pins ${hex(this.#comPins)} instead of ${hex(pins)}`)
  }

  /** Two rows of pixels in a row of text. */
  get text(): string {
    return blocks(this.#width, this.#height, (x, y) => this.get(x, y))
  }
}

/** Columns of the memory: the SH1106 has 132, and a glass of 128 begins at its third. */
const memory = { ssd1306: { columns: 128, first: 0 }, sh1106: { columns: 132, first: 2 } } as const

/** Commands that have a value behind them. */
const common = [0x81, 0xa8, 0xd3, 0xd5, 0xd9, 0xda, 0xdb]
const commands = { ssd1306: [...common, 0x20, 0x8d], sh1106: [...common, 0xad] } as const

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

function hex(byte: number): string {
  return `0x${byte.toString(16)}`
}
