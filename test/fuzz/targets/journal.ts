import type { Item, Journal } from '../../../src/ports/journal.ts'
import { StorageError } from '../../../src/storage/errors.ts'
import { scanHeader, scanRows } from '../../../src/storage/segment.ts'
import { FaultyFiles } from '../../fakes/faulty-files.ts'
import { readItems } from '../../fakes/read-items.ts'
import { inOneSegment, open, segment, start, visit, visits } from '../../storage/journals.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'

const reading = { start: { ...start, boot: 9, bootId: '00000000-1111-4222-8333-444444444444' } }
const sector = 512

const target: Target = {
  holds:
    'a journal with any damage opens; every intact vote comes out once, and none that was not written; what is lost is a gap, so that no sequence is missing; the next vote has a number of its own; opened again, it tells the same; behind whatever is done it goes on after a restart',
  covers: [
    'src/storage/appender.ts',
    'src/storage/inspect.ts',
    'src/storage/journal.ts',
    'src/storage/ledger.ts',
    'src/storage/line.ts',
    'src/storage/reader.ts',
    'src/storage/recovery.ts',
    'src/storage/segment.ts',
    'src/storage/segment-journal.ts',
    'src/storage/slots.ts',
    'src/storage/small-files.ts',
    'src/storage/telling-reader.ts',
  ],
  maxBytes: 96,
  words: [Uint8Array.of(0, 0, 0, 0, 0), Uint8Array.of(1, 1, 2, 0, 9), Uint8Array.of(4, 0, 3, 0, 0)],
  *corpus() {
    for (let base = 0; base < 7; base++) {
      yield Uint8Array.of(base)
      for (let kind = 0; kind < 6; kind++)
        yield Uint8Array.of(base, kind, 0, 1, 30, kind, 3, 2, 200, 99, 0, 4, 4, 4)
    }
  },
  async check([base = 0, ...script]) {
    const journals = await made
    const { files: whole, epochs, batch = 1 } = journals[base % journals.length]!
    const files = whole.clone()
    const used = new Map(files.paths().map((path) => [path, lastByte(files.get(path))]))
    for (let at = 0; at + 4 < script.length; at += 5) damage(files, script.slice(at, at + 5))
    const votes = intactVotes(files)
    const vanished = [...used].some(([path, bytes]) => isSegment(path) && lastByte(files.get(path)) < bytes)
    const again = files.clone()
    await mustGoOn(files.clone(), script.at(-1) ?? 0)
    const first = await told(files)
    mustFollow(first.items)
    // A second time from the same damage, and once more from what the first time has left.
    mustEqual(inWords((await told(again)).items), inWords(first.items), 'another opening of the same damage')
    const reopened = await told(files)
    mustEqual(inWords(reopened.items).slice(0, first.items.length), inWords(first.items), 'opened again')
    const number = await newVote(files, first.epoch, batch)
    // Without a single header nobody knows whose votes they are: the segment is put aside as a whole.
    const aside = files.paths().some((path) => path.endsWith('.segment.damaged'))
    // In a batch nobody can say which vote is which.
    if (epochs > 1 || vanished || aside || batch > 1) return
    const all = new Set(votes)
    const sequences = first.items.flatMap((item) => (item.is === 'vote' ? [item.vote.sequence] : []))
    for (const sequence of sequences)
      must(all.has(sequence) || wasOpen(files, sequence), () => `${sequence} was never written`)
    for (const sequence of all)
      must(sequences.includes(sequence), () => `vote ${sequence} is intact and is not told`)
    if (number !== undefined) must(!all.has(number), () => `the number ${number} is used a second time`)
  },
}
export default target

interface Base {
  files: FaultyFiles
  epochs: number
  batch?: number
}

const made = Promise.all([
  oneStart(),
  threeStarts(),
  tornAndGoneOn(),
  movedToAnotherCounter(),
  inBatches(),
  inBatchesOfOldAndNewAsBefore(),
  inBatchesOfOldAndNew(),
])

