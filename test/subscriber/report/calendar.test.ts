import fc from 'fast-check'
import t from 'tap'
import {
  before,
  isDate,
  isTimeZone,
  lastMonth,
  lengthOf,
  localClock,
  plusDays,
  startOf,
  stepFor,
  stepsOf,
  weekdayOf,
} from '../../../src/subscriber/report/calendar.ts'

t.test('what a clock in Rome shows', async (t) => {
  const rome = localClock('Europe/Rome')
  t.same(rome(Date.UTC(2026, 2, 31, 22)), { date: '2026-04-01', weekday: 2, hour: 0 })
  t.same(rome(Date.UTC(2026, 0, 4, 23)), { date: '2026-01-05', weekday: 0, hour: 0 })
  t.same(rome(Date.UTC(2026, 2, 29, 1)), { date: '2026-03-29', weekday: 6, hour: 3 }, 'put forward')
  t.same(rome(Date.UTC(2026, 9, 25, 1)), { date: '2026-10-25', weekday: 6, hour: 2 }, 'put back')
})

t.test('where a day begins', async (t) => {
  t.equal(startOf('2026-03-01', 'Europe/Rome'), Date.UTC(2026, 1, 28, 23))
  t.equal(startOf('2026-07-01', 'Europe/Rome'), Date.UTC(2026, 5, 30, 22))
  t.equal(startOf('2026-07-01', 'UTC'), Date.UTC(2026, 6, 1))
  t.equal(startOf('2026-07-01', 'Pacific/Kiritimati'), Date.UTC(2026, 5, 30, 10))
  t.equal(startOf('2026-07-01', 'Pacific/Niue'), Date.UTC(2026, 6, 1, 11))
  t.equal(startOf('2026-07-01', 'Asia/Kathmandu'), Date.UTC(2026, 5, 30, 18, 15))
  t.equal(startOf('2018-11-04', 'America/Sao_Paulo'), Date.UTC(2018, 10, 4, 3), 'a day without midnight')
})

t.test('dates and zones', async (t) => {
  for (const good of ['2026-02-28', '2024-02-29', '2000-12-31']) t.ok(isDate(good), good)
  for (const bad of ['2026-02-29', '2026-13-01', '2026-1-1', '26-01-01', '2026-01-01T00:00', '', 'yesterday'])
    t.notOk(isDate(bad), bad)
  t.ok(isTimeZone('Europe/Rome'))
  t.notOk(isTimeZone('Europe/Atlantis'))
  t.equal(plusDays('2026-02-28', 1), '2026-03-01')
  t.equal(weekdayOf('2026-03-02'), 0)
  t.equal(weekdayOf('1969-12-31'), 2)
})

t.test('the last whole month', async (t) => {
  t.same(lastMonth('2026-03-01'), { from: '2026-02-01', to: '2026-02-28' })
  t.same(lastMonth('2026-01-15'), { from: '2025-12-01', to: '2025-12-31' })
})

t.test('the period before', async (t) => {
  const of = (from: string, to: string) => before({ from, to })
  t.same(of('2026-03-01', '2026-03-31'), { from: '2026-02-01', to: '2026-02-28', by: 'month' })
  t.same(of('2026-01-01', '2026-03-31'), { from: '2025-10-01', to: '2025-12-31', by: 'months' })
  t.same(of('2026-01-01', '2026-12-31'), { from: '2025-01-01', to: '2025-12-31', by: 'months' })
  t.same(of('2026-03-02', '2026-03-08'), { from: '2026-02-23', to: '2026-03-01', by: 'days' })
  t.same(of('2026-03-01', '2026-03-01'), { from: '2026-02-28', to: '2026-02-28', by: 'days' })
})

t.test('steps cover a period, each day once', async (t) => {
  t.equal(stepFor({ from: '2026-03-01', to: '2026-03-31' }), 'day')
  t.equal(stepFor({ from: '2026-01-01', to: '2026-06-30' }), 'week')
  t.equal(stepFor({ from: '2026-01-01', to: '2026-12-31' }), 'month')
  t.same(stepsOf({ from: '2026-03-04', to: '2026-03-17' }, 'week'), [
    { from: '2026-03-04', to: '2026-03-08' },
    { from: '2026-03-09', to: '2026-03-15' },
    { from: '2026-03-16', to: '2026-03-17' },
  ])
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 900 }),
      fc.constantFrom('day' as const, 'week' as const, 'month' as const),
      (start, length, step) => {
        const from = plusDays('1990-01-01', start)
        const days = { from, to: plusDays(from, length) }
        const steps = stepsOf(days, step)
        return (
          steps[0]?.from === days.from &&
          steps.at(-1)?.to === days.to &&
          steps.slice(1).every(({ from }, i) => from === plusDays(steps[i]!.to, 1)) &&
          steps.reduce((sum, one) => sum + lengthOf(one), 0) === length + 1
        )
      },
    ),
  )
})
