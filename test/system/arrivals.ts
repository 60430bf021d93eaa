import type { GapEvent, VoteEvent } from '../../src/contract/schemas.ts'
import type { Subscriber } from './subscriber.ts'

/** Of so many latest ids the content is remembered: far more than a terminal ever has on its way. */
const remembered = 20_000

/** What one epoch has brought so far. */
interface Epoch {
  /** The highest sequence up to which each one was a vote or in a gap. */
  reached: number
  votes: number
  /** Sequences that gaps told of. */
  lost: number
}

/**
 * What a subscriber has got, held against what it may rely on: in each epoch the sequences come in order
 * from 1 on with no hole, and what comes twice is the same to the letter. In constant memory.
 */
export class Arrivals {
  readonly epochs = new Map<string, Epoch>()
  /** What broke the rules; empty when all is well. */
  readonly faults: string[] = []
  /** Events that came again. */
  duplicates = 0
  /** What was told of journals that are gone. */
  readonly exchanged: { epoch: string; from: number; to: number }[] = []
  readonly #contents = new Map<string, string>()

  /** Takes over what this subscriber has received since it was asked last; returns itself. */
  see(subscriber: Subscriber): this {
    for (const { payload } of subscriber.take('/vote', '/gap')) this.add(payload as VoteEvent | GapEvent)
    return this
  }

  add(event: VoteEvent | GapEvent): void {
    const { epoch } = event.data
    const [from, to] =
      'face' in event.data ? [event.data.sequence, event.data.sequence] : [event.data.from, event.data.to]
    const state = this.epochs.get(epoch) ?? { reached: 0, votes: 0, lost: 0 }
    this.epochs.set(epoch, state)
    if (this.#isRepeated(event.id, JSON.stringify(event))) return
    if ('cause' in event.data && event.data.cause === 'exchanged') {
      // It speaks of a journal that is gone, and of what of it has not come: the rest is here already.
      this.exchanged.push({ epoch, from, to })
      state.lost += Math.max(0, to - state.reached)
      state.reached = Math.max(state.reached, to)
      return
    }
    if (from !== state.reached + 1) this.faults.push(`${event.id} came behind ${epoch}-${state.reached}`)
    state.reached = Math.max(state.reached, to)
    if ('face' in event.data) state.votes++
    else state.lost += to - from + 1
  }

  /** Votes of all epochs, each id once. */
  get votes(): number {
    return [...this.epochs.values()].reduce((sum, { votes }) => sum + votes, 0)
  }

  /** Sequences of all epochs that gaps told of. */
  get lost(): number {
    return [...this.epochs.values()].reduce((sum, { lost }) => sum + lost, 0)
  }

  #isRepeated(id: string, content: string): boolean {
    const before = this.#contents.get(id)
    if (before !== undefined) {
      this.duplicates++
      if (before !== content) this.faults.push(`${id} came with two contents`)
      return true
    }
    this.#contents.set(id, content)
    if (this.#contents.size > remembered) this.#contents.delete(this.#contents.keys().next().value!)
    return false
  }
}
