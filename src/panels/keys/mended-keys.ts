import type { Edge } from '../../domain/press-filter.ts'
import type { Key } from '../../domain/words.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Condition, Keys } from '../../ports/panel.ts'
import { Mended } from '../mended.ts'

export interface MendedKeysOptions {
  /** Its name in the log: `keys on /dev/input/event0`. */
  what: string
  keys: readonly Key[]
  debounceMs: number
  /**
   * One attempt to get at the hardware; rejects with a `HardwareError` that says what to look at.
   * @param tell what a contact says, as often as it likes
   * @param fail to be called when it breaks later
   */
  open(
    tell: (key: Key, edge: Edge['edge']) => void,
    fail: (error: Error) => void,
    signal: AbortSignal,
  ): Promise<AsyncDisposable>
  /** As in `MendedOptions`. */
  sooner?(signal: AbortSignal): Promise<void>
  clock: Clock
  log: Log
}

/** Keys whose hardware comes and goes. One that is held while it goes is let go of. */
export class MendedKeys implements Keys {
  readonly keys: readonly Key[]
  readonly debounceMs: number
  readonly #clock: Clock
  readonly #piece: Mended<AsyncDisposable>
  readonly #held = new Set<Key>()
  #listener: (edge: Edge) => void = () => {}

  constructor({ what, keys, debounceMs, open, sooner, clock, log }: MendedKeysOptions) {
    this.keys = keys
    this.debounceMs = debounceMs
    this.#clock = clock
    this.#piece = new Mended({
      what,
      open: (fail, signal) => open((key, edge) => this.#edge(key, edge), fail, signal),
      ...(sooner && { sooner }),
      clock,
      log,
    })
    this.#piece.onCondition(() => {
      if (this.#piece.condition().is !== 'good') for (const key of [...this.#held]) this.#edge(key, 'up')
    })
  }

  listen(listener: (edge: Edge) => void): void {
    this.#listener = listener
    this.#piece.start()
  }

  condition(): Condition {
    return this.#piece.condition()
  }

  onCondition(listener: () => void): Disposable {
    return this.#piece.onCondition(listener)
  }

  #edge(key: Key, edge: Edge['edge']): void {
    if (edge === 'down') this.#held.add(key)
    else this.#held.delete(key)
    this.#listener({ key, edge, at: this.#clock.now().mono })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#piece[Symbol.asyncDispose]()
  }
}
