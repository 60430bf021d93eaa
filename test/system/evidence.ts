import type { GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import type { WallMs } from '../../src/domain/time.ts'
import type { Face, Reason } from '../../src/domain/words.ts'
import { absorb, type SummaryEvent, summariesInForce } from './evidence-summaries.ts'
import { holesOf, type Range } from './ranges.ts'

/** A press as the rig made it, and what the panel said to it before the world ended. */
export interface Pressed {
  face: Face
  /** The press was made not before `from`, and not after `to`: the answer, or the end of the terminal. */
  from: WallMs
  to: WallMs
  /**
   * `nothing`: it may count or not. `asked`: the reasons were offered, so the face is on the disk.
   * `thanked`: so is all that was said.
   */
  told: 'nothing' | 'asked' | 'thanked'
  /** The reason that was pressed, if any; it counts for certain only when thanked for. */
  reason?: Reason
  /** For the reader of a report: in which round it was. */
  round?: number
}

/** An event as it came; `round` says when, for the reader of a report. */
export type Heard = { round?: number } & (
  | { kind: 'vote'; event: VoteEvent }
  | { kind: 'gap'; event: GapEvent }
  | { kind: 'summary'; event: SummaryEvent }
)

/** What the comparison finds. All lists are empty, or the terminal has broken a promise. */
export interface Verdict {
  figures: {
    presses: number
    thanked: number
    asked: number
    /** Events of votes as they came, and how many of them said again what another had said. */
    received: number
    duplicates: number
    /** Different votes. */
    votes: number
    /** Presses that nobody was thanked for, and that count. */
    unthankedCounted: number
    /** Presses that nobody was thanked for, and that do not count. */
    unthankedLost: number
    epochs: number
    gaps: number
    /** Sequences that gaps cover. */
    gapped: number
    summaries: number
  }
  faults: {
    /** Thanked for (or asked for the reason), and no vote of it. */
    missing: string[]
    /** A vote that says something else than its citizen was thanked for. */
    altered: string[]
    /** One id, two contents. */
    twoContents: string[]
    /** Sequences below the highest of their epoch that are no vote, and that nothing explains. */
    holes: string[]
    /** Counted, and nobody pressed it; or it was counted twice. */
    unpressed: string[]
    /** The last totals of an epoch do not say what its votes say. */
    totals: string[]
  }
}

/** How far a time that was rounded to a millisecond may lie outside the window it was taken in. */
const roundedMs = 2

/**
 * Collects what the world was told, from all sides of a terminal, and compares it at the end. A vote is
 * recognised by the time of its press, so presses are noted in the order in which they were made, and the
 * windows of two of them may touch, but must not overlap.
 */
export class Evidence {
  readonly #presses: Pressed[] = []
  readonly #heard: Heard[] = []
  readonly #totals = new Map<string, TotalsMessage>()

  pressed(press: Pressed): void {
    this.#presses.push(press)
  }

  heard(heard: Heard): void {
    this.#heard.push(heard)
  }

  /** The last ones of an epoch count. */
  totals(totals: TotalsMessage): void {
    this.#totals.set(totals.epoch, totals)
  }

  /** The highest sequence of an epoch that is a vote or is explained, 0 where there is none. */
  reached(epoch: string): number {
    return Math.max(0, ...rangesOf(this.#heard, epoch).map(({ to }) => to))
  }

  /** All of it, for those who look into a fault. */
  toJSON(): unknown {
    return { presses: this.#presses, heard: this.#heard, totals: [...this.#totals.values()] }
  }

  verdict(): Verdict {
    const { votes, twoContents, duplicates } = distinct(this.#heard)
    const matched = match(this.#presses, votes)
    const summaries = summariesInForce(this.#heard.flatMap((h) => (h.kind === 'summary' ? [h.event] : [])))
    const absorbed = absorb(summaries, votes, matched.voteless)
    const gaps = [...new Map(gapsOf(this.#heard).map((gap) => [gap.id, gap])).values()]
    const epochs = new Set(this.#heard.map(({ event }) => event.data.epoch))
    const told = (what: Pressed['told']) => this.#presses.filter(({ told }) => told === what).length
    const unthankedCounted = matched.unthanked + absorbed.unthanked
    return {
      figures: {
        presses: this.#presses.length,
        thanked: told('thanked'),
        asked: told('asked'),
        received: votes.length + duplicates,
        duplicates,
        votes: votes.length,
        unthankedCounted,
        unthankedLost: told('nothing') - unthankedCounted,
        epochs: epochs.size,
        gaps: gaps.length,
        gapped: gaps.reduce((sum, { data }) => sum + data.to - data.from + 1, 0),
        summaries: summaries.length,
      },
      faults: {
        missing: absorbed.missing.map(describePress),
        altered: matched.altered,
        twoContents,
        holes: [...epochs].flatMap((epoch) =>
          holesOf(rangesOf(this.#heard, epoch)).map(({ from, to }) => `${epoch} ${from} to ${to}`),
        ),
        unpressed: [...matched.unpressed.map(describeVote), ...absorbed.unpressed],
        totals: [...this.#totals.values()].flatMap((totals) => wrongTotals(totals, votes, summaries)),
      },
    }
  }
}

function gapsOf(heard: Heard[]): GapEvent[] {
  return heard.flatMap((h) => (h.kind === 'gap' ? [h.event] : []))
}

/** The sequences of an epoch that are told of, each range as it was told. */
function rangesOf(heard: Heard[], epoch: string): Range[] {
  return heard.flatMap((h) => {
    if (h.event.data.epoch !== epoch) return []
    if (h.kind === 'vote') return [{ from: h.event.data.sequence, to: h.event.data.sequence }]
    return [{ from: h.event.data.from, to: h.event.data.to }]
  })
}

/** Each vote once; and which ids (of votes, gaps and summaries) came with more than one content. */
function distinct(heard: Heard[]) {
  const first = new Map<string, { kind: Heard['kind']; event: Heard['event']; content: string }>()
  const twoContents: string[] = []
  let duplicates = 0
  for (const { kind, event, round } of heard) {
    // `source` and `id` together name an event (CloudEvents 1.0).
    const name = `${event.source} ${event.id}`
    const content = JSON.stringify(event)
    const before = first.get(name)
    if (!before) first.set(name, { kind, event, content })
    else if (before.content !== content) {
      twoContents.push(`${event.id}: ${before.content}, and in round ${round ?? '?'} ${content}`)
    }
    if (before && kind === 'vote') duplicates++
  }
  const votes = [...first.values()].flatMap(({ kind, event }) =>
    kind === 'vote' ? [event as VoteEvent] : [],
  )
  return { votes, twoContents, duplicates }
}

interface Matched {
  altered: string[]
  unpressed: VoteEvent[]
  /** Presses without a vote of their own: a summary may still count them. */
  voteless: Pressed[]
  unthanked: number
}

/** Each vote belongs to the one press in whose window it was made, and each press has one vote at most. */
function match(presses: Pressed[], votes: VoteEvent[]): Matched {
  const voteless = new Set(presses)
  const unpressed: VoteEvent[] = []
  const altered: string[] = []
  let unthanked = 0
  for (const vote of votes) {
    const at = Date.parse(vote.time)
    const press = pressAt(at, voteless)
    if (!press) {
      unpressed.push(vote)
      continue
    }
    voteless.delete(press)
    if (press.told === 'nothing') unthanked++
    if (!agrees(press, vote)) altered.push(`${describePress(press)} became ${describeVote(vote)}`)
  }
  return { altered, unpressed, voteless: [...voteless], unthanked }
}

/** Where windows touch, the press that came last before the vote was made. */
function pressAt(at: WallMs, presses: Iterable<Pressed>): Pressed | undefined {
  const inReach = [...presses].filter(({ from, to }) => at >= from - roundedMs && at <= to + roundedMs)
  return inReach.findLast(({ from }) => from <= at) ?? inReach[0]
}

function agrees({ face, reason, told }: Pressed, { data }: VoteEvent): boolean {
  if (data.face !== face) return false
  if (told === 'thanked') return data.reason === reason
  return data.reason === undefined || data.reason === reason
}

function wrongTotals(totals: TotalsMessage, votes: VoteEvent[], summaries: SummaryEvent[]): string[] {
  const { epoch, sequence } = totals
  const folded = summaries.filter(({ data }) => data.epoch === epoch)
  const inside = (n: number) => folded.some(({ data }) => n >= data.from && n <= data.to)
  const single = votes.filter(
    ({ data }) => data.epoch === epoch && data.sequence <= sequence && !inside(data.sequence),
  )
  const hours = folded.flatMap(({ data }) => data.hours)
  const face = (name: Face) =>
    single.filter(({ data }) => data.face === name).length +
    hours.reduce((sum, { faces }) => sum + faces[name], 0)
  const expected = {
    votes: single.length + hours.reduce((sum, { votes }) => sum + votes, 0),
    faces: { satisfied: face('satisfied'), neutral: face('neutral'), dissatisfied: face('dissatisfied') },
  }
  const said = { votes: totals.votes, faces: totals.faces }
  const same =
    said.votes === expected.votes &&
    Object.entries(expected.faces).every(([name, n]) => said.faces[name as Face] === n)
  return same
    ? []
    : [`${epoch} up to ${sequence}: ${JSON.stringify(said)}, but the votes are ${JSON.stringify(expected)}`]
}

function describePress({ face, reason, told, from, round }: Pressed): string {
  const why = reason === undefined ? '' : ` (${reason})`
  return `round ${round ?? '?'}: ${face}${why}, told ${told}, at ${new Date(from).toISOString()}`
}

function describeVote({ id, time, data }: VoteEvent): string {
  return `${id} ${data.face}${data.reason === undefined ? '' : ` (${data.reason})`} at ${time}`
}

/** All faults as lines, for the message of a test. */
export function faultsOf({ faults }: Verdict): string[] {
  return Object.entries(faults).flatMap(([name, lines]) => lines.map((line) => `${name}: ${line}`))
}
