import { coarse } from '../domain/privacy.ts'
import type { WallMs } from '../domain/time.ts'
import { addToCounts, noCounts, type Span, type ToldVote } from '../domain/vote.ts'
import type { Item, Position, Reader } from '../ports/journal.ts'
import type { Folded, Readable } from './readable.ts'
import { headerBytes, readSegment, scanHeader } from './segment.ts'

/** What folding leads to: these are to be saved; then all segments in front of `keep` may go. */
export interface Folding {
  folded: Folded[]
  keep: number
}

const hourMs = 3_600_000

/** More spans make a message that brokers refuse; then the oldest are joined. */
const mostSpans = 240

/**
 * Sums up the votes of the oldest segment that are not done. Undefined where nothing can be summed up: the
 * oldest segment is the one being written, or does not read back.
 * @param open a reader that holds nothing back
 */
export async function foldOldest(
  journal: Readable,
  cursor: Position,
  open: (from: Position) => Reader,
  now: WallMs,
): Promise<Folding | undefined> {
  const next = await secondSegment(journal)
  if (!next) return undefined
  const undone = journal.folded().filter(({ end }) => end.record > cursor.record)
  const from = undone.at(-1)?.end ?? cursor
  const folded = undone.map((each) => ({ ...each, summary: structuredClone(each.summary) }))
  const reader = open(from)
  let place = from
  while (!reached(place, next)) {
    const item = await reader.next()
    if (!item || item.is === 'held') return undefined
    if (item.position.epoch === next.epoch && next.before === 0) break
    add(folded, item, place.record, now)
    place = item.position
    folded.at(-1)!.end = { ...place, segment: next.segment, offset: 0 }
  }
  for (const { summary } of folded) shorten(summary.spans, Math.max(2, Math.floor(mostSpans / folded.length)))
  return { folded, keep: next.segment }
}

interface Next {
  segment: number
  epoch: string
  /** The last sequence of the epoch that stands wholly in front of the segment. */
  before: number
}

/** The first segment behind the oldest one whose header reads back. */
async function secondSegment({ files, directory, segments, limit }: Readable): Promise<Next | undefined> {
  for (const segment of segments()
    .slice(1)
    .filter((n) => n <= limit().segment)) {
    const header = scanHeader(await readSegment(files, directory, segment, 0, headerBytes))
    if (typeof header !== 'object') continue
    const { epoch, sequence, open } = header.header
    return { segment, epoch, before: open ? open.sequence - 1 : sequence }
  }
  return undefined
}

function reached({ epoch, sequence }: Position, next: Next): boolean {
  return epoch === next.epoch && sequence >= next.before
}

function add(folded: Folded[], item: Item, begin: number, now: WallMs): void {
  const said = item.is === 'vote' ? item.vote : item.is === 'gap' ? item.gap : item.summary
  let last = folded.at(-1)?.summary
  if (last?.epoch !== said.epoch) {
    const { epoch, source } = said
    const from = 'from' in said ? said.from : said.sequence
    last = { epoch, source, from, to: from, spans: [], lost: [], at: now }
    folded.push({ summary: last, begin, end: item.position })
  }
  last.to = 'to' in said ? said.to : said.sequence
  last.at = now
  if (item.is === 'vote') addVote(last.spans, item.vote)
  else if (item.is === 'gap') last.lost.push({ from: item.gap.from, to: item.gap.to, cause: item.gap.cause })
}

function addVote(spans: Span[], vote: ToldVote): void {
  const { clock, wall } = vote.time
  const from = clock === 'unknown' ? undefined : coarse(wall, 'hour')
  let span = spans.findLast((span) => covers(span, from))
  if (!span) {
    span = { ...(from !== undefined && { from, to: from + hourMs }), ...noCounts() }
    spans.push(span)
  }
  addToCounts(span, vote)
}

function covers({ from, to }: Span, moment: WallMs | undefined): boolean {
  if (from === undefined || to === undefined) return moment === undefined
  return moment !== undefined && from <= moment && moment < to
}

/** Joins neighbours, the oldest first, until there are few enough: resolution is lost, counts never. */
function shorten(spans: Span[], most: number): void {
  spans.sort((a, b) => (a.from ?? 0) - (b.from ?? 0))
  while (spans.length > most) {
    const joined: Span[] = []
    const first = spans[0]?.from === undefined ? 1 : 0
    const half = Math.floor(spans.length / 4) * 2
    for (let n = first; n + 1 < first + half; n += 2) joined.push(join(spans[n]!, spans[n + 1]!))
    spans.splice(first, joined.length * 2, ...joined)
  }
}

function join(a: Span, b: Span): Span {
  const sum = structuredClone(a)
  sum.to = b.to!
  sum.votes += b.votes
  sum.suppressed += b.suppressed
  sum.corrected += b.corrected
  for (const part of ['faces', 'reasons', 'outcomes'] as const) {
    const counts = sum[part] as Record<string, number>
    for (const [name, count] of Object.entries(b[part])) counts[name]! += count
  }
  return sum
}
