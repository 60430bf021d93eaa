import type { Press, ToldVote } from '../../src/domain/vote.ts'
import type { Item, Journal } from '../../src/ports/journal.ts'
import type { Log } from '../../src/ports/log.ts'
import type { Files } from '../../src/storage/files.ts'
import { type JournalOptions, openJournal } from '../../src/storage/journal.ts'
import { decodeLine, lineFeed } from '../../src/storage/line.ts'
import type { Row } from '../../src/storage/rows.ts'
import { segmentPath } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import type { FaultyFiles } from '../fakes/faulty-files.ts'
import { instant } from '../fakes/instants.ts'
import { readItems } from '../fakes/read-items.ts'

/** Tests of thousands of cases take only each so-many-th of them where they are run hundreds of times, on mutants. */
export const stride = Number(process.env.FACCINA_STRIDE ?? 1)

export const directory = '/journal'
export const source = 'faccina://c_e506/anagrafe/3'
export const start = {
  boot: 1,
  bootId: '11111111-2222-4333-8444-555555555555',
  survey: 'it-2009/1',
  version: '0.1.0',
}

export interface Events extends Log {
  events: { level: string; event: string; fields: Record<string, unknown> }[]
  has(event: string): boolean
}

/** A log that a test can look into. */
export function eventLog(): Events {
  const events: Events['events'] = []
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void events.push({ level, event, fields })
  return {
    events,
    has: (event) => events.some((entry) => entry.event === event),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}

/** Opens the journal that stands in `files`. */
export function open(files: Files, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const clock = new FakeClock()
  const usual = {
    directory,
    source,
    start,
    maxBytes: 2 ** 28,
    keepMs: 30 * 86_400_000,
    clock,
    log: eventLog(),
  }
  return openJournal({ ...usual, files, ...options })
}

/** The nth press: the faces, languages and flags come in turn. */
export function press(n: number): Press {
  const face = (['satisfied', 'neutral', 'dissatisfied'] as const)[n % 3]!
  return {
    face,
    asks: face === 'dissatisfied',
    language: n % 5 === 0 ? 'de' : 'it',
    at: { wall: Date.UTC(2026, 4, 4, 9) + n * 1000, mono: 1000 + n * 1000, synchronised: n % 7 !== 0 },
    ...(n % 4 !== 0 && { withinHours: n % 4 === 1 }),
  }
}

/** A whole visit: a face that asks gets its reason. */
export async function visit(journal: Journal, n: number): Promise<number> {
  const pressed = press(n)
  const sequence = await journal.record(pressed)
  if (pressed.asks) {
    await journal.amend(
      sequence,
      { reason: 'waiting-time', outcome: 'selected' },
      {
        ...pressed.at,
        wall: pressed.at.wall + 500,
        mono: pressed.at.mono + 500,
      },
    )
  }
  journal.settle(sequence)
  return sequence
}

export async function visits(journal: Journal, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) await visit(journal, n)
  await settled(journal)
}

/** So many votes more, fifty at once. */
export async function crowd(journal: Journal, votes: number): Promise<void> {
  for (let n = 0; n < votes; n += 50) {
    const recorded = await Promise.all(
      Array.from({ length: 50 }, (_, k) => journal.record(press(3 * (n + k)))),
    )
    journal.settle(recorded[49]!)
  }
  await settled(journal)
}

/** Settling is not waited for, but an amendment that is refused is, and comes behind it. */
export async function settled(journal: Journal): Promise<void> {
  await journal.amend(-1, {}, instant(0)).catch(() => {})
}

/** Everything that there is to read now. */
export async function readAll(journal: Pick<Journal, 'reader'>): Promise<Item[]> {
  return readItems(journal.reader())
}

export function votesOf(items: readonly Item[]): ToldVote[] {
  return items.flatMap((item) => (item.is === 'vote' ? [item.vote] : []))
}

/** The first and the last sequence that an item speaks of. */
function rangeOf(item: Item): [number, number] {
  if (item.is === 'vote') return [item.vote.sequence, item.vote.sequence]
  const { from, to } = item.is === 'gap' ? item.gap : item.summary
  return [from, to]
}

/** Items in short: `1 2 gap 3-4 5`. */
export function inShort(items: readonly Item[]): string {
  return items
    .map((item) => (item.is === 'vote' ? `${item.vote.sequence}` : `${item.is} ${rangeOf(item).join('-')}`))
    .join(' ')
}

/** From 1 on each sequence is in exactly one item, in order; returns the last one. */
export function lastWithoutHole(items: readonly Item[]): number {
  let last = 0
  for (const item of items) {
    const [from, to] = rangeOf(item)
    if (from !== last + 1 || to < from) throw new Error(`after ${last} comes ${from} to ${to}`)
    last = to
  }
  return last
}

export interface Line {
  start: number
  end: number
  row: Row
}

/** Where the lines of a segment stand; the two copies of the header come first. */
export function linesOf(bytes: Buffer): Line[] {
  const lines: Line[] = []
  for (let at = 0; at < bytes.length && bytes[at] !== 0; ) {
    const end = bytes.indexOf(lineFeed, at) + 1
    if (end === 0) break
    lines.push({ start: at, end, row: decodeLine(bytes, at, end) as Row })
    at = end
  }
  return lines
}

export const segment = (number: number) => segmentPath(directory, number)

/** Another content for a file: in place, or returned. */
export function change(files: FaultyFiles, path: string, edit: (bytes: Buffer) => unknown): void {
  const bytes = files.get(path)
  const edited = edit(bytes)
  files.put(path, edited instanceof Buffer ? edited : bytes)
}

/** The first two segments as earlier versions wrote them: another counter's votes began amid a segment. */
export function inOneSegment(files: FaultyFiles): void {
  const second = files.get(segment(2))
  const rows = linesOf(second).filter(({ row }) => 'n' in row)
  const behind = second.subarray(rows[0]!.start, rows.at(-1)!.end)
  change(files, segment(1), (bytes) => void behind.copy(bytes, linesOf(bytes).at(-1)!.end))
  files.delete(segment(2))
}
