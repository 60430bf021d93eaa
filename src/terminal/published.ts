import type { Item } from '../ports/journal.ts'
import { aboutOf } from './items.ts'

/** What has been handed to a connection since the start, whether it arrived or not. */
export class Published {
  readonly #epochs = new Map<string, { source: string; sequence: number }>()
  #votes: number | undefined

  add(item: Item): void {
    const { epoch, source, to } = aboutOf(item)
    this.#epochs.set(epoch, { source, sequence: Math.max(to, this.sequenceOf(epoch)) })
    this.#votes = Math.max(item.position.votes, this.#votes ?? 0)
  }

  /** The highest sequence of an epoch; 0 if none. */
  sequenceOf(epoch: string): number {
    return this.#epochs.get(epoch)?.sequence ?? 0
  }

  /** Whose votes those of an epoch are, if there were any. */
  sourceOf(epoch: string): string | undefined {
    return this.#epochs.get(epoch)?.source
  }

  /** How far it goes, in votes of the journal; undefined while there was nothing to hand over. */
  get votes(): number | undefined {
    return this.#votes
  }
}
