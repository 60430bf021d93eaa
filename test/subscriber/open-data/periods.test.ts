import t from 'tap'
import { checkSpan, lastWhole, periodOf } from '../../../src/subscriber/open-data/periods.ts'

t.test('every day lies in one period', async (t) => {
  t.same(periodOf('2026-05-04', 'day'), { from: '2026-05-04', to: '2026-05-04' })
  t.same(periodOf('2026-05-04', 'week'), { from: '2026-05-04', to: '2026-05-10' })
  t.same(periodOf('2026-05-03', 'week'), { from: '2026-04-27', to: '2026-05-03' })
  t.same(periodOf('2028-02-29', 'month'), { from: '2028-02-01', to: '2028-02-29' })
  t.same(periodOf('2026-12-31', 'month'), { from: '2026-12-01', to: '2026-12-31' })
})

t.test('the last whole period is over', async (t) => {
  t.same(lastWhole('2026-05-01', 'month'), { from: '2026-04-01', to: '2026-04-30' })
  t.same(lastWhole('2026-05-31', 'month'), { from: '2026-04-01', to: '2026-04-30' })
  t.same(lastWhole('2026-05-04', 'week'), { from: '2026-04-27', to: '2026-05-03' })
  t.same(lastWhole('2026-01-01', 'day'), { from: '2025-12-31', to: '2025-12-31' })
})

t.test('a span of parts of periods, or one that is not over, is refused', async (t) => {
  const today = '2026-08-03'
  checkSpan({ from: '2026-05-01', to: '2026-07-31' }, 'month', today)
  checkSpan({ from: '2026-05-04' }, 'week', today)
  t.throws(() => checkSpan({ from: '2026-05-04' }, 'month', today), /as 2026-05-01 or 2026-06-01/)
  t.throws(() => checkSpan({ to: '2026-05-30' }, 'month', today), /as 2026-04-30 or 2026-05-31/)
  t.throws(() => checkSpan({ to: '2026-08-31' }, 'month', today), /not over yet; allowed is up to 2026-07-31/)
  t.throws(() => checkSpan({ to: today }, 'day', today), /not over yet; allowed is up to 2026-08-02/)
  t.throws(() => checkSpan({ from: '2026-06-01', to: '2026-05-31' }, 'month', today), /lies before --from/)
})
