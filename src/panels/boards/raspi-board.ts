import type { Clock } from '../../ports/clock.ts'
import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'
import { type FiveBoard, openFive } from './five.ts'
import { makeRaspiIo, type RaspiNeeds } from './raspi-io.ts'

/** Makes the IO plugin of johnny-five; tests make another one. Rejects with a `HardwareError`. */
export type MakeIo = (needs: RaspiNeeds) => Promise<object>

/**
 * The Pi as a board of johnny-five, for all parts of a panel that are on its lines: opened for the first
 * that uses it, and anew after it broke.
 */
export class RaspiBoard implements AsyncDisposable {
  readonly #clock: Clock
  readonly #makeIo: MakeIo
  readonly #lines = new Set<number>()
  readonly #users = new Map<string, (error: Error) => void>()
  readonly #stop = new AbortController()
  #i2c = false
  #opening: Promise<FiveBoard> | undefined

  constructor(clock: Clock, makeIo: MakeIo) {
    this.#clock = clock
    this.#makeIo = makeIo
  }

  /** What a part will use. To be said before any part uses the board, since it is opened for all of it. */
  need({ lines, i2c }: RaspiNeeds): void {
    for (const line of lines) this.#lines.add(line)
    this.#i2c ||= i2c
  }

  /**
   * Begins to use the board. Rejects with a `HardwareError` when it cannot be opened.
   * @param what who uses it; the same again takes the place of its last use
   * @param begin takes up what the part does on the board
   * @param fail to be called when the board breaks later
   */
  async use<T>(
    what: string,
    begin: (five: FiveBoard) => T | Promise<T>,
    fail: (error: Error) => void,
    signal: AbortSignal,
  ): Promise<T> {
    const five = await orAborted(this.#open(), signal)
    this.#users.set(what, fail)
    return begin(five)
  }

  #open(): Promise<FiveBoard> {
    if (this.#opening) return this.#opening
    const opening = this.#openFive()
    this.#opening = opening
    opening.catch(() => this.#forget(opening))
    return opening
  }

  async #openFive(): Promise<FiveBoard> {
    const io = await this.#makeIo({ lines: [...this.#lines].sort((a, b) => a - b), i2c: this.#i2c })
    const fail = (error: Error) => this.#fail(error)
    return openFive(io, { clock: this.#clock, signal: this.#stop.signal, fail })
  }

  #fail(cause: Error): void {
    const opened = this.#opening
    if (!opened) return
    this.#forget(opened)
    const users = [...this.#users.values()]
    this.#users.clear()
    const error = new HardwareError(`raspi-io: ${cause.message}`, { cause })
    for (const fail of users) fail(error)
    void opened.then((five) => five[Symbol.asyncDispose]())
  }

  #forget(opening: Promise<FiveBoard>): void {
    if (this.#opening === opening) this.#opening = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    const five = await this.#opening?.catch(() => undefined)
    await five?.[Symbol.asyncDispose]()
  }
}

/** The board of a panel. */
export function raspiBoard(
  { clock, share }: Pick<PanelContext, 'clock' | 'share'>,
  makeIo: MakeIo = makeRaspiIo,
): Promise<RaspiBoard> {
  return share('the Pi by johnny-five', () => new RaspiBoard(clock, makeIo))
}

/** Who is no longer wanted does not wait for the board. */
async function orAborted<T>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = () => {}
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(new Error('no longer wanted'))
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
  try {
    return await Promise.race([opening, aborted])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
