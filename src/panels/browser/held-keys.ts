import type { Edge } from '../../domain/press-filter.ts'
import type { Key } from '../../domain/words.ts'
import type { Clock } from '../../ports/clock.ts'

/** A page that holds a key says so once a second; one that has gone does not hold it for longer than this. */
const heldMs = 3_000

/** Makes edges of what the page says. A touch has no contact that bounces. */
export class HeldKeys implements Disposable {
  readonly #clock: Clock
  readonly #tell: (edge: Edge) => void
  readonly #held = new Map<Key, Disposable>()

  constructor(clock: Clock, tell: (edge: Edge) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** @param held whether the finger stays, or has left; undefined: a short touch, both edges at once */
  touch(key: Key, held: boolean | undefined): void {
    const before = this.#held.get(key)
    before?.[Symbol.dispose]()
    this.#held.delete(key)
    const at = this.#clock.now().mono
    if (held !== false && !before) this.#tell({ key, edge: 'down', at })
    if (held)
      this.#held.set(
        key,
        this.#clock.alarm(at + heldMs, () => this.touch(key, false)),
      )
    else if (held === undefined || before) this.#tell({ key, edge: 'up', at })
  }

  [Symbol.dispose](): void {
    for (const alarm of this.#held.values()) alarm[Symbol.dispose]()
    this.#held.clear()
  }
}
