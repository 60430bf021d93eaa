import { type Days, type LocalDate, plusDays, type Step, stepsOf, weekdayOf } from '../report/calendar.ts'

/** Whole days, weeks (from Monday on) and months. Pure. */

/** The period that a day lies in. */
export function periodOf(date: LocalDate, step: Step): Days {
  const from = step === 'day' ? date : step === 'week' ? plusDays(date, -weekdayOf(date)) : firstOfMonth(date)
  return stepsOf({ from, to: plusDays(from, 31) }, step)[0]!
}

/** The last period that is over before this day begins. */
export function lastWhole(today: LocalDate, step: Step): Days {
  return periodOf(plusDays(periodOf(today, step).from, -1), step)
}

/**
 * Throws where a span does not begin and end with a period, or is not over: a part of a period next to the
 * whole one would tell what the other part was.
 * @param to the last day
 */
export function checkSpan({ from, to }: Partial<Days>, step: Step, today: LocalDate): void {
  if (from !== undefined) {
    const period = periodOf(from, step)
    if (period.from !== from) {
      const next = plusDays(period.to, 1)
      throw new RangeError(
        `--from: found ${from}, which lies inside a ${step}; allowed is the first day of one, as ${period.from} or ${next}`,
      )
    }
  }
  if (to !== undefined) {
    const period = periodOf(to, step)
    const before = plusDays(period.from, -1)
    if (period.to !== to)
      throw new RangeError(
        `--to: found ${to}, which lies inside a ${step}; allowed is the last day of one, as ${before} or ${period.to}`,
      )
    if (to >= today)
      throw new RangeError(
        `--to: found ${to}, which is not over yet; allowed is up to ${lastWhole(today, step).to}`,
      )
    if (from !== undefined && to < from)
      throw new RangeError(`--to: found ${to}, which lies before --from ${from}`)
  }
}

function firstOfMonth(date: LocalDate): LocalDate {
  return `${date.slice(0, 7)}-01`
}
