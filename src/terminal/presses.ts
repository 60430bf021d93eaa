import type { Key } from '../domain/words.ts'
import { type Clock, pause } from '../ports/clock.ts'

/** What whoever stands before the panel presses, one answer to each question. */
export class Presses {
  #answer: (key: Key) => void = () => {}

  /** A key was pressed; what nobody waits for is forgotten. */
  press(key: Key): void {
    this.#answer(key)
  }

  /** The next press, if one comes in time. */
  async next(clock: Clock, ms: number, signal: AbortSignal): Promise<Key | undefined> {
    const answered = new AbortController()
    let given: Key | undefined
    this.#answer = (key) => {
      given ??= key
      answered.abort()
    }
    await pause(clock, ms, AbortSignal.any([answered.signal, signal]))
    this.#answer = () => {}
    return given
  }
}
