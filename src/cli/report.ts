import { writeFile } from 'node:fs/promises'
import { faceSvg } from '../panels/faces.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../subscriber/database/database.ts'
import { openDatabase } from '../subscriber/database/open-database.ts'
import { isDate, isTimeZone, lastMonth, localClock } from '../subscriber/report/calendar.ts'
import { csvColumns, renderCsv } from '../subscriber/report/csv.ts'
import { renderHtml } from '../subscriber/report/html/page.ts'
import { renderJson } from '../subscriber/report/json.ts'
import { readReport } from '../subscriber/report/read.ts'
import type { Question, Report } from '../subscriber/report/report.ts'
import { renderText } from '../subscriber/report/text.ts'
import { type ReportLanguage, reportLanguages } from '../subscriber/report/texts/texts.ts'
import { SystemClock } from '../system/clock.ts'
import { commandLine, levelOf, oneOf, text, type Values, wholeOf, wrong } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'

/** With less, single people's votes would be told. */
const leastMinimum = 5

const usage = `Usage: faccina report --database WHERE [--from DATE --to DATE] [OPTIONS]

How satisfied people are, why not, where and when: index, shares, reasons, hours, trend, critical areas.
Nothing is shown of a counter with too few votes.

  --database WHERE   an SQLite file, or postgres://host/database, as faccina collect fills it
  --from DATE        first day, e.g. 2026-03-01 (default: the whole of last month)
  --to DATE          last day (default: today)
  --municipality M   only this municipality
  --office O         only this office
  --counter C        only this counter
  --time-zone ZONE   whose days and hours they are (default: Europe/Rome)
  --language LANG    it or en (default: it)
  --format FORMAT    text, csv, json or html (default: text)
  --output FILE      where to (default: to the terminal)
  --minimum N        votes below which nothing is shown, from ${leastMinimum} (default: 30)
  --help             this text

The columns of the CSV, one row for each figure:

${Object.entries(csvColumns)
  .map(([name, what]) => `  ${name.padEnd(17)}${what}\n`)
  .join('')}`

const formats = ['text', 'csv', 'json', 'html'] as const

const options = {
  database: text,
  from: text,
  to: text,
  municipality: text,
  office: text,
  counter: text,
  'time-zone': { type: 'string', default: 'Europe/Rome' },
  language: { type: 'string', default: 'it' },
  format: { type: 'string', default: 'text' },
  output: { type: 'string', short: 'o' },
  minimum: { type: 'string', default: '30' },
} as const

interface Line {
  database: string
  from: string | undefined
  to: string | undefined
  timeZone: string
  scope: Question['scope']
  language: ReportLanguage
  format: (typeof formats)[number]
  output: string | undefined
  minimum: number
}

/** What a test puts other things in the place of. */
export interface Means {
  open: (where: string) => Promise<Pick<Database, 'hours' | 'served'> & AsyncDisposable>
  clock: Pick<Clock, 'now'>
}

/** `faccina report`: what the votes in a database say. */
export async function reportCommand(args: string[], out: Out, means?: Means): Promise<ExitCode> {
  using own = means ? undefined : SystemClock.open({ source: 'system' })
  const clock = means?.clock ?? own!
  const asked = commandLine(args, out, { usage, options, read: (values) => readLine(values, clock) })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  const open = means?.open ?? ((where) => openDatabase(where, { readOnly: true }))
  const report = await reportOf(line, clock, open)
  const text = await render(report, line, out)
  if (line.output === undefined) out.stdout(text)
  else await writeFile(line.output, text)
  return 0
}

async function reportOf(line: Line, clock: Means['clock'], open: Means['open']): Promise<Report> {
  const { timeZone, scope, minimum } = line
  const progress = progressOn(clock)
  try {
    await using database = await open(line.database)
    return await readReport(
      database,
      { period: { ...periodOf(line, clock), timeZone }, scope, minimum },
      clock.now().wall,
      progress.seen,
    )
  } finally {
    progress.end()
  }
}

function render(report: Report, { format, language, output }: Line, out: Out): string | Promise<string> {
  switch (format) {
    case 'csv':
      return renderCsv(report)
    case 'json':
      return renderJson(report)
    case 'html':
      return renderHtml(report, { language, face: (face) => faceSvg(face) })
    case 'text':
      return renderText(report, { language, bold: out.colour && output === undefined })
  }
}

function periodOf(
  { from, to, timeZone }: Pick<Line, 'from' | 'to' | 'timeZone'>,
  clock: Means['clock'],
): { from: string; to: string } {
  const today = localClock(timeZone)(clock.now().wall).date
  return from === undefined ? lastMonth(today) : { from, to: to ?? today }
}

/** After a second, a person at a terminal is told that something goes on. */
function progressOn(clock: Means['clock']): { seen: () => void; end: () => void } {
  if (process.stderr.isTTY !== true) return { seen: () => {}, end: () => {} }
  const start = clock.now().mono
  let rows = 0
  let told = start + 750
  const seen = () => {
    if (++rows % 1024 !== 0) return
    const now = clock.now().mono
    if (now < told + 250) return
    told = now
    process.stderr.write(`\r${rows.toLocaleString('en')} hours of counters read`)
  }
  const end = () => {
    if (told > start + 750) process.stderr.write('\r\u001b[K')
  }
  return { seen, end }
}

function readLine(values: Values<typeof options>, clock: Means['clock']): Line {
  const { database, output, 'time-zone': timeZone } = values
  if (database === undefined || database === '')
    throw new Error('report needs --database WHERE: an SQLite file, or postgres://host/database')
  if (!isTimeZone(timeZone)) throw wrong('--time-zone', timeZone, 'a zone such as Europe/Rome')
  const minimum = wholeOf('--minimum', values.minimum, leastMinimum, 999_999)
  return {
    database,
    ...datesOf(values, timeZone, clock),
    timeZone,
    scope: scopeOf(values),
    language: oneOf('--language', values.language, reportLanguages),
    format: oneOf('--format', values.format, formats),
    output,
    minimum,
  }
}

function datesOf(
  { from, to }: Values<typeof options>,
  timeZone: string,
  clock: Means['clock'],
): Pick<Line, 'from' | 'to'> {
  const day = 'a day of the calendar from 2000-01-01 to 2199-12-31, written YYYY-MM-DD'
  for (const [name, date] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (date !== undefined && (!isDate(date) || date < '2000-01-01' || date > '2199-12-31'))
      throw wrong(name, date, day)
  }
  if (to !== undefined && from === undefined)
    throw new Error('--to: the first day is missing; give --from as well, or neither for last month')
  const last = periodOf({ from, to, timeZone }, clock).to
  if (from !== undefined && from > last) throw wrong('--from', from, `a day up to ${last}, the last one`)
  return { from, to }
}

function scopeOf(values: Values<typeof options>): Question['scope'] {
  const scope: Question['scope'] = {}
  for (const level of ['municipality', 'office', 'counter'] as const) {
    const name = values[level]
    if (name !== undefined) scope[level] = levelOf(`--${level}`, name)
  }
  return scope
}
