import { FirmataReader } from '../../../src/panels/boards/firmata-messages.ts'
import { AvrPanel, type I2cChip } from '../../fakes/avr-panel.ts'

const firmware = new URL('../../../hardware/firmware/faccina-panel-atmega328p.hex', import.meta.url)

/** The firmware on an emulated Arduino without any host but the test: what is sent, and what is answered. */
export class BareBoard {
  readonly avr: AvrPanel
  readonly #reader = new FirmataReader()
  #said: number[][] = []

  constructor(chips: ReadonlyMap<number, I2cChip> = new Map()) {
    this.avr = new AvrPanel(firmware, chips)
    this.avr.send = (byte) => {
      for (const message of this.#reader.read(Uint8Array.of(byte))) this.#said.push([...message])
    }
  }

  /** Bytes that were part of no message. */
  get strays(): number {
    return this.#reader.strays
  }

  /** Sends, lets time pass, and gives what was said meanwhile. */
  ask(bytes: Iterable<number>, ms = 20): number[][] {
    this.avr.receive(bytes)
    return this.hear(ms)
  }

  /** What is said within so many milliseconds, and was not taken yet. */
  hear(ms: number): number[][] {
    this.avr.run(ms)
    return this.#said.splice(0)
  }
}

/** A message of strings, as the words in it; the bytes of another one. */
export function words(message: readonly number[]): string {
  if (message[0] !== 0xf0 || message[1] !== 0x71) return message.map((byte) => byte.toString(16)).join(' ')
  return Buffer.from(message.slice(2, -1).filter((_, i) => i % 2 === 0)).toString('latin1')
}

export const version = [0xf9, 2, 5]
/** Version 1.0 of `faccina-panel`. */
export const greeting = [
  0xf0,
  0x79,
  1,
  0,
  ...[...'faccina-panel'].flatMap((letter) => [letter.charCodeAt(0), 0]),
  0xf7,
]
