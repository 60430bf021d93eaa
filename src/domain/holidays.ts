/** The days on which public offices are closed by law. */

/** Month and day of the Italian national holidays that never move (law 260/1949 and its later changes). */
const fixed: ReadonlySet<string> = new Set([
  '01-01',
  '01-06',
  '04-25',
  '05-01',
  '06-02',
  '08-15',
  '11-01',
  '12-08',
  '12-25',
  '12-26',
])

/** San Francesco, again a national holiday from 2026 on (law 151/2025). */
const sanFrancesco = { day: '10-04', fromYear: 2026 }

/**
 * Whether a date is an Italian national holiday. The patron saint's day differs from town to town: it
 * belongs to the closed dates of the office.
 * @param date local, `YYYY-MM-DD`
 */
export function isItalianHoliday(date: string): boolean {
  const year = Number(date.slice(0, 4))
  const day = date.slice(5)
  if (fixed.has(day) || (day === sanFrancesco.day && year >= sanFrancesco.fromYear)) return true
  const easter = easterSunday(year)
  return date === easter || date === dayAfter(easter)
}

/**
 * Easter Sunday of the Gregorian calendar, as `YYYY-MM-DD`. The anonymous algorithm of Nature, 20 April
 * 1876; the letters are those of J. Meeus, Astronomical Algorithms, 2nd edition, chapter 8.
 */
export function easterSunday(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return isoDate(year, Math.floor(n / 31), (n % 31) + 1)
}

/** The paschal month has an end: Easter Monday can be 1 April. */
function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
}

function isoDate(year: number, month: number, day: number): string {
  return [year, ...[month, day].map((n) => String(n).padStart(2, '0'))].join('-')
}
