/**
 * The bytes of the Firmata protocol 2.5, as far as the panel speaks it. Pure.
 * Source: github.com/firmata/protocol (protocol.md).
 */

export const firmata = {
  /** Lower nibble: the port, eight pins each; then two times seven bits. */
  digital: 0x90,
  analog: 0xe0,
  /** Lower nibble: the port; then whether its changes are told. */
  reportDigital: 0xd0,
  pinMode: 0xf4,
  version: 0xf9,
  sysex: 0xf0,
  endSysex: 0xf7,
} as const

/** The messages between `sysex` and `endSysex`, by their first byte. */
export const sysex = {
  pixels: 0x51,
  capabilities: 0x6c,
  analogMapping: 0x6a,
  pinStateQuery: 0x6d,
  pinState: 0x6e,
  string: 0x71,
  i2cReply: 0x77,
  firmware: 0x79,
} as const

/** The longest message is what a Mega can do, some 1,000 bytes. */
const longest = 4096

/** Takes a stream apart into whole messages, and counts what belongs to none. */
export class FirmataReader {
  #message: number[] = []
  /** Bytes that were no part of a message, or of one that broke off. */
  strays = 0

  /** The messages that are whole now, each from its first byte to its last. */
  read(bytes: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = []
    for (const byte of bytes) {
      const message = this.#next(byte)
      if (message) messages.push(message)
    }
    return messages
  }

  #next(byte: number): Uint8Array | undefined {
    const open = this.#message
    if (byte === firmata.endSysex && open[0] === firmata.sysex) {
      // Without a single byte in it, it says nothing.
      if (open.length > 1) return this.#take(byte)
      this.#drop(byte)
      return undefined
    }
    if (byte >= 0x80) {
      this.#drop()
      if (begins(byte)) this.#message = [byte]
      else this.strays++
      return undefined
    }
    if (open.length === 0 || open.length >= longest) {
      this.#drop(byte)
      return undefined
    }
    if (open[0] === firmata.sysex || open.length < 2) {
      open.push(byte)
      return undefined
    }
    return this.#take(byte)
  }

  #take(last: number): Uint8Array {
    const message = Uint8Array.from([...this.#message, last])
    this.#message = []
    return message
  }

  #drop(...more: number[]): void {
    this.strays += this.#message.length + more.length
    this.#message = []
  }
}

function begins(byte: number): boolean {
  const kind = byte < 0xf0 ? byte & 0xf0 : byte
  return (
    kind === firmata.digital || kind === firmata.analog || byte === firmata.version || byte === firmata.sysex
  )
}

/** What has been asked of a board, and so what it can have to say. */
export class AskedOfBoard {
  /** The mode of each pin that was set. */
  readonly modes = new Map<number, number>()
  /** The ports whose changes are to be told. */
  readonly ports = new Set<number>()

  /** Notes down what one message asks for. */
  note(message: Uint8Array): void {
    const [first = 0, second = 0, third = 0] = message
    if (first === firmata.pinMode) this.modes.set(second, third)
    if ((first & 0xf0) === firmata.reportDigital && second === 1) this.ports.add(first & 0x0f)
  }

  /** Whether a report of a port can be one: of a port that was asked for, and of its inputs only. */
  canReport(message: Uint8Array): boolean {
    const port = message[0]! & 0x0f
    const value = message[1]! | (message[2]! << 7)
    return this.ports.has(port) && (value & ~this.#inputs(port)) === 0
  }

  #inputs(port: number): number {
    let mask = 0
    for (const [pin, mode] of this.modes)
      if (pin >> 3 === port && (mode === inputMode || mode === pullUpMode)) mask |= 1 << (pin & 7)
    return mask
  }
}

const inputMode = 0x00
const pullUpMode = 0x0b
