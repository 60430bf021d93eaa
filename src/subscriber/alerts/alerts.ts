import type { AlertKind, HealthMessage } from '../../contract/schemas.ts'
import { type Hours, isOpen } from '../../domain/hours.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Key } from '../../domain/words.ts'
import type { Item, Rejected } from '../item.ts'

export interface AlertRules {
  /** Warns from this share of dissatisfied votes on, … */
  dissatisfiedPercent: number
  /** … of those of so many latest minutes, … */
  windowMinutes: number
  /** … if there are so many at least. */
  minimumVotes: number
  /** Warns of a terminal that has said nothing for so long while the offices are open. */
  silentMinutes: number
  /** Absent: always open. */
  hours?: Hours
}

/** What is warned of, in figures; words are made of it where it is shown. */
export type Finding =
  | { alert: 'dissatisfied'; dissatisfied: number; votes: number }
  | { alert: 'silent'; heardAt: WallMs }
  | { alert: 'stuck'; keys: readonly Key[] }

/** An alert that began, or is over. */
export interface Change {
  source: string
  alert: AlertKind
  raised: boolean
  since: WallMs
  /** What was found when it began; absent when it is over. */
  finding?: Finding
}

/** An alert that lasts. */
export interface Raised {
  source: string
  since: WallMs
  finding: Finding
}

interface Watched {
  heardAt: WallMs
  /** Times of the latest votes, and whether each was dissatisfied; in the order they came. */
  votes: { at: WallMs; dissatisfied: boolean }[]
  stuck: readonly Key[]
  raised: Map<AlertKind, Raised>
}

const minuteMs = 60_000
/** An alert is over only when the share is this much below its limit: so that one vote does not ring it again. */
const marginPercent = 5
/** More of the latest votes than this tell nothing new of a counter. */
const mostVotes = 2_000

/** Watches the terminals, and says what begins and what is over. Pure but for what it remembers. */
export class Alerts {
  readonly #rules: AlertRules
  readonly #terminals = new Map<string, Watched>()

  constructor(rules: AlertRules) {
    this.#rules = rules
  }

  /** Everything that lasts, the longest first. */
  get raised(): Raised[] {
    const all = [...this.#terminals.values()].flatMap(({ raised }) => [...raised.values()])
    return all.sort((a, b) => a.since - b.since)
  }

  /** Takes note of what came; `now` is when, by our own clock. */
  take(item: Item | Rejected, now: WallMs): void {
    if (item.is === 'rejected' || item.is === 'served') return
    const terminal = this.#of(item.source, now)
    // What the broker says in its stead is no word of its own.
    if (!(item.is === 'state' && item.state.state === 'offline')) terminal.heardAt = now
    if (item.is === 'health') terminal.stuck = stuckKeys(item.health)
    if (item.is !== 'vote') return
    const { time, data } = item.event
    // The time of any other is not to be trusted to the minute.
    if (data.clock !== 'synchronised') return
    terminal.votes.push({ at: Date.parse(time), dissatisfied: data.face === 'dissatisfied' })
    if (terminal.votes.length > mostVotes) terminal.votes.shift()
  }

  #of(source: string, now: WallMs): Watched {
    const terminal = this.#terminals.get(source) ?? { heardAt: now, votes: [], stuck: [], raised: new Map() }
    this.#terminals.set(source, terminal)
    return terminal
  }

  /** Looks at all terminals. @returns what has changed since the last look */
  look(now: WallMs): Change[] {
    const open = this.#openFor(now)
    return [...this.#terminals].flatMap(([source, terminal]) => [
      ...this.#settle(source, terminal, 'dissatisfied', this.#dissatisfied(terminal, now), now),
      ...this.#settle(source, terminal, 'silent', open ? this.#silent(terminal, now) : 'as it is', now),
      ...this.#settle(source, terminal, 'stuck', stuck(terminal), now),
    ])
  }

  /** Whether the offices have been open for as long as a terminal may be silent: they are switched on first. */
  #openFor(now: WallMs): boolean {
    const { hours, silentMinutes } = this.#rules
    return !hours || (isOpen(hours, now) && isOpen(hours, now - silentMinutes * minuteMs))
  }

  #dissatisfied(terminal: Watched, now: WallMs): Finding | 'as it is' | undefined {
    const { dissatisfiedPercent, windowMinutes, minimumVotes } = this.#rules
    const from = now - windowMinutes * minuteMs
    terminal.votes = terminal.votes.filter(({ at }) => at >= from)
    const latest = terminal.votes.filter(({ at }) => at <= now + minuteMs)
    if (latest.length < minimumVotes) return undefined
    const dissatisfied = latest.filter((vote) => vote.dissatisfied).length
    const percent = (100 * dissatisfied) / latest.length
    if (percent >= dissatisfiedPercent) return { alert: 'dissatisfied', dissatisfied, votes: latest.length }
    return percent > dissatisfiedPercent - marginPercent ? 'as it is' : undefined
  }

  #silent({ heardAt }: Watched, now: WallMs): Finding | undefined {
    return now - heardAt >= this.#rules.silentMinutes * minuteMs ? { alert: 'silent', heardAt } : undefined
  }

  #settle(
    source: string,
    { raised }: Watched,
    alert: AlertKind,
    found: Finding | 'as it is' | undefined,
    now: WallMs,
  ): Change[] {
    const before = raised.get(alert)
    if (found === 'as it is' || (found === undefined) === (before === undefined)) return []
    if (found === undefined) {
      raised.delete(alert)
      return [{ source, alert, raised: false, since: now }]
    }
    raised.set(alert, { source, since: now, finding: found })
    return [{ source, alert, raised: true, since: now, finding: found }]
  }
}

function stuckKeys({ keys }: HealthMessage): readonly Key[] {
  return keys.stuck
}

function stuck({ stuck: keys }: Watched): Finding | undefined {
  return keys.length > 0 ? { alert: 'stuck', keys } : undefined
}
