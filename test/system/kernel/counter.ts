import type { Test } from 'tap'
import type { Face } from '../../../src/domain/words.ts'
import type { PixelsProfile } from '../../../src/panels/profile/parts.ts'
import { readProfile } from '../../../src/panels/profile/profile-files.ts'
import { openMosquitto } from '../mosquitto.ts'
import { Subscriber } from '../subscriber.ts'
import { Rig } from './rig.ts'
import { GuestTerminal, type TerminalOptions } from './terminal.ts'

/** The lines of the faces' keys. */
export const line = { satisfied: 17, neutral: 27, dissatisfied: 22 } as const

const arcade = await readProfile('arcade-linux')
/** The codes of all keys of the overlay. */
export const { codes } = arcade.keys as { codes: Record<Face, string> }
const { satisfied, neutral, dissatisfied } = codes
/** The overlay's faces; so patient that a busy computer makes no second press of a bounce. */
export const keys = { driver: 'linux', codes: { satisfied, neutral, dissatisfied }, debounceMs: 100 }
/** What the profile says of the rings, and the same as a profile says it. */
export const rings = arcade.lights as PixelsProfile
export const ring = { driver: 'linux-spi', pixelsPerFace: rings.pixelsPerFace }
export const lamps = {
  driver: 'linux-lamps',
  leds: {
    satisfied: 'faccina:green:satisfied',
    neutral: 'faccina:yellow:neutral',
    dissatisfied: 'faccina:red:dissatisfied',
  },
}
const none = { driver: 'none' }

/** A kernel with the panel's hardware, and a broker and a subscriber on the host. */
export interface Counter {
  rig: Rig
  /** The daemon with a panel of these parts; of those that are not said it has the keys, and nothing else. */
  start(parts: object, options?: Partial<TerminalOptions>): Promise<GuestTerminal>
  /** Pulls a line down and up, so many times, each `us` long; says how long the longest was. */
  train(at: number, us: number, count?: number, first?: 'down' | 'up'): Promise<number>
  /** A short press. */
  tap(at: number): Promise<unknown>
  /** Nothing happens for so long. */
  rest(ms: number): Promise<unknown>
}

/** Opens it; it goes with the test. */
export async function openCounter(t: Test): Promise<Counter> {
  const rig = await Rig.open()
  const broker = await openMosquitto()
  const subscriber = await Subscriber.open(broker.port)
  t.teardown(async () => {
    await subscriber[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
    await rig[Symbol.asyncDispose]()
  })
  const train: Counter['train'] = (at, us, count = 2, first = 'down') =>
    rig.do<number>('train', { line: at, us, count, first })
  return {
    rig,
    start: (parts, options) => {
      const panel = { title: 'Under test', keys, lights: none, display: none, ...parts }
      return GuestTerminal.start(rig, subscriber, { panel, port: broker.port, ...options })
    },
    train,
    tap: (at) => train(at, 60_000),
    rest: (ms) => rig.do('rest', { ms }),
  }
}
