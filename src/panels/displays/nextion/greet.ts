import type { Clock } from '../../../ports/clock.ts'
import { pause } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { HardwareError } from '../../errors.ts'
import { encode } from './exchange.ts'
import { type Model, sizes } from './layout.ts'
import type { Wire } from './wire.ts'

export interface GreetOptions {
  wire: Wire
  /** Where it is, for the messages. */
  path: string
  baudRate: number
  clock: Clock
  log: Log
  signal: AbortSignal
}

/** What a display is, after its answer to `connect`. */
export interface Greeting {
  model: Model
  /** As its maker names it: `NX4832T035_011R`. */
  name: string
}

/**
 * Finds out whether a Nextion is there, and which. One that speaks at another speed (it comes with 9600
 * baud, and falls back to that where its page says nothing) is told to change. Rejects with a
 * `HardwareError`. Source: Nextion Upload Protocol 1.1, step 1.
 */
export async function greet(options: GreetOptions): Promise<Greeting> {
  const { wire, baudRate, path, clock, log, signal } = options
  const speeds = [baudRate, baudRate, ...[9600, 115200].filter((speed) => speed !== baudRate)]
  for (const speed of speeds) {
    if (signal.aborted) break
    await wire.setSpeed(speed)
    const fields = await hello(wire, signal)
    if (!fields) continue
    if (speed === baudRate) return greeting(fields, path)
    log.warn('display at another speed', { path, speed, wanted: baudRate, hint: 'its page should set baud' })
    wire.send(encode(`baud=${baudRate}`))
    // What is on its way goes at the old speed.
    await pause(clock, 100, signal)
    await wire.setSpeed(baudRate)
    const again = (await hello(wire, signal)) ?? (await hello(wire, signal))
    if (again) return greeting(again, path)
  }
  throw new HardwareError(
    `${path}: no Nextion answers at ${[...new Set(speeds)].join(' or ')} baud: is it on 5 V, its TX (blue) on our RX and its RX (yellow) on our TX, the grounds connected? Is it this device? (display.device)`,
  )
}

const answerMs = 600

async function hello(wire: Wire, signal: AbortSignal): Promise<string[] | undefined> {
  const answer = wire.next('hello', answerMs, signal)
  // The first ends what the display may have half read; the second leaves a page's own protocol.
  for (const instruction of ['', 'DRAKJHSUYDGBNCJHGJKSHBDN', 'connect']) wire.send(encode(instruction))
  return (await answer)?.fields
}

function greeting(fields: readonly string[], path: string): Greeting {
  const [touch, , name = 'without a name'] = fields
  const digits = /^[A-Z]+(\d{4})/.exec(name)?.[1]
  if (digits === undefined || !Object.hasOwn(sizes, digits)) {
    const known = Object.entries(sizes).map(([model, size]) => `NX${model} (${size.width}x${size.height})`)
    throw new HardwareError(
      `${path}: the display is a ${name}, for which there is no page: use one of ${known.join(', ')}`,
    )
  }
  if (touch === '0')
    throw new HardwareError(`${path}: the display ${name} has no touch panel, and so no keys`)
  return { model: digits as Model, name }
}
