import t from 'tap'
import { applyRow, fromHeader, newLedger, own, reach } from '../../src/storage/ledger.ts'
import type { Header, Row, StartRow } from '../../src/storage/rows.ts'
import { after } from '../fakes/instants.ts'
import { press, start } from './journals.ts'

/* The fold over rows, where the tests of whole journals do not look. */

const source = 'faccina://c_e506/anagrafe/3'
const fresh = () => newLedger('abcdef', source, start)

function voteRow(n: number, sequence: number, more: object = {}): Row {
  const { face, language, at } = press(sequence)
  return { n, vote: sequence, face, lang: language, wall: at.wall, mono: at.mono, sync: true, ...more }
}

function startRow(more: Partial<StartRow> = {}): StartRow {
  return { start, epoch: 'abcdef', source, sequence: 0, wall: 5, mono: 7000, sync: true, ...more }
}

t.test('the last moment of a boot is that of its last row', async (t) => {
  const began = applyRow(fresh(), { n: 1, ...startRow() })
  t.equal(began.lastMono, 7000)
  const pressed = applyRow(began, voteRow(2, 1, { mono: 8000 }))
  t.equal(pressed.lastMono, 8000)
  const amended: Row = { n: 3, amend: 1, change: { suppressed: 1 }, wall: 6, mono: 9000, sync: true }
  t.equal(applyRow(pressed, amended).lastMono, 9000)
  const { mono: _, sync: _sync, ...earlier } = amended
  t.equal(applyRow(pressed, earlier).lastMono, 8000, 'an earlier version did not say')
  const { mono: _mono, ...unsaid } = startRow()
  t.equal(applyRow(pressed, { n: 3, ...unsaid }).lastMono, 0, 'a start of an earlier version begins anew')
})

t.test('when the last piece was written: an earlier version said the wall time alone', async (t) => {
  const pressed = applyRow(fresh(), voteRow(1, 1))
  const amend = { n: 2, amend: 1, change: { suppressed: 1 }, wall: press(1).at.wall + 900 }
  const { at } = pressed.open!
  t.same(applyRow(pressed, amend).open?.recordedAt, { ...at, wall: amend.wall })
  const told = applyRow(pressed, { ...amend, mono: 77, sync: false }).open?.recordedAt
  t.same(told, { wall: amend.wall, mono: 77, synchronised: false })
})

t.test('whether the office was open stays unsaid where it was', async (t) => {
  t.notOk('withinHours' in applyRow(fresh(), voteRow(1, 1)).open!)
  t.equal(applyRow(fresh(), voteRow(1, 1, { within: false })).open!.withinHours, false)
})

t.test('the first secret of an epoch is the one for all of it', async (t) => {
  const first = applyRow(fresh(), { n: 1, ...startRow({ secret: 'one' }) })
  t.equal(first.secret, 'one')
  t.equal(applyRow(first, { n: 2, ...startRow({ secret: 'two' }) }).secret, 'one')
  t.equal(applyRow(first, { n: 2, ...startRow({ epoch: 'ghijkm', secret: 'two' }) }).secret, 'two')
})

t.test('batches go on from where the last one ended, however many were lost', async (t) => {
  const began = applyRow(fresh(), {
    n: 1,
    ...startRow({ start: { ...start, privacy: { precision: 'hour', batch: 10 } } }),
  })
  for (const [sequence, from, to] of [
    [1, 1, 10],
    [10, 1, 10],
    [11, 11, 20],
    [25, 21, 30],
    [40, 31, 40],
  ] as const) {
    const ledger = own(began)
    reach(ledger, sequence)
    t.same(ledger.block, { from, to, precision: 'hour' }, `${sequence}`)
  }
})

t.test('epochs that are over: those with votes, the latest sixteen', async (t) => {
  let ledger = fresh()
  const move = (epoch: string) => applyRow(ledger, { n: ledger.record + 1, ...startRow({ epoch }) })
  ledger = move('empty1')
  t.same(ledger.ends, [], 'nothing was given out')
  for (let n = 0; n < 20; n++) {
    ledger = applyRow(ledger, voteRow(ledger.record + 1, 1))
    ledger = move(`epoch${n}`)
  }
  t.equal(ledger.ends.length, 16)
  t.same(ledger.ends[0], { epoch: 'epoch3', sequence: 1 })
  t.same(ledger.ends.at(-1), { epoch: 'epoch18', sequence: 1 })
  t.equal(ledger.settled, 20)
})

t.test('a header is where the ledger stood', async (t) => {
  const { totals } = fresh()
  const header: Header = {
    segment: 2,
    format: 1,
    wall: 1,
    mono: 4321,
    sync: true,
    epoch: 'abcdef',
    source,
    first: 8,
    sequence: 6,
    settled: 6,
    totals,
    start,
  }
  const ledger = fromHeader(header)
  t.match(ledger, { record: 7, sequence: 6, settled: 6, lastMono: 4321, ends: [], astray: false })
  t.same(ledger.block, { from: 6, to: 6, precision: 'exact' }, 'an earlier version had no batches')
  const { mono: _, ...earlier } = header
  t.equal(fromHeader(earlier).lastMono, 0)
  const open = { ...applyRow(fresh(), voteRow(1, 1)).open!, recordedAt: press(1).at.wall + 400 }
  t.same(fromHeader({ ...header, open }).open?.recordedAt, { ...open.at, wall: open.recordedAt })
  const moment = after(press(1).at, 500)
  t.same(fromHeader({ ...header, open: { ...open, recordedAt: moment } }).open?.recordedAt, moment)
})