async function oneStart(): Promise<Base> {
  const files = new FaultyFiles()
  await session(files, 1, 9)
  return { files, epochs: 1 }
}

async function threeStarts(): Promise<Base> {
  const files = new FaultyFiles()
  await session(files, 1, 4)
  await session(files, 5, 7, { start: { ...start, boot: 2 } })
  await session(files, 8, 12, { start: { ...start, boot: 3 } })
  files.delete('/journal/cursor')
  return { files, epochs: 1 }
}

/** The power went while a line was written: what follows stands in a segment of its own. */
async function tornAndGoneOn(): Promise<Base> {
  const files = new FaultyFiles()
  await session(files, 1, 5)
  const bytes = files.get(segment(1))
  files.put(segment(1), bytes.fill(0, lastByte(bytes) - 30))
  await session(files, 6, 10)
  return { files, epochs: 1 }
}

async function movedToAnotherCounter(): Promise<Base> {
  const files = new FaultyFiles()
  await session(files, 1, 5)
  await session(files, 6, 9, { source: 'faccina://c_e506/anagrafe/4' })
  return { files, epochs: 2 }
}

async function inBatches(): Promise<Base> {
  const files = new FaultyFiles()
  await session(files, 1, 14, { start: { ...start, privacy: { precision: 'exact', batch: 4 } } })
  return { files, epochs: 1, batch: 4 }
}

/** Single votes, then batches of which a line is torn, then batches of another size. */
async function inBatchesOfOldAndNew(): Promise<Base> {
  return torn(await singlesThenBatches(), segment(2))
}

/** The same, as earlier versions wrote it: batches begin amid a segment. */
async function inBatchesOfOldAndNewAsBefore(): Promise<Base> {
  const files = await singlesThenBatches()
  inOneSegment(files)
  return torn(files, segment(1))
}

async function singlesThenBatches(): Promise<FaultyFiles> {
  const files = new FaultyFiles()
  await session(files, 1, 3)
  await session(files, 4, 11, { start: { ...start, boot: 2, privacy: { precision: 'exact', batch: 5 } } })
  return files
}

async function torn(files: FaultyFiles, path: string): Promise<Base> {
  const bytes = files.get(path)
  files.put(path, bytes.fill(0, lastByte(bytes) - 30))
  await session(files, 12, 22, { start: { ...start, boot: 3, privacy: { precision: 'exact', batch: 3 } } })
  return { files, epochs: 1, batch: 3 }
}

async function session(
  files: FaultyFiles,
  from: number,
  to: number,
  options: Parameters<typeof open>[1] = {},
) {
  const journal = await open(files, options)
  await visits(journal, from, to)
  const [first] = await readItems(journal.reader())
  if (first) journal.done(first)
  await journal[Symbol.asyncDispose]()
}

/** What cards and power cuts do: bits, bytes, sectors, an old sector in a new place, a file cut off or gone. */
function damage(files: FaultyFiles, [kind = 0, which = 0, high = 0, low = 0, value = 0]: number[]): void {
  const paths = files.paths()
  const path = paths[which % paths.length]!
  const bytes = files.get(path)
  const at = (high * 256 + low) % Math.max(1, lastByte(bytes) + 1)
  const from = at - (at % sector)
  if (kind === 0) bytes[at]! ^= 1 << (value & 7)
  else if (kind === 1) bytes.fill(0, at, Math.min(bytes.length, at + 1 + value))
  else if (kind === 2) for (let n = 0; n <= value; n++) bytes[at + n] = (n * 167 + value) & 0xff
  else if (kind === 3) bytes.copy(bytes, from, Math.max(0, from - sector * (1 + (value & 3))), from)
  else if (kind === 4) bytes.fill(0, from, Math.min(bytes.length, from + sector))
  if (kind === 6 && !isSegment(path)) files.delete(path)
  else files.put(path, kind === 5 ? bytes.subarray(0, at) : bytes)
}

function isSegment(path: string): boolean {
  return path.endsWith('.segment')
}

/** How far a file is filled. */
function lastByte(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}

