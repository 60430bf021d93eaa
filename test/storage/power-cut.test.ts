import t from 'tap'
import type { ToldVote } from '../../src/domain/vote.ts'
import type { Item, Journal, Reader } from '../../src/ports/journal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles, type Remains } from '../fakes/faulty-files.ts'
import { instant } from '../fakes/instants.ts'
import { readItems } from '../fakes/read-items.ts'
import { lastWithoutHole, open, press, readAll, segment, settled, start, stride } from './journals.ts'

// Thousands of cases take their time where the processors are slow or busy.
t.setTimeout(180_000)

/*
 * The power goes after every single change of the disk, and again while the journal recovers. What was
 * acknowledged is there; what was published never changes; every number is a vote or a gap.
 */

/** All that the world was told before the cut. */
interface Told {
  /** Acknowledged votes, with what had joined them. */
  acknowledged: Map<number, { face: string; suppressed: number }>
  published: Map<string, ToldVote>
  cursor: number
}

const nothingTold = (): Told => ({ acknowledged: new Map(), published: new Map(), cursor: 0 })

/** A boot with visits, corrections, presses at once, reading and a moving cursor; it ends when the disk does. */
async function boot(files: FaultyFiles, number: number, told: Told): Promise<void> {
  const clock = new FakeClock()
  const journal = await open(files, { clock, start: { ...start, boot: number } })
  const reader = journal.reader()
  for (let n = 1; n <= 6; n++) {
    const pressed = press(n)
    const sequence = await journal.record(pressed)
    told.acknowledged.set(sequence, { face: pressed.face, suppressed: 0 })
    if (n % 2 === 0) {
      await journal.amend(sequence, { suppressed: n }, instant(1))
      told.acknowledged.set(sequence, { face: pressed.face, suppressed: n })
    }
    if (n !== 3) journal.settle(sequence)
    if (n === 4) await atOnce(journal, told)
    await settled(journal)
    await publish(journal, reader, told)
    clock.advance(2000)
  }
  await journal[Symbol.asyncDispose]()
}

async function atOnce(journal: Journal, told: Told): Promise<void> {
  const record = async (n: number) => {
    const sequence = await journal.record(press(n))
    told.acknowledged.set(sequence, { face: press(n).face, suppressed: 0 })
  }
  const results = await Promise.allSettled([record(1), record(2), record(3)])
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function publish(journal: Journal, reader: Reader, told: Told): Promise<void> {
  for (const item of await readItems(reader)) {
    tell(told, item)
    if (item.position.sequence % 2 === 0) journal.done(item)
  }
}

function tell(told: Told, item: Item): void {
  if (item.is !== 'vote') return
  const { vote } = item
  const name = `${vote.epoch}-${vote.sequence}`
  const before = told.published.get(name)
  if (before && JSON.stringify(before) !== JSON.stringify(vote)) {
    throw new Error(`${name} was ${JSON.stringify(before)} and is ${JSON.stringify(vote)}`)
  }
  told.published.set(name, vote)
}

/** Opens after the cut, and compares with what had been told. */
async function verify(files: FaultyFiles, told: Told): Promise<void> {
  files.delete('/journal/cursor')
  const journal = await open(files)
  const items = await readAll(journal)
  lastWithoutHole(items)
  for (const item of items) tell(told, item)
  const found = new Map(
    items.flatMap((item) => (item.is === 'vote' ? [[item.vote.sequence, item.vote]] : [])),
  )
  for (const [sequence, { face, suppressed }] of told.acknowledged) {
    const vote = found.get(sequence)
    if (vote?.face !== face || vote.suppressed < suppressed)
      throw new Error(`${sequence} was thanked for and is lost`)
  }
  const { votes, sequence } = journal.totals()
  if (votes !== found.size || sequence !== (items.at(-1)?.position.sequence ?? 0))
    throw new Error('the totals are wrong')
  const next = await journal.record(press(9))
  if (next !== sequence + 1) throw new Error(`${next} comes after ${sequence}`)
  await journal[Symbol.asyncDispose]()
}

/** How many changes a session takes when nothing happens to it. */
async function changesOf(run: (files: FaultyFiles, told: Told) => Promise<void>): Promise<number> {
  const files = new FaultyFiles()
  await run(files, nothingTold())
  return files.changes
}

async function twoBoots(files: FaultyFiles, told: Told): Promise<void> {
  await boot(files, 1, told)
  await boot(files, 2, told)
}

/** Ends the first segment soon: what it can still take is some hundred bytes. */
async function nearBorder(files: FaultyFiles, told: Told): Promise<void> {
  const journal = await open(files)
  const sequence = await journal.record(press(1))
  await journal[Symbol.asyncDispose]()
  told.acknowledged.set(sequence, { face: press(1).face, suppressed: 0 })
  if (files.changesLeft <= 0) return
  // The disk between two boots: the rest of the segment but for 300 bytes is filled with an old damage.
  const bytes = files.get(segment(1))
  let end = bytes.length
  while (bytes[end - 1] === 0) end--
  const before = files.changes
  files.put(segment(1), bytes.fill(0x3f, end, bytes.length - 700))
  if (files.changes !== before) throw new Error('putting is no change')
  await boot(files, 2, told)
}

const remainders: Remains[] = ['nothing', 'all', { seed: 1 }, { seed: 2 }, { seed: 3 }]

for (const [name, run] of [
  ['two boots', twoBoots],
  ['a damaged segment, and a new one', nearBorder],
] as const) {
  t.test(`a power cut after every change: ${name}`, async (t) => {
    const all = await changesOf(run)
    let cases = 0
    for (let changes = 0; changes <= all; changes += stride) {
      for (const remains of remainders) {
        const files = new FaultyFiles()
        const told = nothingTold()
        files.changesLeft = changes
        await run(files, told).catch(() => {})
        files.crash(remains)
        cases++
        await verify(files, told).catch((error) => {
          t.fail(`after ${changes} changes, leaving ${JSON.stringify(remains)}: ${error.message}`)
        })
      }
    }
    t.ok(cases * stride > 250, `${cases} power cuts in ${all} changes`)
  })
}

t.test('a second power cut while it recovers from the first', async (t) => {
  const all = await changesOf(twoBoots)
  let cases = 0
  for (let changes = 3; changes <= all; changes += 7 * stride) {
    for (let more = 0; more <= 12; more++) {
      const files = new FaultyFiles()
      const told = nothingTold()
      files.changesLeft = changes
      await twoBoots(files, told).catch(() => {})
      files.crash({ seed: changes })
      files.changesLeft = more
      await boot(files, 3, told).catch(() => {})
      files.crash({ seed: more })
      cases++
      await verify(files, told).catch((error) => t.fail(`after ${changes}, then ${more}: ${error.message}`))
    }
  }
  t.ok(cases * stride > 80, `${cases} pairs of power cuts`)
})

t.test('killed at every change, then the power goes', async (t) => {
  const all = await changesOf(twoBoots)
  for (let changes = 0; changes <= all; changes += stride) {
    const files = new FaultyFiles()
    const told = nothingTold()
    files.changesLeft = changes
    await twoBoots(files, told).catch(() => {})
    // What was written stays with the kernel; the next start believes it, and must flush it first.
    files.kill()
    files.changesLeft = 40
    await boot(files, 3, told).catch(() => {})
    files.crash('nothing')
    await verify(files, told).catch((error) => t.fail(`after ${changes}: ${error.message}`))
  }
})
