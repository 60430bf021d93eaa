import type { Edge } from '../../domain/press-filter.ts'
import { isFace, type Key } from '../../domain/words.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import { HardwareError } from '../errors.ts'

/**
 * How an MPR121 is reached, whatever carries its I2C. Both reject with an error that says which bus and
 * address to look at.
 */
export interface Mpr121Port {
  /** The number of a register, and what it and those behind it become. */
  write(bytes: Uint8Array): Promise<void>
  /** Writes, and reads so many bytes without letting go of the bus. */
  writeRead(bytes: Uint8Array, length: number): Promise<Uint8Array>
}

/** What the chip is called in the data sheet MPR121, revision 4 (Freescale, 2010). */
const register = {
  touched: 0x00,
  baselineFilter: 0x2b,
  thresholds: 0x41,
  debounce: 0x5b,
  sampling: 0x5c,
  electrodes: 0x5e,
  autoConfig: 0x7b,
  softReset: 0x80,
} as const

/** As after a reset: 16 µA, and 0.5 µs of charge every 16 ms. Another chip would hardly say the same. */
const samplingAfterReset = [0x10, 0x24] as const

/**
 * The baseline follows slow drift of light, damp and dirt at once, and a finger late (application note
 * AN3944): half deltas, noise counts and delays for rising, falling and touched.
 */
const baselineFilter = [0x01, 0x01, 0x00, 0x00, 0x01, 0x01, 0xff, 0x02, 0x00, 0x00, 0x00]
/** Counts below the baseline at which a finger is there, and at which it is gone. */
const thresholds = { touch: 12, release: 6 } as const
/** Two samples of 4 × 8 ms must agree, both ways; that is far quicker than a finger. */
const debounce = 0x11
const sampling = [0x10, 0x23]
/**
 * Charges each electrode so that it lies at 90 % of what 3.3 V allow (section 5.11): upper limit
 * (VDD − 0.7 V) / VDD × 256, lower limit 65 % of it. Only at the start: a hand that lies on a plate must
 * not be tuned away.
 */
const autoConfig = [0x19, 0x00, 0xc9, 0x83, 0xb5]

const pollMs = 25
/** As often the chip is asked whether it still has its settings: one that lost its power would be silent. */
const checkEvery = 40
/** What is wrong for so many polls is wrong; while it tunes itself, the chip may say a lot. */
const patience = 8

/**
 * Starts the chip and tells of touches until it is disposed of. Rejects, and later calls `fail` once, when
 * the bus or the chip does not do what it should; opening it again is the cure.
 * @param electrodes which electrode, 0 to 11, is which key
 * @param tell what a key does; what has been told as touched is not told as released at the end
 */
export async function openMpr121(
  port: Mpr121Port,
  electrodes: Readonly<Partial<Record<Key, number>>>,
  tell: (key: Key, edge: Edge['edge']) => void,
  fail: (error: Error) => void,
  clock: Clock,
): Promise<AsyncDisposable> {
  const chip = new Mpr121(port, electrodes, tell, clock)
  await chip.start()
  const stop = new AbortController()
  const running = chip.poll(stop.signal).catch(fail)
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

class Mpr121 {
  readonly #port: Mpr121Port
  readonly #electrodes: readonly [Key, number][]
  readonly #tell: (key: Key, edge: Edge['edge']) => void
  readonly #clock: Clock
  readonly #run: number
  #touched = 0
  #overCurrent = 0
  #outOfRange = 0

  constructor(
    port: Mpr121Port,
    electrodes: Readonly<Partial<Record<Key, number>>>,
    tell: (key: Key, edge: Edge['edge']) => void,
    clock: Clock,
  ) {
    this.#port = port
    this.#electrodes = Object.entries(electrodes) as [Key, number][]
    this.#tell = tell
    this.#clock = clock
    // Takes the first measurement as the baseline, and measures no electrodes that are not wired.
    this.#run = 0x80 | (1 + Math.max(...this.#electrodes.map(([, electrode]) => electrode)))
  }

  async start(): Promise<void> {
    await this.#set(register.softReset, 0x63)
    const found = await this.#get(register.sampling, 2)
    if (found[0] !== samplingAfterReset[0] || found[1] !== samplingAfterReset[1])
      throw new HardwareError(
        `what answers is no MPR121 (its registers 5C and 5D hold ${hex(found)} after a reset, not 10 24): look at its ADDR pin, and at what else has this address`,
      )
    // Only a chip that stands still takes settings.
    await this.#set(register.electrodes, 0)
    await this.#set(register.baselineFilter, ...baselineFilter)
    const pairs = Array.from({ length: 12 }, () => [thresholds.touch, thresholds.release])
    await this.#set(register.thresholds, ...pairs.flat())
    await this.#set(register.debounce, debounce)
    await this.#set(register.sampling, ...sampling)
    await this.#set(register.autoConfig, ...autoConfig)
    await this.#set(register.electrodes, this.#run)
  }

  async poll(signal: AbortSignal): Promise<void> {
    for (let round = 1; ; round++) {
      await pause(this.#clock, pollMs, signal)
      if (signal.aborted) return
      const status = await this.#get(register.touched, 4)
      if (signal.aborted) return
      if (await this.#isSound(status, round)) this.#tellOf(status[0]! | (status[1]! << 8))
    }
  }

  /** Whether what it says about touches means anything. Throws what only a technician can mend. */
  async #isSound(status: Uint8Array, round: number): Promise<boolean> {
    const overCurrent = (status[1]! & 0x80) !== 0
    this.#overCurrent = overCurrent ? this.#overCurrent + 1 : 0
    if (this.#overCurrent > patience)
      throw new HardwareError(
        'the MPR121 reports over-current (OVCF) again after each start: look at the 75 kΩ resistor on its REXT pin, and for an electrode that touches the supply',
      )
    if (overCurrent) {
      // It has stopped. A one clears the flag, before that it takes no other order.
      await this.#set(register.touched + 1, 0x80)
      await this.start()
      return false
    }
    this.#lookAtRange(status[2]! | (status[3]! << 8))
    if (round % checkEvery !== 0) return true
    const [run] = await this.#get(register.electrodes, 1)
    if (run === this.#run) return true
    await this.start()
    return false
  }

  /** A face that cannot be touched is worse than a panel that says so; another key can be done without. */
  #lookAtRange(flags: number): void {
    const lost = this.#electrodes.filter(([key, electrode]) => isFace(key) && flags & (1 << electrode))
    this.#outOfRange = lost.length > 0 ? this.#outOfRange + 1 : 0
    if (this.#outOfRange <= patience) return
    const names = lost.map(([key, electrode]) => `${electrode} (${key})`).join(', ')
    throw new HardwareError(
      `the MPR121 cannot tune electrode ${names}: look for a wire that touches ground or another wire, and for a plate that is too large`,
    )
  }

  #tellOf(touched: number): void {
    const changed = touched ^ this.#touched
    this.#touched = touched
    for (const [key, electrode] of this.#electrodes)
      if (changed & (1 << electrode)) this.#tell(key, touched & (1 << electrode) ? 'down' : 'up')
  }

  #set(first: number, ...values: number[]): Promise<void> {
    return this.#port.write(Uint8Array.of(first, ...values))
  }

  #get(first: number, length: number): Promise<Uint8Array> {
    return this.#port.writeRead(Uint8Array.of(first), length)
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ')
}
