import { HardwareError } from '../../src/panels/errors.ts'
import type { Mpr121Port } from '../../src/panels/keys/mpr121.ts'

/**
 * An MPR121 as far as its data sheet tells: registers that count up, a soft reset, electrodes that are only
 * measured while it runs, and the two ways in which it gives up.
 */
export class FakeMpr121 implements Mpr121Port {
  readonly registers = new Uint8Array(256)
  /** How many messages there were, and the one that the bus does not carry. */
  messages = 0
  failAt: number | undefined
  /** What is touched, bit 0 is electrode 0. */
  touched = 0
  /** Electrodes that cannot be tuned. */
  outOfRange = 0
  /** Whether the current is too high as soon as it runs. */
  shorted = false
  /** How often it was reset by the port, and how often it was asked. */
  resets = 0
  reads = 0

  constructor() {
    this.#reset()
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#fail()
    const [first, ...values] = bytes
    if (first === 0x80 && values[0] === 0x63) {
      this.resets++
      return this.#reset()
    }
    for (const [i, value] of values.entries()) this.#set(first! + i, value)
  }

  async writeRead(bytes: Uint8Array, length: number): Promise<Uint8Array> {
    this.#fail()
    this.reads++
    this.#measure()
    return this.registers.slice(bytes[0]!, bytes[0]! + length)
  }

  /** The supply was gone for a moment. */
  losePower(): void {
    this.#reset()
  }

  get runs(): boolean {
    return (this.registers[0x5e]! & 0x3f) !== 0
  }

  #set(register: number, value: number): void {
    const overCurrent = (this.registers[1]! & 0x80) !== 0
    // A one clears the flag.
    if (register === 1 && value & 0x80) this.registers[1]! &= 0x7f
    // Stopped by over-current it does not start, and running it takes no settings.
    else if (register === 0x5e ? !overCurrent : !this.runs && register > 0x2a)
      this.registers[register] = value
  }

  #measure(): void {
    if (this.runs && this.shorted) {
      this.registers.fill(0, 0, 0x2b)
      this.registers[0x5e]! &= 0xc0
      this.registers[1] = 0x80
      return
    }
    const wired = (1 << (this.registers[0x5e]! & 0x0f)) - 1
    const touched = this.runs ? this.touched & wired : 0
    const outOfRange = this.runs ? this.outOfRange & wired : 0
    this.registers[0] = touched & 0xff
    this.registers[1] = (this.registers[1]! & 0x80) | (touched >> 8)
    this.registers[2] = outOfRange & 0xff
    this.registers[3] = (outOfRange >> 8) | (outOfRange ? 0x80 : 0)
  }

  #reset(): void {
    this.registers.fill(0)
    this.registers.set([0x10, 0x24], 0x5c)
  }

  #fail(): void {
    this.messages++
    if (this.messages === this.failAt) throw new HardwareError('EREMOTEIO at 5A')
  }
}
