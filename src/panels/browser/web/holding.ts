import type { Key } from '../../../domain/words.ts'
import { sendPress } from './presses.ts'

/** A terminal that hears nothing of a finger for three seconds takes it for gone. */
const renewMs = 1000

/**
 * Keys that are held, each by a finger or a key of the keyboard: the terminal is told when it comes, that it
 * stays, and when it goes, in this order.
 */
export class Holding {
  readonly #deliver: (sent: Promise<boolean>) => void
  readonly #held = new Map<string, { key: Key; renewal: number; sent: Promise<boolean> }>()

  constructor(deliver: (sent: Promise<boolean>) => void) {
    this.#deliver = deliver
  }

  begin(by: string, key: Key): void {
    this.end(by)
    const sent = sendPress(key, true)
    this.#deliver(sent)
    const renewal = window.setInterval(() => this.#next(by, true), renewMs)
    this.#held.set(by, { key, renewal, sent })
  }

  end(by: string): void {
    const held = this.#held.get(by)
    if (!held) return
    window.clearInterval(held.renewal)
    this.#next(by, false)
    this.#held.delete(by)
  }

  endAll(): void {
    for (const by of [...this.#held.keys()]) this.end(by)
  }

  /** Requests may overtake one another: each waits for the one before. */
  #next(by: string, stays: boolean): void {
    const held = this.#held.get(by)!
    held.sent = held.sent.then(() => sendPress(held.key, stays))
  }
}
