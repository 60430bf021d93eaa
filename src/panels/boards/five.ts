import type { Clock } from '../../ports/clock.ts'
import { pause } from '../../ports/clock.ts'
import { HardwareError } from '../errors.ts'
import { type Import, loadOptional } from '../optional.ts'

/** An IO plugin of johnny-five, as far as it is used: Firmata's board, raspi-io, or a test's. */
export interface FiveIo {
  readonly name: string
  readonly isReady: boolean
  readonly MODES: { INPUT: number; OUTPUT: number; PWM: number; PULLUP?: number }
  readonly HIGH: number
  readonly LOW: number
  readonly pins: readonly { supportedModes: readonly number[] }[]
  /** From a name such as GPIO17 to the plugin's own number; Firmata's has none, its pins are numbers. */
  normalize?(pin: number | string): number
  pinMode(pin: number | string, mode: number): void
  digitalRead(pin: number | string, tell: (value: number) => void): void
  digitalWrite(pin: number | string, value: number): void
  pwmWrite(pin: number | string, value: number): void
  i2cConfig(options?: { address?: number; settings?: { stopTX: boolean } }): void
  i2cWrite(address: number, bytes: number[]): void
  i2cReadOnce(address: number, register: number, count: number, tell: (bytes: number[]) => void): void
  reset?(): void
  on(event: string, listener: (...args: never[]) => void): unknown
  removeListener(event: string, listener: (...args: never[]) => void): unknown
  removeAllListeners(): unknown
}

/** johnny-five's Board: passes on to the plugin, and is what its own components work with. */
type Five = Pick<
  FiveIo,
  'pinMode' | 'digitalRead' | 'digitalWrite' | 'pwmWrite' | 'i2cConfig' | 'i2cWrite' | 'i2cReadOnce' | 'on'
>

/** A board that is ready. Disposing of it does not close what the plugin is connected by. */
export interface FiveBoard extends AsyncDisposable {
  readonly io: FiveIo
  readonly board: Five
  /**
   * Hears of errors that nobody waits for, before `fail` does.
   * @param hear whether the error was this listener's
   */
  onError(hear: (error: Error) => boolean): Disposable
}

export interface OpenFiveOptions {
  clock: Clock
  signal: AbortSignal
  /** To be called when the plugin reports an error later. */
  fail(error: Error): void
  /** How long the plugin may take to be ready. */
  timeoutMs?: number
  /** Whether the plugin is reset at the end, so that it lets go of its lines; yes unless said otherwise. */
  reset?: boolean
  load?: Import
}

interface FiveModule {
  Board: new (options: { io: FiveIo; repl: false; sigint: false; debug: false }) => Five
}

/** johnny-five itself gives up after 10 s, with a message about Arduinos. */
const readyMs = 9_000

/**
 * Makes a board of johnny-five on an IO plugin, and waits until it is ready.
 * Rejects with a `HardwareError` when johnny-five cannot be loaded, or the plugin does not become ready.
 * @param plugin one that was just made, or one that is ready
 */
export async function openFive(plugin: object, options: OpenFiveOptions): Promise<FiveBoard> {
  const io = plugin as FiveIo
  const errors = new Errors()
  // Before johnny-five listens, and for as long as the plugin lives: unheard, an error ends the process.
  io.on('error', (error: Error) => errors.tell(error))
  const { Board } = await loadOptional<FiveModule>('johnny-five', options.load)
  // Otherwise it would end the process at SIGINT, and at the end of stdin.
  const board = new Board({ io, repl: false, sigint: false, debug: false })
  // Its own complaints, too; what is behind them has come from the plugin already, or is our time-out.
  board.on('error', () => {})
  const opened = new OpenFive(io, board, errors, options.reset ?? true)
  try {
    await ready(board, errors, options)
  } catch (error) {
    await opened[Symbol.asyncDispose]()
    throw error
  }
  errors.last = options.fail
  return opened
}

async function ready(board: Five, errors: Errors, options: OpenFiveOptions): Promise<void> {
  const { clock, signal, timeoutMs = readyMs } = options
  const over = new AbortController()
  const end = () => over.abort()
  signal.addEventListener('abort', end, { once: true })
  // It may have been while johnny-five was loaded.
  if (signal.aborted) end()
  try {
    await Promise.race([
      new Promise<void>((resolve, reject) => {
        // Told also of a plugin that is ready already, in the next tick, which needs the board as it is.
        board.on('ready', () => resolve())
        errors.last = reject
      }),
      late(clock, timeoutMs, over.signal),
    ])
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

async function late(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await pause(clock, ms, signal)
  throw new HardwareError(`the board was not ready within ${Math.round(ms / 1000)} s`)
}

/** Errors of the plugin, to the first who says that it is his. */
class Errors {
  last: (error: Error) => void = () => {}
  readonly #hearing = new Set<(error: Error) => boolean>()

  add(hear: (error: Error) => boolean): Disposable {
    this.#hearing.add(hear)
    return { [Symbol.dispose]: () => void this.#hearing.delete(hear) }
  }

  tell(what: unknown): void {
    const error = what instanceof Error ? what : new Error(String(what), { cause: what })
    for (const hear of [...this.#hearing]) if (hear(error)) return
    this.last(error)
  }
}

class OpenFive implements FiveBoard {
  readonly io: FiveIo
  readonly board: Five
  readonly #errors: Errors
  readonly #reset: boolean
  #disposed = false

  constructor(io: FiveIo, board: Five, errors: Errors, reset: boolean) {
    this.io = io
    this.board = board
    this.#errors = errors
    this.#reset = reset
  }

  onError(hear: (error: Error) => boolean): Disposable {
    return this.#errors.add(hear)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    this.#errors.last = () => {}
    try {
      if (this.#reset) this.io.reset?.()
    } catch {
      // It may be what does not work.
    }
    release(this.board as unknown as Record<string, unknown>, this.io)
  }
}

/**
 * johnny-five keeps every board that there ever was. One that comes and goes for months must not keep all
 * that hung on it, nor its timer.
 */
function release(board: Record<string, unknown>, io: FiveIo): void {
  clearTimeout(board.timer as NodeJS.Timeout | undefined)
  io.removeAllListeners()
  io.on('error', () => {})
  for (const name of ['pins', 'port', 'transport', 'register', 'Drivers'])
    Object.defineProperty(board, name, { value: null })
  // It may have something to tell the plugin in the next tick.
  Object.defineProperty(board, 'io', { value: { emit() {} } })
}
