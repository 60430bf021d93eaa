import { HardwareError } from '../../src/panels/errors.ts'
import type { I2cBus } from '../../src/panels/i2c.ts'

export { LcdDecoder } from './lcd-decoder.ts'
export { blocks, OledDecoder } from './oled-decoder.ts'

/** One message to a chip, as it went over the wire. */
export interface Message {
  address: number
  bytes: Uint8Array
}

/** What is plugged in: it takes what is written, and says what it is when it is read. */
export interface Chip {
  take(bytes: Uint8Array): unknown
  answer(): number
}

/**
 * An I2C bus that keeps each message, hands it to the chip that is plugged in, and fails when a test wants it
 * to. Without a chip everything is taken, and what is read is zero.
 */
export class LoggedBus implements I2cBus {
  readonly messages: Message[] = []
  /** So many of the next transactions fail. */
  failures = 0
  /** Every transaction fails until it is plugged in again. */
  unplugged = false
  readonly #chip: Chip | undefined

  constructor(chip?: Chip) {
    this.#chip = chip
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.#fail(address)
    this.messages.push({ address, bytes: Uint8Array.from(bytes) })
    this.#chip?.take(bytes)
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    this.#fail(address)
    return new Uint8Array(length).fill(this.#chip?.answer() ?? 0)
  }

  async writeRead(address: number, bytes: Uint8Array, length: number): Promise<Uint8Array> {
    await this.write(address, bytes)
    return this.read(address, length)
  }

  #fail(address: number): void {
    if (!this.unplugged && this.failures === 0) return
    this.failures = Math.max(0, this.failures - 1)
    throw new HardwareError(`0x${address.toString(16)} does not answer`)
  }
}
