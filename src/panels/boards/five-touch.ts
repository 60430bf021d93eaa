import type { Clock } from '../../ports/clock.ts'
import { pause } from '../../ports/clock.ts'
import { HardwareError } from '../errors.ts'
import type { Mpr121Port } from '../keys/mpr121.ts'
import type { FiveBoard } from './five.ts'

export interface FiveTouchOptions {
  clock: Clock
  /** Where its wires are, for messages: `A4 and A5 of the Arduino`. */
  wires: string
}

/** A read takes about a millisecond on the bus, and a few on a serial line. */
const answerMs = 500

/**
 * The I2C of a board of johnny-five as the port of an MPR121. It reads once each time: the continuous reads
 * of the plugins stop for ever after their first error.
 */
export function fiveTouchPort(
  five: FiveBoard,
  address: number,
  { clock, wires }: FiveTouchOptions,
): Mpr121Port {
  const { board } = five
  const chip = `the chip at 0x${address.toString(16).toUpperCase()}`
  const look = `look at its supply, and at SDA and SCL (${wires})`
  let begun = false
  // The chip forgets which register was asked for when the bus is let go of in between.
  const begin = () => {
    if (!begun) board.i2cConfig({ address, settings: { stopTX: false } })
    begun = true
  }
  const failed = (cause: unknown) =>
    new HardwareError(`${chip} did not answer (${(cause as Error).message}): ${look}`, { cause })
  return {
    async write(bytes) {
      try {
        begin()
        board.i2cWrite(address, [...bytes])
      } catch (cause) {
        throw failed(cause)
      }
    },
    async writeRead(bytes, length) {
      const over = new AbortController()
      let end = () => {}
      const read = new Promise<number[]>((resolve, reject) => {
        // Under raspi-io, nobody else is told of what became of a read.
        const hearing = five.onError((error) => {
          reject(error)
          return true
        })
        // The firmware complains first, and then answers with nothing; others with what they had read before.
        const complain = (words: string) => {
          if (words.startsWith('I2C')) reject(new Error(words))
        }
        five.io.on('string', complain)
        end = () => {
          hearing[Symbol.dispose]()
          five.io.removeListener('string', complain)
        }
        begin()
        board.i2cReadOnce(address, bytes[0]!, length, resolve)
      })
      try {
        const answer = await Promise.race([read, late(clock, over.signal)])
        if (answer.length !== length) throw new Error(`${answer.length} bytes instead of ${length}`)
        return Uint8Array.from(answer)
      } catch (cause) {
        throw failed(cause)
      } finally {
        end()
        over.abort()
      }
    },
  }
}

async function late(clock: Clock, signal: AbortSignal): Promise<never> {
  await pause(clock, answerMs, signal)
  throw new Error(`nothing within ${answerMs} ms`)
}
