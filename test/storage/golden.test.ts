import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { segmentBytes } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { after } from '../fakes/instants.ts'
import {
  change,
  linesOf,
  open,
  press,
  readAll,
  segment,
  settled,
  start,
  visits,
  votesOf,
} from './journals.ts'

/*
 * A journal of format 1 is read for ever, exactly as on the day it was written. The fixture is never made
 * again; FACCINA_WRITE=1 makes it only where it is missing.
 */

const folder = fileURLToPath(new URL('../fixtures/journal-1/', import.meta.url))
const expectedFile = `${folder}expected.json`
const secondStart = {
  boot: 2,
  bootId: '99999999-8888-4777-8666-555555555555',
  survey: 'it-2009/2',
  version: '0.2.0',
}

/** Those who read it come later. */
const reading = { start: { ...start, boot: 9, bootId: '00000000-1111-4222-8333-444444444444' } }

if (process.env.FACCINA_WRITE === '1' && !existsSync(expectedFile)) await write()

/** Two boots with all that can be in a journal: amendments, a correction, a torn line, a vote left open. */
async function write(): Promise<void> {
  const files = new FaultyFiles()
  const first = await open(files)
  await visits(first, 1, 15)
  const corrected = await first.record(press(16))
  await first.amend(
    corrected,
    { face: 'dissatisfied', asks: true, corrected: true },
    after(press(16).at, 900),
  )
  await first.amend(corrected, { language: 'sl', suppressed: 2 }, after(press(16).at, 1800))
  await first.amend(corrected, { outcome: 'timed-out' }, after(press(16).at, 20_900))
  first.settle(corrected)
  await visits(first, 17, 18)
  await first[Symbol.asyncDispose]()
  change(
    files,
    segment(1),
    (bytes) => void bytes.fill(0x3f, linesOf(bytes).at(-1)!.start + 60, segmentBytes / 2),
  )
  // The power went while the last line was written.
  change(files, segment(1), (bytes) => bytes.fill(0, linesOf(bytes).at(-1)!.start + 60))

  const second = await open(files, { start: secondStart, clock: new FakeClock({ synchronised: false }) })
  second.done((await readAll(second))[4]!)
  await visits(second, 19, 33)
  await second.amend(
    await second.record(press(35)),
    { suppressed: 7, language: 'en' },
    after(press(35).at, 1234),
  )
  await second[Symbol.asyncDispose]()

  for (const path of files.paths()) {
    const bytes = files.get(path)
    const end = bytes.reduce((last, byte, at) => (byte === 0 ? last : at + 1), 0)
    if (end > 0 && !path.endsWith('.damaged'))
      writeFileSync(`${folder}${basename(path)}.trimmed`, bytes.subarray(0, end))
  }
  const read = await open(files, reading)
  const items = (await readAll(read)).map(({ position: _, ...item }) => item)
  writeFileSync(
    expectedFile,
    `${JSON.stringify({ epoch: read.epoch, totals: read.totals(), items }, null, 1)}\n`,
  )
}

/** The journal in full size. */
function fixture(): FaultyFiles {
  const files = new FaultyFiles()
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.trimmed'))) {
    const path = `/journal/${basename(name, '.trimmed')}`
    const bytes = Buffer.alloc(path.endsWith('cursor') ? 8192 : segmentBytes)
    readFileSync(folder + name).copy(bytes)
    files.put(path, bytes)
  }
  return files
}

const expected = JSON.parse(readFileSync(expectedFile, 'utf8'))

t.test('what was not done is read on from the cursor', async (t) => {
  const journal = await open(fixture(), reading)
  const items = await readAll(journal)
  t.equal(journal.epoch, expected.epoch)
  t.same(
    items.map(({ position: _, ...item }) => item),
    expected.items,
  )
  t.same(journal.totals(), expected.totals)
  t.equal(journal.condition().waiting, items.filter(({ is }) => is === 'vote').length)
})

t.test('what stands there, in our own words', async (t) => {
  const journal = await open(fixture(), reading)
  const votes = votesOf(await readAll(journal))
  t.same(
    votes.map(({ sequence }) => sequence),
    [...Array.from({ length: 12 }, (_, n) => 6 + n), ...Array.from({ length: 16 }, (_, n) => 19 + n)],
  )
  t.same(votes[0], {
    epoch: expected.epoch,
    sequence: 6,
    source: 'faccina://c_e506/anagrafe/3',
    survey: 'it-2009/1',
    face: 'satisfied',
    outcome: 'not-asked',
    language: 'it',
    suppressed: 0,
    corrected: false,
    withinHours: false,
    time: { clock: 'synchronised', wall: Date.UTC(2026, 4, 4, 9, 0, 6) },
    recordedAt: Date.UTC(2026, 4, 4, 9, 0, 6),
    boot: 1,
    bootId: start.bootId,
  })
  t.match(
    votes.find(({ sequence }) => sequence === 16),
    { face: 'dissatisfied', outcome: 'timed-out', language: 'sl', suppressed: 2, corrected: true, boot: 1 },
  )
  t.match(
    votes.find(({ sequence }) => sequence === 20),
    { boot: 2, bootId: secondStart.bootId, survey: 'it-2009/2' },
  )
  t.match(votes.at(-1), { sequence: 34, outcome: 'interrupted', suppressed: 7, language: 'en' })
})

t.test('all of it, when its cursor is lost; and it can be continued', async (t) => {
  const files = fixture()
  files.delete('/journal/cursor')
  const journal = await open(files, reading)
  t.match(
    (await readAll(journal)).filter(({ is }) => is === 'gap'),
    [{ gap: { from: 18, to: 18, cause: 'torn', epoch: expected.epoch } }],
  )
  t.equal(votesOf(await readAll(journal)).length, 33)
  journal.settle(await journal.record(press(1)))
  await settled(journal)
  t.equal((await readAll(journal)).at(-1)?.position.sequence, 35)
})
