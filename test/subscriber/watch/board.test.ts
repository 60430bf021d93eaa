import t from 'tap'
import { gapEvent } from '../../../src/contract/events.ts'
import type { CommissioningEvent } from '../../../src/contract/schemas.ts'
import { noVotes } from '../../../src/domain/vote.ts'
import type { Item } from '../../../src/subscriber/item.ts'
import { Board } from '../../../src/subscriber/watch/board.ts'
import { healthText, rowOf, voteLine } from '../../../src/subscriber/watch/lines.ts'
import { someEpoch, someSource, someVote } from '../../fakes/told-votes.ts'
import { health } from '../../terminal/health.ts'

const now = Date.UTC(2026, 4, 4, 9)
const vote = (sequence: number, changes = {}): Item => ({
  is: 'vote',
  source: someSource,
  event: someVote(sequence, changes),
})
const totals = (sequence: number, epoch = someEpoch): Item => ({
  is: 'totals',
  source: someSource,
  totals: { epoch, ...noVotes(), sequence },
})

t.test('what was before the watching is not missing; what is lost after it is', async (t) => {
  const board = new Board(3)
  board.take(totals(4710), now)
  for (const sequence of [4711, 4712, 4715]) t.equal(board.take(vote(sequence), now), true)
  t.equal(board.take(vote(4712), now), false, 'sent again')
  const [one] = board.terminals()
  t.match(one, {
    votes: 3,
    since: 4711,
    completeness: { complete: 4712, missing: [{ from: 4713, to: 4714 }] },
  })
  t.match(rowOf(one!, now)[5] ?? '', '–')
  t.equal(rowOf(one!, now)[4], 'missing 4713–4714 of 4715')
  board.take(vote(4713), now)
  board.take(vote(4714), now)
  t.equal(rowOf(board.terminals()[0]!, now)[4], 'complete up to 4715')
  t.equal(board.latest.length, 3)
})

t.test('a new card begins anew; votes without totals begin where they begin', async (t) => {
  const board = new Board(3)
  board.take(vote(9), now)
  t.match(board.terminals(), [{ since: 9, completeness: { complete: 9, missing: [] } }])
  board.take(totals(0, 'aaaaaa'), now)
  board.take(vote(1, { epoch: 'aaaaaa' }), now)
  board.take(vote(10), now)
  t.match(board.terminals(), [{ votes: 3, completeness: { epoch: 'aaaaaa', complete: 1 } }])
})

t.test('health, state and votes in words', async (t) => {
  const board = new Board(3)
  const state = {
    state: 'online',
    version: '1',
    epoch: someEpoch,
    boot: 1,
    since: '2026-05-04T08:58:00.000Z',
  } as const
  board.take({ is: 'state', source: someSource, state }, now)
  const told = { at: '2026-05-04T08:59:30.000Z', ...health }
  board.take({ is: 'health', source: someSource, health: told }, now)
  t.match(rowOf(board.terminals()[0]!, now), ['c_e506/anagrafe/3', 'online 2 min', '0', '–'])
  t.equal(
    healthText({
      ...told,
      clock: 'unknown',
      disk: { ...told.disk, writable: false },
      keys: { ...told.keys, is: 'broken', stuck: ['dissatisfied'] },
      underVoltage: true,
    }),
    'disk not writable; keys broken; dissatisfied stuck; display broken; clock unknown; under-voltage',
  )
  t.match(
    voteLine(someVote(2)),
    /^2026-05-04T07:02:00\.000Z {2}c_e506\/anagrafe\/3 {2}#2 {2}dissatisfied {2}waiting-time, it$/,
  )
  board.take({ is: 'rejected', topic: 'x', payload: new Uint8Array(), why: 'y' }, now)
  t.equal(board.rejected, 1)
})

t.test('a terminal whose card was damaged or full begins with what it says of that', async (t) => {
  const board = new Board(3)
  const gap = gapEvent({ epoch: someEpoch, source: someSource, from: 5, to: 6, cause: 'damaged', at: now })
  t.equal(board.take({ is: 'gap', source: someSource, event: gap }, now), true)
  board.take(vote(7), now)
  t.match(board.terminals(), [{ since: 5, completeness: { complete: 7, missing: [] } }])
})

t.test('when it was commissioned, and what failed then', async (t) => {
  const board = new Board(3)
  const shown = (result: 'passed' | 'failed', ...failed: string[]) => {
    const checks = failed.map((name) => ({ name, result: 'failed', found: '' }))
    const record = {
      time: '2026-05-03T10:00:00.000Z',
      data: { result, checks },
    } as unknown as CommissioningEvent
    t.equal(board.take({ is: 'commissioning', source: someSource, record }, now), true)
    return rowOf(board.terminals()[0]!, now)[7]
  }
  t.equal(shown('passed'), '2026-05-03 passed')
  t.equal(shown('failed', 'lights', 'network'), '2026-05-03 2 failed: lights')
})

t.test('how long ago, in the largest fitting unit', async (t) => {
  const board = new Board(3)
  const ago = (ms: number) => {
    const since = new Date(now - ms).toISOString()
    const state = { state: 'offline', version: '1', epoch: someEpoch, boot: 1, since } as const
    board.take({ is: 'state', source: someSource, state }, now)
    return rowOf(board.terminals()[0]!, now)[1]
  }
  t.same(
    [400, 59_000, 60_000, 3_600_000, 47 * 3_600_000, 48 * 3_600_000].map(ago),
    ['now', '59 s', '1 min', '1 h', '47 h', '2 d'].map((text) => `offline ${text}`),
  )
})
