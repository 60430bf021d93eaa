import type { Clock } from '../ports/clock.ts'
import type { Database } from '../subscriber/database/database.ts'
import { openDatabase } from '../subscriber/database/open-database.ts'
import { identifierOf, type LicenceName, licences } from '../subscriber/open-data/about.ts'
import { writeFolder } from '../subscriber/open-data/folder.ts'
import { timeZone } from '../subscriber/open-data/gather.ts'
import { makeRelease, type Summary, type Wanted } from '../subscriber/open-data/open-data.ts'
import { checkSpan } from '../subscriber/open-data/periods.ts'
import { isDate, localClock } from '../subscriber/report/calendar.ts'
import { SystemClock } from '../system/clock.ts'
import { commandLine, flag, levelOf, oneOf, text, type Values, wholeOf, wrong } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina open-data --directory DIR --publisher NAME --ipa CODE [OPTIONS]

Writes the votes of whole periods as open data: CSV, described as W3C CSV on the Web and DCAT-AP_IT, with a
README. Small counts, and what would tell them, are left out. A release takes the place of the one before it.

  --database WHERE     an SQLite file, or postgres://host/database (default: faccina-votes.db in this folder)
  --directory DIR      the folder of the release: new, empty, or with an earlier release
  --publisher NAME     the public body whose data they are
  --ipa CODE           its code in the index of the public administrations, as c_e506
  --period PERIOD      month (default), week or day; stay with one, since two could be played off
  --from DATE          first day of a period (default: the first with votes)
  --to DATE            last day of a period (default: the last one that is over)
  --by LEVEL           office (default), or counter: that can tell of single workers, agree on it first
  --minimum N          counts below this are not published: 3 to 1000 (default 10)
  --municipality NAME  only this one, as the terminals name it
  --base-url URL       where the folder will be on the web; catalogues want it
  --email ADDRESS      of an office that answers questions
  --licence NAME       ${Object.keys(licences).join(' (default) or ')}
  --language LANGUAGE  it (default) or en: which comes first
  --json               the summary for machines
  --help               this text
`

const options = {
  database: { type: 'string', default: 'faccina-votes.db' },
  directory: text,
  publisher: text,
  ipa: text,
  period: { type: 'string', default: 'month' },
  from: text,
  to: text,
  by: { type: 'string', default: 'office' },
  minimum: { type: 'string', default: '10' },
  municipality: text,
  'base-url': text,
  email: text,
  licence: { type: 'string', default: 'cc-by-4.0' },
  language: { type: 'string', default: 'it' },
  json: flag,
} as const

interface Line {
  database: string
  directory: string
  json: boolean
  wanted: Wanted
}

/** What a test puts other things in the place of. */
export interface Means {
  open: (where: string) => Promise<Pick<Database, 'hours' | 'served'> & AsyncDisposable>
  clock: Pick<Clock, 'now'>
}

/** `faccina open-data`; rejects with what somebody can mend: at the database, the folder, or the choice of periods. */
export async function openDataCommand(args: string[], out: Out, means?: Means): Promise<ExitCode> {
  using clock = means ? undefined : SystemClock.open({ source: 'system' })
  const today = localClock(timeZone)((means?.clock ?? clock!).now().wall).date
  const asked = commandLine(args, out, { usage, options, read: (values) => readLine(values, today) })
  if ('exit' in asked) return asked.exit
  const { database: where, directory, json, wanted } = asked.line
  const open = means?.open ?? ((where: string) => openDatabase(where, { readOnly: true }))
  await using database = await open(where)
  const { files, summary } = await makeRelease(database, wanted, today)
  await writeFolder(directory, files, identifierOf(wanted))
  out.stdout(json ? `${JSON.stringify({ directory, ...summary })}\n` : textOf(directory, summary, wanted))
  return 0
}

function textOf(directory: string, summary: Summary, { minimum, baseUrl, email }: Wanted): string {
  const { covers, periods, rows, published, suppressed } = summary
  const share = Math.round((100 * suppressed) / (published + suppressed))
  return [
    `${directory}: ${rows} rows of ${periods} ${periods === 1 ? 'period' : 'periods'}, ${covers.from} to ${covers.to}`,
    `${published} counts published, ${suppressed} suppressed (${share} %), minimum ${minimum}`,
    ...(share > 50 ? ['most is suppressed: longer periods would show more'] : []),
    ...(baseUrl === undefined ? ['addresses are relative: catalogues as dati.gov.it want --base-url'] : []),
    ...(email === undefined ? ['no contact point is named: --email names one'] : []),
    '',
  ].join('\n')
}

function readLine(values: Values<typeof options>, today: string): Line {
  const { database, directory, from, to, json, municipality, email, 'base-url': baseUrl } = values
  if (!directory) throw new Error('--directory is missing: where the release goes')
  const publisher = values.publisher?.trim()
  if (!publisher) throw new Error('--publisher is missing: the name of the public body')
  const step = oneOf('--period', values.period, ['month', 'week', 'day'])
  for (const [name, date] of Object.entries({ '--from': from, '--to': to })) {
    if (date !== undefined && !isDate(date)) throw wrong(name, date, 'a date as 2026-05-01')
  }
  checkSpan({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) }, step, today)
  const licence = oneOf('--licence', values.licence, Object.keys(licences) as LicenceName[])
  return {
    database,
    directory,
    json,
    wanted: {
      publisher,
      ipa: matching('--ipa', values.ipa, /^[A-Za-z0-9_-]{1,32}$/, 'a code as c_e506'),
      step,
      by: oneOf('--by', values.by, ['office', 'counter']),
      minimum: wholeOf('--minimum', values.minimum, 3, 1000),
      language: oneOf('--language', values.language, ['it', 'en']),
      licence: licences[licence],
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(municipality !== undefined && { municipality: levelOf('--municipality', municipality) }),
      ...(baseUrl !== undefined && { baseUrl: urlOf(baseUrl) }),
      ...(email !== undefined && {
        email: matching('--email', email, /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/, 'an address as urp@comune.example'),
      }),
    },
  }
}

function matching(option: string, found: string | undefined, pattern: RegExp, allowed: string): string {
  if (found === undefined) throw new Error(`${option} is missing: ${allowed}`)
  if (!pattern.test(found)) throw wrong(option, found, allowed)
  return found
}

/** With a slash at its end, since it is a folder. */
function urlOf(found: string): string {
  const url = URL.canParse(found) ? new URL(found) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw wrong('--base-url', found, 'an address as https://dati.comune.example/faccina/')
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}
