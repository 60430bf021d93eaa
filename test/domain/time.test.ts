import t from 'tap'
import { iso } from '../../src/domain/time.ts'

t.test('a time is told in UTC, to the millisecond', async (t) => {
  t.equal(iso(0), '1970-01-01T00:00:00.000Z')
  t.equal(iso(Date.UTC(2026, 4, 4, 9, 10, 0, 123)), '2026-05-04T09:10:00.123Z')
})
