import t, { type Test } from 'tap'
import type { Item } from '../../src/ports/journal.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { readItems } from '../fakes/read-items.ts'
import { change, inOneSegment, linesOf, open, segment, source, visit, visits } from './journals.ts'

/* A terminal that is moved, and what is damaged where one epoch goes over into the other. */

const elsewhere = { source: 'faccina://c_e506/tributi/1' }

/** Five votes at one counter, then so many at another. */
async function moved(votes: number): Promise<FaultyFiles> {
  const files = new FaultyFiles()
  for (const [where, count] of [
    [{ source }, 5],
    [elsewhere, votes],
  ] as const) {
    const journal = await open(files, where)
    await visits(journal, 1, count)
    await journal[Symbol.asyncDispose]()
  }
  return files
}

/** As earlier versions wrote it: the other epoch begins in the middle of a segment. */
async function movedInOneSegment(votes: number): Promise<FaultyFiles> {
  const files = await moved(votes)
  inOneSegment(files)
  return files
}

/** Makes the row unreadable that this is true of. */
function spoil(files: FaultyFiles, number: number, which: (row: object) => boolean): void {
  change(files, segment(number), (bytes) => {
    const { start } = linesOf(bytes).find(({ row }) => row && 'n' in row && which(row))!
    bytes[start + 20]! ^= 1
  })
}

const beginning = (row: object) => 'start' in row && 'source' in row && row.source === elsewhere.source

/** Of which counter, and which sequences: `anagrafe/3: 1 2 gap 3-4 | tributi/1: 1`. */
function told(items: readonly Item[]): string {
  const parts = items.map((item): [counter: string, words: string] => {
    const { source, ...one } = item.is === 'vote' ? item.vote : item.is === 'gap' ? item.gap : item.summary
    const words = 'from' in one ? `${item.is} ${one.from}-${one.to}` : `${one.sequence}`
    return [source.split('/').slice(-2).join('/'), words]
  })
  const counters = [...new Set(parts.map(([counter]) => counter))]
  return counters
    .map(
      (one) =>
        `${one}: ${parts
          .filter(([counter]) => counter === one)
          .map(([, words]) => words)
          .join(' ')}`,
    )
    .join(' | ')
}

/** Opens it there, and says what is kept; a new vote has to be told, under an id that no other one has. */
async function reads(
  t: Test,
  files: FaultyFiles,
  where: { source: string },
  expected: string,
): Promise<void> {
  const journal = await open(files, where)
  const before = await readItems(await journal.kept())
  t.equal(told(before), expected)
  const sequence = await visit(journal, 7)
  await journal[Symbol.asyncDispose]()
  const again = await open(files, where)
  const items = await readItems(await again.kept())
  t.same(told(items.slice(0, before.length)), expected)
  const fresh = items.slice(before.length)
  t.match(fresh, [{ is: 'vote', vote: { sequence, source: where.source, epoch: journal.epoch } }])
  const ids = items.map(({ position: { epoch, sequence } }) => `${epoch}-${sequence}`)
  t.equal(new Set(ids).size, ids.length, 'no id twice')
  await again[Symbol.asyncDispose]()
}

const whole = 'anagrafe/3: 1 2 3 4 5 | tributi/1: 1 2 3'

t.test('an epoch has segments of its own, which say whose it is', async (t) => {
  for (const [what, spoiled] of [
    ['nothing', () => {}],
    ['the row that begins it', (files: FaultyFiles) => spoil(files, 2, beginning)],
    [
      'its header',
      (files: FaultyFiles) => change(files, segment(2), (bytes) => void bytes.fill(0x3f, 0, 1000)),
    ],
  ] as const)
    await t.test(`damaged: ${what}`, async (t) => {
      for (const where of [elsewhere, { source }]) {
        const files = await moved(3)
        spoiled(files)
        await reads(t, files, where, whole)
      }
    })
})

t.test('the last vote before the move is lost later', async (t) => {
  const files = await moved(3)
  spoil(files, 1, (row) => 'vote' in row && row.vote === 5)
  spoil(files, 1, (row) => 'amend' in row && row.amend === 5)
  await reads(t, files, elsewhere, 'anagrafe/3: 1 2 3 4 gap 5-5 | tributi/1: 1 2 3')
})

t.test('as earlier versions wrote it', async (t) => {
  await t.test('whole', async (t) => reads(t, await movedInOneSegment(3), elsewhere, whole))

  await t.test('the row between is lost: nobody knows whose the votes behind it are', async (t) => {
    for (const where of [elsewhere, { source }])
      for (const votes of [3, 9]) {
        const files = await movedInOneSegment(votes)
        spoil(files, 1, beginning)
        await reads(t, files, where, 'anagrafe/3: 1 2 3 4 5')
      }
  })

  await t.test('the next start knows it, and how many there were', async (t) => {
    const files = await movedInOneSegment(3)
    const journal = await open(files, elsewhere)
    await visits(journal, 4, 5)
    await journal[Symbol.asyncDispose]()
    spoil(files, 1, beginning)
    await reads(t, files, elsewhere, 'anagrafe/3: 1 2 3 4 5 | tributi/1: gap 1-2 gap 3-3 4 5')
  })
})
