import t from 'tap'
import { openJournal } from '../../src/storage/journal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { instant } from '../fakes/instants.ts'
import { readItems } from '../fakes/read-items.ts'
import { eventLog, press, source, start } from '../storage/journals.ts'
import { journalContract } from './journal.ts'

t.test('the journal on a disk', async (t) => {
  const root = t.testdir()
  let number = 0
  const open = () =>
    openJournal({
      directory: `${root}/journal-${number}`,
      source,
      start,
      maxBytes: 2 ** 28,
      keepMs: 30 * 86_400_000,
      clock: new FakeClock(),
      log: eventLog(),
    })
  journalContract(t, {
    open() {
      number++
      return open()
    },
    reopen: open,
  })
})

t.test('the fake', async (t) => {
  journalContract(t, { open: async () => new FakeJournal() })

  t.test('fails on demand, and says so', async (t) => {
    const journal = new FakeJournal()
    journal.failNext(new Error('the disk is full'))
    await t.rejects(journal.record(press(1)), { message: 'the disk is full' })
    t.match(journal.condition(), { writable: false, problem: 'the disk is full' })
    t.equal(await journal.record(press(1)), 1)
    t.match(journal.condition(), { writable: true, problem: undefined })
  })

  t.test('stalls until it is released', async (t) => {
    const journal = new FakeJournal()
    const release = journal.stall()
    let recorded = false
    const recording = journal.record(press(1)).then(() => {
      recorded = true
    })
    await journal.reader().next()
    t.equal(recorded, false)
    release()
    await recording
    t.equal(await journal.record(press(2)), 2)
  })

  t.test('tells what it was asked', async (t) => {
    const journal = new FakeJournal()
    const sequence = await journal.record(press(2))
    await journal.amend(sequence, { outcome: 'skipped' }, instant(0))
    journal.settle(sequence)
    await journal.amend(sequence, {}, instant(0)).catch(() => {})
    journal.done((await readItems(journal.reader()))[0]!)
    t.match(
      journal.asked.map(({ to }) => to),
      ['record', 'amend', 'settle', 'amend', 'done'],
    )
  })

  t.test('has gaps when a test wants them', async (t) => {
    const journal = new FakeJournal()
    journal.settle(await journal.record(press(1)))
    await journal.amend(1, {}, instant(0)).catch(() => {})
    journal.lose(3, 0)
    t.equal(await journal.record(press(2)), 5)
    const reader = journal.reader()
    t.match(
      [await reader.next(), await reader.next()],
      [{ vote: { sequence: 1 } }, { gap: { from: 2, to: 4, cause: 'damaged' } }],
    )
    t.equal(journal.totals().sequence, 4)
  })
})
