import type { Test } from 'tap'
import type { Press } from '../../src/domain/vote.ts'
import type { Held, Item, Journal } from '../../src/ports/journal.ts'
import { after } from '../fakes/instants.ts'
import { readItems } from '../fakes/read-items.ts'

/** How a test gets at a journal. */
export interface JournalUnderTest {
  /** A new, empty one. */
  open(): Promise<Journal>
  /** Opens the one last opened again, after its end; absent where nothing outlives the process. */
  reopen?(): Promise<Journal>
}

const at = { wall: Date.UTC(2026, 4, 4, 9), mono: 1000, synchronised: true }
const green: Press = { face: 'satisfied', asks: false, language: 'it', withinHours: true, at }
const red: Press = { face: 'dissatisfied', asks: true, language: 'de', at }

/** What everyone who writes to or reads from a journal relies on. */
export function journalContract(t: Test, { open, reopen }: JournalUnderTest): void {
  t.test('sequences are 1, 2, 3, … also of votes recorded at once', async (t) => {
    await using journal = await open()
    t.equal(await journal.record(green), 1)
    t.equal(await journal.record(red), 2)
    t.same(await Promise.all([journal.record(green), journal.record(red), journal.record(green)]), [3, 4, 5])
    t.equal(await journal.record(green), 6)
  })

  t.test('a vote says all that was known at the press', async (t) => {
    await using journal = await open()
    journal.settle(await journal.record(green))
    const vote = (await items(journal))[0]
    t.match(vote, {
      is: 'vote',
      vote: {
        epoch: journal.epoch,
        source: journal.source,
        sequence: 1,
        face: 'satisfied',
        outcome: 'not-asked',
        language: 'it',
        suppressed: 0,
        corrected: false,
        withinHours: true,
        time: { clock: 'synchronised', wall: at.wall },
        recordedAt: at.wall,
      },
    })
    t.notHas(vote, { vote: { reason: String } })
  })

  t.test('amendments join, the later one wins field by field', async (t) => {
    await using journal = await open()
    const sequence = await journal.record(red)
    await journal.amend(sequence, { language: 'sl', suppressed: 1 }, after(at, 1))
    await journal.amend(sequence, { reason: 'must-return', outcome: 'selected', suppressed: 3 }, after(at, 2))
    journal.settle(sequence)
    t.match((await items(journal))[0], {
      vote: {
        face: 'dissatisfied',
        language: 'sl',
        suppressed: 3,
        reason: 'must-return',
        outcome: 'selected',
        time: { wall: at.wall },
        recordedAt: at.wall + 2,
      },
    })
  })

  t.test('a correction takes the outcome of its face with it', async (t) => {
    await using journal = await open()
    const sequence = await journal.record(green)
    await journal.amend(sequence, { face: 'dissatisfied', asks: true, corrected: true }, after(at, 1))
    journal.settle(sequence)
    t.match((await items(journal))[0], {
      vote: { face: 'dissatisfied', outcome: 'interrupted', corrected: true },
    })
  })

  t.test('only settled votes are read and counted', async (t) => {
    await using journal = await open()
    const reader = journal.reader()
    t.equal(await reader.next(), undefined)
    const sequence = await journal.record(red)
    t.equal(await reader.next(), undefined)
    t.equal(journal.totals().votes, 0)
    t.equal(journal.condition().waiting, 0)
    journal.settle(sequence)
    await settled(journal)
    t.match(await reader.next(), { is: 'vote', vote: { sequence } })
    t.equal(await reader.next(), undefined)
    t.equal(journal.totals().votes, 1)
    t.equal(journal.condition().waiting, 1)
  })

  t.test('a new record settles the one before', async (t) => {
    await using journal = await open()
    await journal.record(green)
    await journal.record(green)
    t.same(sequences(await items(journal)), [1])
  })

  t.test('a settled vote never changes', async (t) => {
    await using journal = await open()
    const settled = await journal.record(red)
    journal.settle(settled)
    await t.rejects(journal.amend(settled, { outcome: 'skipped' }, at))
    const overtaken = await journal.record(red)
    await journal.record(red)
    await t.rejects(journal.amend(overtaken, { outcome: 'skipped' }, at))
    await t.rejects(journal.amend(99, { outcome: 'skipped' }, at))
    journal.settle(settled)
    journal.settle(99)
    t.equal(await journal.record(green), 4, 'and the journal goes on')
  })

  t.test('a vote that is withdrawn is a gap, and counts nowhere', async (t) => {
    await using journal = await open()
    await votes(journal, 1)
    const sequence = await journal.record(red)
    await journal.amend(sequence, { face: 'satisfied', asks: false, corrected: true, suppressed: 3 }, at)
    t.same(sequences(await items(journal)), [1], 'it is not told before')
    await journal.withdraw(sequence)
    journal.settle(sequence)
    await votes(journal, 1)
    t.match(await items(journal), [
      { vote: { sequence: 1 } },
      {
        is: 'gap',
        gap: { from: 2, to: 2, cause: 'withdrawn', epoch: journal.epoch, source: journal.source },
      },
      { vote: { sequence: 3 } },
    ])
    t.match(journal.totals(), { sequence: 3, votes: 2, suppressed: 0, corrected: 0 })
    t.match(journal.totals().faces, { satisfied: 2, dissatisfied: 0 })
    t.equal(journal.condition().waiting, 2)
  })

  t.test('totals reach over a vote that is withdrawn last', async (t) => {
    await using journal = await open()
    await journal.withdraw(await journal.record(red))
    t.match(journal.totals(), { sequence: 1, votes: 0 })
    t.equal(journal.condition().waiting, 0)
  })

  t.test('what is settled, overtaken or was never there cannot be withdrawn', async (t) => {
    await using journal = await open()
    const first = await journal.record(red)
    journal.settle(first)
    await t.rejects(journal.withdraw(first))
    const second = await journal.record(red)
    await journal.record(red)
    await t.rejects(journal.withdraw(second))
    await t.rejects(journal.withdraw(99))
    await journal.withdraw(3)
    await t.rejects(journal.withdraw(3), 'nor twice')
    await t.rejects(journal.amend(3, { outcome: 'skipped' }, at), 'and nothing joins it')
    t.same(sequences(await items(journal)), [1, 2, Number.NaN])
  })

  t.test('an amendment and a settling that are not waited for keep their order', async (t) => {
    await using journal = await open()
    const sequence = await journal.record(red)
    const amended = journal.amend(sequence, { outcome: 'skipped' }, at)
    journal.settle(sequence)
    const late = journal.amend(sequence, { outcome: 'timed-out' }, at)
    await t.rejects(late)
    await amended
    t.match((await items(journal))[0], { vote: { outcome: 'skipped' } })
  })

  t.test('a reader reads each vote once, in order, also what comes while it reads', async (t) => {
    await using journal = await open()
    await votes(journal, 3)
    const reader = journal.reader()
    const read = [await reader.next(), await reader.next()]
    await votes(journal, 2)
    read.push(...(await readItems(reader)))
    t.same(sequences(read), [1, 2, 3, 4, 5])
    await votes(journal, 1)
    t.match(await reader.next(), { vote: { sequence: 6 } })
  })

  t.test('a reader begins behind what is done, and moves nothing itself', async (t) => {
    await using journal = await open()
    await votes(journal, 5)
    const [, second] = await items(journal)
    t.same(sequences(await items(journal)), [1, 2, 3, 4, 5])
    journal.done(second!)
    t.equal(journal.condition().waiting, 3)
    t.same(sequences(await items(journal)), [3, 4, 5])
  })

  t.test('totals count faces, reasons, outcomes, suppressed presses and corrections', async (t) => {
    await using journal = await open()
    await votes(journal, 2)
    const sequence = await journal.record(red)
    const change = { reason: 'waiting-time', outcome: 'selected', suppressed: 2, corrected: true } as const
    await journal.amend(sequence, change, at)
    journal.settle(sequence)
    await settled(journal)
    t.match(journal.totals(), {
      sequence: 3,
      votes: 3,
      faces: { satisfied: 2, neutral: 0, dissatisfied: 1 },
      reasons: { 'waiting-time': 1, 'must-return': 0 },
      outcomes: { 'not-asked': 2, selected: 1, interrupted: 0 },
      suppressed: 2,
      corrected: 1,
    })
  })

  t.test('onReadable calls until it is disposed', async (t) => {
    await using journal = await open()
    let calls = 0
    const listening = journal.onReadable(() => calls++)
    const sequence = await journal.record(red)
    calls = 0
    journal.settle(sequence)
    await items(journal)
    t.equal(calls, 1)
    listening[Symbol.dispose]()
    await votes(journal, 1)
    t.equal(calls, 1)
  })

  t.test('the condition of a sound journal', async (t) => {
    await using journal = await open()
    await votes(journal, 1)
    const { writable, problem, bytes, maxBytes } = journal.condition()
    t.same({ writable, problem }, { writable: true, problem: undefined })
    t.ok(bytes <= maxBytes)
  })

  t.test(
    'disposing finishes what is in flight, can be done twice, and nothing is taken after it',
    async (t) => {
      const journal = await open()
      const recorded = journal.record(green)
      await journal[Symbol.asyncDispose]()
      t.equal(await recorded, 1)
      await journal[Symbol.asyncDispose]()
      await t.rejects(journal.record(green))
      await t.rejects(journal.amend(1, { outcome: 'skipped' }, at))
      journal.settle(1)
    },
  )

  if (reopen) reopened(t, open, reopen)
}

