import { iso, type WallMs } from '../../domain/time.ts'
import type { Database, HourCounts, Where } from '../database/database.ts'
import { before, plusDays, startOf } from './calendar.ts'
import { figures } from './figures.ts'
import type { Question, Report } from './report.ts'

/** The figures of a database. @param seen is told of each row that was read, for those who show progress */
export async function readReport(
  database: Pick<Database, 'hours' | 'served'>,
  question: Question,
  now: WallMs,
  seen: () => void = () => {},
): Promise<Report> {
  const { period, scope } = question
  const at = (date: string) => startOf(date, period.timeZone)
  const [from, to] = [at(period.from), at(plusDays(period.to, 1))]
  const served = await database.served({ ...scope, from, to })
  const hours = concat([
    database.hours({ ...scope, from: at(before(period).from), to }),
    withoutTime(database, scope),
  ])
  return figures(question, { hours: watched(hours, seen), served }, iso(now))
}

/** The votes whose time is not known: those of all times have to be passed over. */
async function* withoutTime(database: Pick<Database, 'hours'>, scope: Where): AsyncIterable<HourCounts> {
  for await (const row of database.hours(scope)) if (row.hour === undefined) yield row
}

async function* concat<T>(parts: AsyncIterable<T>[]): AsyncIterable<T> {
  for (const part of parts) yield* part
}

async function* watched<T>(rows: AsyncIterable<T>, seen: () => void): AsyncIterable<T> {
  for await (const row of rows) {
    seen()
    yield row
  }
}
