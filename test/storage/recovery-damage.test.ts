import t from 'tap'
import type { ToldVote } from '../../src/domain/vote.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import {
  inShort,
  type Line,
  lastWithoutHole,
  linesOf,
  open,
  press,
  readAll,
  segment,
  source,
  start,
  stride,
  visit,
  visits,
  votesOf,
} from './journals.ts'

// Thousands of cases take their time where the processors are slow or busy.
t.setTimeout(180_000)

/*
 * Thousands of damaged tails. Whatever happens to the last segment: an intact vote is read, a damaged one
 * is not, what is missing is told as a gap, and no number that was ever given out is given out again.
 */

const last = 20
const whole = await session()
const original = whole.get(segment(1))
const lines = linesOf(original)
const end = lines.at(-1)!.end
const before = votesOf(await readAll(await open(whole.clone())))

async function session(): Promise<FaultyFiles> {
  const files = new FaultyFiles()
  const first = await open(files)
  await visits(first, 1, 12)
  await first[Symbol.asyncDispose]()
  const second = await open(files, { start: { ...start, boot: 2 } })
  await visits(second, 13, last)
  await second[Symbol.asyncDispose]()
  // Nothing is done: everything can be read again.
  files.delete('/journal/cursor')
  return files
}

const rubbish = Buffer.from(
  Array.from({ length: 8192 }, (_, n) => (Math.imul(n + 1, 2654435761) >>> 11) & 0xff),
)

type Damage = (bytes: Buffer, at: number, line: Line) => Buffer | undefined

const damages: Record<string, Damage> = {
  'flipped low bit': (bytes, at) => flip(bytes, at, 1),
  'flipped bit 5': (bytes, at) => flip(bytes, at, 32),
  'zero byte': (bytes, at) => void bytes.fill(0, at, at + 1),
  'line feed': (bytes, at) => void bytes.fill(0x0a, at, at + 1),
  'zeros to the end of the line': (bytes, at, line) => void bytes.fill(0, at, line.end),
  '300 zeros': (bytes, at) => void bytes.fill(0, at, at + 300),
  'zeros to the end': (bytes, at) => void bytes.fill(0, at),
  '40 bytes of rubbish': (bytes, at) => void rubbish.copy(bytes, at, 0, 40),
  '500 bytes of rubbish': (bytes, at) => void rubbish.copy(bytes, at, 100, 600),
  'a block of rubbish': (bytes, at) => void rubbish.copy(bytes, at, 0, 4096),
  truncated: (bytes, at) => bytes.subarray(0, at),
  'a part of another line over it': (bytes, at) =>
    void original.copy(bytes, at, lines[3]!.start + 10, lines[3]!.end),
}

function flip(bytes: Buffer, at: number, mask: number): undefined {
  bytes[at]! ^= mask
}

/** Its first byte, in its checksum, its space, its first brace, its middle, its last byte, its line feed. */
function places({ start, end }: Line): number[] {
  return [start, start + 4, start + 8, start + 9, (start + end) >> 1, end - 2, end - 1]
}

/** The line reads as before, at its place. */
function survives(bytes: Buffer, { start, end }: Line): boolean {
  return bytes.subarray(start, end).equals(original.subarray(start, end))
}

/** What must be read of a vote whose own line survived. */
function expected(sequence: number, bytes: Buffer): Partial<ToldVote> {
  const amended = lines.some(({ row }) => 'amend' in row && row.amend === sequence)
  const amendment = lines.find((line) => 'amend' in line.row && line.row.amend === sequence)
  const { boot: _, bootId: __, ...vote } = before[sequence - 1]!
  if (!amended || survives(bytes, amendment!)) return vote
  const { reason: ___, ...bare } = vote
  return { ...bare, outcome: 'interrupted', recordedAt: press(sequence).at.wall }
}