function reopened(t: Test, open: JournalUnderTest['open'], reopen: () => Promise<Journal>): void {
  t.test('reopened: the same epoch, the next sequence, the same totals', async (t) => {
    const first = await open()
    await votes(first, 3)
    const totals = first.totals()
    await first[Symbol.asyncDispose]()
    await using second = await reopen()
    t.equal(second.epoch, first.epoch)
    t.same(second.totals(), totals)
    t.equal(await second.record(green), 4)
  })

  t.test('reopened: reading goes on where done() said', async (t) => {
    const first = await open()
    await votes(first, 5)
    first.done((await items(first))[2]!)
    await first[Symbol.asyncDispose]()
    await using second = await reopen()
    t.same(sequences(await items(second)), [4, 5])
    t.equal(second.condition().waiting, 2)
  })

  t.test('reopened: a vote that was withdrawn stays so', async (t) => {
    const first = await open()
    await votes(first, 1)
    await first.withdraw(await first.record(red))
    const totals = first.totals()
    await first[Symbol.asyncDispose]()
    await using second = await reopen()
    t.same(second.totals(), totals)
    t.match((await items(second))[1], { is: 'gap', gap: { from: 2, to: 2, cause: 'withdrawn' } })
    t.equal(await second.record(green), 3)
  })

  t.test('reopened: a vote whose visit was not over counts as it stood', async (t) => {
    const first = await open()
    await first.record(green)
    await first[Symbol.asyncDispose]()
    const second = await reopen()
    t.match(await items(second), [{ vote: { sequence: 1, outcome: 'not-asked' } }])
    const sequence = await second.record(red)
    await second.amend(sequence, { suppressed: 1 }, at)
    await second[Symbol.asyncDispose]()
    await using third = await reopen()
    t.match((await items(third))[1], { vote: { sequence: 2, outcome: 'interrupted', suppressed: 1 } })
    t.equal(third.totals().outcomes.interrupted, 1)
    await t.rejects(third.amend(sequence, { outcome: 'skipped' }, at), 'and nothing joins it any more')
  })
}

async function votes(journal: Journal, number: number): Promise<void> {
  for (let n = 0; n < number; n++) journal.settle(await journal.record(green))
  await settled(journal)
}

/** Settling is not waited for, but an amendment that is refused is, and comes behind it. */
async function settled(journal: Journal): Promise<void> {
  await journal.amend(-1, {}, at).catch(() => {})
}

async function items(journal: Journal): Promise<Item[]> {
  await settled(journal)
  const reader = journal.reader()
  const read: Item[] = []
  for (let item = await reader.next(); item && item.is !== 'held'; item = await reader.next()) read.push(item)
  return read
}

function sequences(read: readonly (Item | Held | undefined)[]): number[] {
  return read.map((item) => (item?.is === 'vote' ? item.vote.sequence : Number.NaN))
}
