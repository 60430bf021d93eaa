import type { StateMessage, SurveyMessage, VoteEvent } from '../../contract/schemas.ts'
import { iso, type WallMs } from '../../domain/time.ts'
import type { Item } from '../item.ts'
import { type Build, buildOf, type Condition, healthMessage } from './health.ts'
import type { Terminal } from './municipality.ts'
import type { Records } from './records.ts'
import type { Said } from './said.ts'

/** Between two votes that had to wait. */
const drainMs = 5
/** So many of the latest votes are remembered. */
const mostRecent = 5

/** What a terminal says, in the order in which it does. */
export class Voice {
  readonly #terminal: Terminal
  readonly #survey: SurveyMessage
  readonly #build: Build
  #said: Said[] = []
  #last: WallMs
  #totals = ''
  /** The latest votes that were told. */
  readonly recent: VoteEvent[] = []

  constructor(terminal: Terminal, survey: SurveyMessage) {
    this.#terminal = terminal
    this.#survey = survey
    this.#build = buildOf(terminal.municipality.seed, terminal.index)
    this.#last = terminal.municipality.from
  }

  /** What was said since it was last taken. */
  take(): Said[] {
    const said = this.#said
    this.#said = []
    return said
  }

  tell(at: WallMs, item: Item): void {
    this.#last = Math.max(this.#last, at)
    this.#said.push({ at: this.#last, item })
    if (item.is !== 'vote') return
    this.recent.push(item.event)
    if (this.recent.length > mostRecent) this.recent.shift()
  }

  say({ at, ...said }: Said): void {
    this.#last = Math.max(this.#last, at)
    this.#said.push({ at: this.#last, ...said })
  }

  /** What was held, one after the other. */
  drain(records: Records, at: WallMs): void {
    for (const item of records.held) this.tell(Math.max(at, this.#last + drainMs), item)
    records.held = []
  }

  state(at: WallMs, state: 'online' | 'lost', { epoch, boot }: { epoch: string; boot: number }): void {
    const { source, municipality } = this.#terminal
    const message: StateMessage = {
      state: state === 'online' ? 'online' : 'offline',
      since: iso(at),
      ...(state === 'lost' && { will: true }),
      version: municipality.version,
      epoch,
      boot,
    }
    this.tell(at, { source, is: 'state', state: message })
  }

  survey(at: WallMs): void {
    this.tell(at, { source: this.#terminal.source, is: 'survey', survey: this.#survey })
  }

  /** Unless they have been told already. */
  totals(at: WallMs, records: Records): void {
    const name = `${records.epoch} ${records.totals.sequence}`
    if (name === this.#totals) return
    this.#totals = name
    this.tell(at, { source: this.#terminal.source, is: 'totals', totals: records.announced })
  }

  health(condition: Condition): void {
    const { source } = this.#terminal
    this.tell(condition.at, { source, is: 'health', health: healthMessage(this.#build, condition) })
  }

  /** The queue manager's word. */
  served(from: WallMs, to: WallMs, served: number): void {
    const { source } = this.#terminal
    this.tell(to, { source, is: 'served', served: { from: iso(from), to: iso(to), served } })
  }
}