/** The votes whose own line can be read, from the first header that can: in front of it nobody knows whose they are. */
function intactVotes(files: FaultyFiles): number[] {
  const segments = files
    .paths()
    .filter(isSegment)
    .map((path) => files.get(path))
  const first = segments.findIndex((bytes) => typeof scanHeader(bytes) === 'object')
  const scanned = first < 0 ? [] : segments.slice(first).flatMap((bytes) => [...scanRows(bytes, 0)])
  let last = 0
  return scanned.flatMap((one) => {
    // An old sector in a new place says what was said before.
    if (one.is !== 'row' || one.row.n <= last) return []
    last = one.row.n
    return 'vote' in one.row ? [one.row.vote] : []
  })
}

/** A header knows the vote whose visit was not over. */
function wasOpen(files: FaultyFiles, sequence: number): boolean {
  const texts = files.paths().map((path) => files.get(path).toString('latin1'))
  return texts.some((text) => new RegExp(`"open":\\{[^\\n]*"sequence":${sequence}[,}]`).test(text))
}

async function told(files: FaultyFiles): Promise<{ items: Item[]; epoch: string }> {
  const journal = await opened(files)
  const items = await readItems(await journal.kept())
  const { epoch } = journal
  await journal[Symbol.asyncDispose]()
  return { items, epoch }
}

async function opened(files: FaultyFiles): Promise<Journal> {
  try {
    return await open(files, reading)
  } catch (error) {
    must(!(error instanceof StorageError), () => `it does not open: ${(error as Error).message}`)
    throw error
  }
}

/** Whatever of it is done, what comes behind that is told after the next start, and nothing else. */
async function mustGoOn(files: FaultyFiles, choice: number): Promise<void> {
  const journal = await opened(files)
  const items = await readItems(journal.reader())
  const n = choice % (items.length + 1)
  for (const item of items.slice(0, n)) journal.done(item)
  await journal[Symbol.asyncDispose]()
  const again = await opened(files)
  mustEqual(inWords(await readItems(again.reader())), inWords(items).slice(n), `behind ${n} that are done`)
  await again[Symbol.asyncDispose]()
}

/** The number of a vote that comes after all this, where its epoch is the one that there was. */
async function newVote(files: FaultyFiles, epoch: string, batch: number): Promise<number | undefined> {
  const journal = await opened(files)
  const number = await visit(journal, 3)
  // A batch that has begun is told when it is full.
  if (batch > 1) await visits(journal, 4, 12)
  const same = journal.epoch === epoch
  await journal[Symbol.asyncDispose]()
  const { items } = await told(files)
  must(
    items.some((item) => {
      const { epoch, from, to } = rangeOf(item)
      // In the lottery of a batch something lost may draw its number.
      return epoch === journal.epoch && from <= number && number <= to && (item.is === 'vote' || batch > 1)
    }),
    'a vote that was thanked for is not told',
  )
  return same ? number : undefined
}

/** Within an epoch each sequence is in one item, one behind the other. */
function mustFollow(items: readonly Item[]): void {
  let before: { epoch: string; to: number } | undefined
  const seen = new Set<string>()
  for (const { epoch, from, to } of items.map(rangeOf)) {
    if (before?.epoch === epoch)
      must(from === before.to + 1 && to >= from, () => `${from}–${to} behind ${before?.to} of ${epoch}`)
    else must(!seen.has(epoch), () => `${epoch} a second time`)
    seen.add(epoch)
    before = { epoch, to }
  }
}

function rangeOf(item: Item): { epoch: string; from: number; to: number } {
  if (item.is === 'vote') return { epoch: item.vote.epoch, from: item.vote.sequence, to: item.vote.sequence }
  return item.is === 'gap' ? item.gap : item.summary
}

/** Items as far as they are the same at every opening. */
function inWords(items: readonly Item[]): string[] {
  return items.map((item) => {
    const { from, to } = rangeOf(item)
    return item.is === 'vote'
      ? `vote ${from} ${item.vote.face} ${item.vote.outcome}`
      : `${item.is} ${from}–${to}`
  })
}
