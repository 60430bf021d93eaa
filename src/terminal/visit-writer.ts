import type { Instant } from '../domain/time.ts'
import type { Change, Press } from '../domain/vote.ts'
import type { Journal } from '../ports/journal.ts'

/** What one visit writes, in its order, whatever fails in between. */
export class VisitWriter {
  readonly #journal: Journal
  readonly #sequence: Promise<number>
  #last: Promise<unknown>

  /** @param before the end of the visit before: only one at a time writes, however slow the disk is. */
  constructor(journal: Journal, press: Press, before: Promise<void>) {
    this.#journal = journal
    this.#sequence = before.then(() => journal.record(press))
    this.#last = this.#sequence
  }

  /** Resolves when the press is on the disk. */
  get recorded(): Promise<unknown> {
    return this.#sequence
  }

  amend(change: Change, at: Instant): Promise<unknown> {
    return this.#then((sequence) => this.#journal.amend(sequence, change, at))
  }

  /** Takes the vote back. */
  withdraw(): Promise<unknown> {
    return this.#then((sequence) => this.#journal.withdraw(sequence))
  }

  /** Lets the vote go, with what could be written of it. Never rejects. */
  async settle(): Promise<void> {
    await this.#then(async (sequence) => this.#journal.settle(sequence)).catch(() => {
      // A vote that was never recorded has nothing to settle; its failure was told to the citizen.
    })
  }

  #then(work: (sequence: number) => Promise<unknown>): Promise<unknown> {
    const next = this.#last.catch(() => {}).then(async () => work(await this.#sequence))
    this.#last = next
    return next
  }
}
