import type { CommissioningEvent, HealthMessage, StateMessage, VoteEvent } from '../../contract/schemas.ts'
import type { WallMs } from '../../domain/time.ts'
import { type Completeness, Ledger } from '../completeness.ts'
import type { Item, Rejected } from '../item.ts'

/** A terminal as far as it has told of itself since we watch. */
export interface Watched {
  source: string
  state?: StateMessage
  health?: HealthMessage
  commissioning?: CommissioningEvent
  lastVote?: VoteEvent
  heardAt: WallMs
  /** Votes that came since we watch. */
  votes: number
  /** From this sequence of the present epoch on we know what came. */
  since?: number
  completeness?: Completeness
}

/** The terminals and the latest votes, for a live table. What came before the watching counts as had. */
export class Board {
  readonly #terminals = new Map<string, Watched>()
  readonly #ledger = new Ledger()
  readonly #epochs = new Map<string, string>()
  readonly #latest: VoteEvent[] = []
  readonly #most: number
  rejected = 0

  /** @param most how many of the latest votes are kept */
  constructor(most: number) {
    this.#most = most
  }

  /** The latest votes, latest last. */
  get latest(): readonly VoteEvent[] {
    return this.#latest
  }

  /** @returns whether it was new; a vote that is sent again is not */
  take(item: Item | Rejected, now: WallMs): boolean {
    if (item.is === 'rejected') {
      this.rejected++
      return true
    }
    const terminal = this.#of(item.source, now)
    this.#begin(terminal, item)
    switch (item.is) {
      case 'vote': {
        if (!this.#ledger.take(item)) return false
        terminal.votes++
        terminal.lastVote = item.event
        this.#latest.push(item.event)
        if (this.#latest.length > this.#most) this.#latest.shift()
        return true
      }
      case 'state':
        terminal.state = item.state
        return true
      case 'health':
        terminal.health = item.health
        return true
      case 'commissioning':
        terminal.commissioning = item.record
        return true
      default:
        return this.#ledger.take(item)
    }
  }

  #of(source: string, now: WallMs): Watched {
    const terminal = this.#terminals.get(source) ?? { source, heardAt: now, votes: 0 }
    terminal.heardAt = now
    this.#terminals.set(source, terminal)
    return terminal
  }

  /** The first word of an epoch says where the watching begins: what was before is not ours to miss. */
  #begin(terminal: Watched, item: Item): void {
    const first = beginningOf(item)
    if (!first || this.#epochs.get(item.source) === first.epoch) return
    // An older epoch may still be on its way; it has begun where its first vote shows.
    const known = this.#ledger.completeness(item.source).some(({ epoch }) => epoch === first.epoch)
    if (item.is === 'totals' || !this.#epochs.has(item.source)) this.#epochs.set(item.source, first.epoch)
    if (known) return
    terminal.since = first.before + 1
    if (first.before > 0) this.#ledger.had(item.source, first.epoch, { from: 1, to: first.before })
  }

  /** By name, with how complete the present epoch of each is. */
  terminals(): Watched[] {
    const all = [...this.#terminals.values()].map((terminal) => {
      const epoch = this.#epochs.get(terminal.source)
      const completeness = this.#ledger
        .completeness(terminal.source)
        .find((one) => one.epoch === (epoch ?? terminal.state?.epoch))
      return { ...terminal, ...(completeness && { completeness }) }
    })
    return all.sort((a, b) => a.source.localeCompare(b.source, 'en', { numeric: true }))
  }
}

/** The epoch that an item is of, and how many of its sequences there were before. */
function beginningOf(item: Item): { epoch: string; before: number } | undefined {
  switch (item.is) {
    case 'vote':
      return { epoch: item.event.data.epoch, before: item.event.data.sequence - 1 }
    case 'gap':
    case 'summary':
      return { epoch: item.event.data.epoch, before: item.event.data.from - 1 }
    case 'totals':
      return { epoch: item.totals.epoch, before: item.totals.sequence }
    default:
      return undefined
  }
}