for (const [name, damage] of Object.entries(damages)) {
  t.test(name, async (t) => {
    let place = 0
    let cases = 0
    for (const line of lines) {
      for (const at of places(line)) {
        if (place++ % stride !== 0) continue
        const bytes = Buffer.from(original)
        const damaged = damage(bytes, at, line) ?? bytes
        if (damaged.equals(original)) continue
        await check(damaged, ++cases % 5 === 0).catch((error) => {
          t.fail(`line ${lines.indexOf(line)} at ${at - line.start}: ${error.message}`, {
            stack: error.stack,
          })
        })
      }
    }
    t.ok(cases * stride > 100, `${cases} damaged tails`)
  })
}

t.test('rubbish behind the end', async (t) => {
  for (const size of [1, 10, 100, 4000]) {
    for (const distance of [0, 1, 77, 4096]) {
      const bytes = Buffer.from(original)
      rubbish.copy(bytes, end + distance, 0, size)
      await t.resolves(check(bytes, true))
    }
  }
})

async function check(bytes: Buffer, again: boolean): Promise<void> {
  const files = whole.clone()
  files.put(segment(1), bytes)
  const journal = await open(files)
  const items = await readAll(journal)
  if (journal.epoch !== before[0]!.epoch) {
    // Without any header nothing can be read: then all is put aside, and a new life begins.
    if (lines.slice(0, 2).some((line) => survives(bytes, line))) throw new Error('the epoch is lost')
    if (bytes.every((byte) => byte === 0)) return
    const kept = files.get(`${segment(1)}.damaged`)
    if (!kept.equals(bytes)) throw new Error('it was not put aside')
    return
  }
  const voteLines = lines.filter(({ row }) => 'vote' in row)
  const intact = voteLines.filter((line) => survives(bytes, line)).map(({ row }) => 'vote' in row && row.vote)
  const read = votesOf(items)
  const sequences = read.map(({ sequence }) => sequence)
  if (sequences.join() !== intact.join()) throw new Error(`of ${intact} only ${sequences} are read`)
  for (const vote of read) same(vote, expected(vote.sequence, bytes))
  const top = lastWithoutHole(items)
  if (!wasEnough(bytes) && top < last) throw new Error(`${top} is the last number known`)
  const rows = bytes.subarray(lines[2]!.start, end).equals(original.subarray(lines[2]!.start, end))
  const clean = rows && bytes.subarray(end).every((byte) => byte === 0)
  // One copy of the header is enough, and of what is blank or not there nothing can be kept.
  const silent = clean || wasEnough(bytes) || bytes.length < original.length
  if (!silent && !files.paths().some((path) => path.endsWith('.damaged')))
    throw new Error('nothing is kept aside')

  const next = await visit(journal, 77)
  if (next !== top + 1) throw new Error(`${next} comes after ${top}`)
  await journal[Symbol.asyncDispose]()
  if (again) await checkAgain(files, `${inShort(items)} ${next}`.trim())
}

/** Nothing but what is there was ever written, for all that can be told: a blank rest. */
function wasEnough(bytes: Buffer): boolean {
  if (bytes.length < original.length) return false
  const lost = lines.filter((line) => !survives(bytes, line))
  const from = lost[0]?.start
  if (from === undefined) return true
  const blank = (start: number) => bytes.subarray(start).every((byte) => byte === 0)
  // A line of which a part is left counts as one; those behind it have gone without a trace.
  return blank(from) || lost.slice(1).some(({ start }) => blank(start))
}

async function checkAgain(files: FaultyFiles, known: string): Promise<void> {
  files.delete('/journal/cursor')
  const journal = await open(files, { source })
  const read = inShort(await readAll(journal))
  if (read !== known) throw new Error(`at first ${known}, but again ${read}`)
  await journal[Symbol.asyncDispose]()
}

function same(vote: ToldVote, wanted: Partial<ToldVote>): void {
  for (const [key, value] of Object.entries(wanted)) {
    const found = vote[key as keyof ToldVote]
    if (JSON.stringify(found) !== JSON.stringify(value)) {
      throw new Error(
        `vote ${vote.sequence} has ${key} ${JSON.stringify(found)} for ${JSON.stringify(value)}`,
      )
    }
  }
  if (!('reason' in wanted) && vote.reason) throw new Error(`vote ${vote.sequence} has a reason`)
}
