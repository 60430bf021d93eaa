import type { Database } from '../database/database.ts'
import type { LocalDate } from '../report/calendar.ts'
import { type About, titleOf } from './about.ts'
import { type Column, keyColumns, ratingsColumns, type Text, votesColumns } from './columns.ts'
import { csv } from './csv.ts'
import { csvwMetadata } from './csvw.ts'
import { type Distribution, describeDataset } from './dcat.ts'
import type { Files } from './folder.ts'
import { gather } from './gather.ts'
import { jsonLd, turtle } from './graph.ts'
import { lastWhole } from './periods.ts'
import { readme } from './readme.ts'
import { type Line, linesOf } from './release.ts'

/** What is wanted of a release; what it tells of itself, without what only the votes tell. */
export interface Wanted extends Omit<About, 'modified' | 'covers'> {
  from?: LocalDate
  /** The last day; the last whole period unless given. */
  to?: LocalDate
  municipality?: string
}

export interface Release {
  files: Files
  summary: Summary
}

export interface Summary {
  covers: { from: LocalDate; to: LocalDate }
  periods: number
  rows: number
  /** Of `votes.csv`: numbers that are published, and that are left out. */
  published: number
  suppressed: number
}

/** There is nothing that could be released. */
class NothingError extends Error {
  override name = 'NothingError'
}

const tables: { file: string; columns: (by: About['by']) => Column[]; title: Text; description: Text }[] = [
  {
    file: 'votes.csv',
    columns: votesColumns,
    title: { it: 'Voti', en: 'Votes' },
    description: {
      it: 'Voti per faccia, indice di soddisfazione, motivi, persone servite e partecipazione.',
      en: 'Votes by face, satisfaction index, reasons, people served and participation.',
    },
  },
  {
    file: 'ratings.csv',
    columns: ratingsColumns,
    title: { it: 'Voti in stelle, da 1 a 5', en: 'Votes in stars, from 1 to 5' },
    description: {
      it: 'Gli stessi voti sulla scala da 1 a 5, con perdita di informazione: si veda README.md.',
      en: 'The same votes on the scale from 1 to 5, with a loss: see README.md.',
    },
  },
]

/** Makes a release of the whole periods that are over. @param today in Italian time */
export async function makeRelease(
  database: Pick<Database, 'hours' | 'served'>,
  { from, to, municipality, ...wanted }: Wanted,
  today: LocalDate,
): Promise<Release> {
  const { step, by, minimum } = wanted
  const span = {
    ...(from !== undefined && { from }),
    to: to ?? lastWhole(today, step).to,
    ...(municipality !== undefined && { municipality }),
  }
  const lines = linesOf(await gather(database, span, step), step, by, minimum)
  const [first] = lines
  if (!first) {
    const which = from === undefined ? `up to ${span.to}` : `from ${from} to ${span.to}`
    throw new NothingError(`there is no vote in a whole ${step} ${which}`)
  }
  const covers = { from: first.period.from, to: lines.at(-1)!.period.to }
  const about: About = { ...wanted, modified: today, covers }
  return { files: filesOf(lines, about), summary: summaryOf(lines, covers, by) }
}

function filesOf(lines: readonly Line[], about: About): Files {
  const files: Record<string, string> = {}
  const distributions: Distribution[] = []
  for (const { file, columns, title, description } of tables) {
    const all = columns(about.by)
    const text = csv(
      all.map(({ name }) => name),
      lines.map((line) => all.map(({ of }) => of(line))),
    )
    files[file] = text
    files[`${file}-metadata.json`] = json(csvwMetadata(file, title, all, about))
    distributions.push({
      file,
      title: { it: `${titleOf(about).it}: ${title.it}`, en: `${titleOf(about).en}: ${title.en}` },
      description,
      bytes: Buffer.byteLength(text),
    })
  }
  const graph = describeDataset(about, distributions)
  files['dataset.ttl'] = turtle(graph)
  files['dataset.jsonld'] = json(jsonLd(graph))
  files['README.md'] = readme(
    about,
    tables.map(({ file, columns, title }) => ({ file, title, columns: columns(about.by) })),
  )
  return files
}

function summaryOf(lines: readonly Line[], covers: Summary['covers'], by: About['by']): Summary {
  const keys = new Set(keyColumns(by).map(({ name }) => name))
  const counts = votesColumns(by).filter(
    ({ name, datatype }) =>
      !keys.has(name) && typeof datatype === 'object' && datatype.base === 'nonNegativeInteger',
  )
  const cells = lines.flatMap((line) =>
    counts
      .filter(({ name }) => name !== 'served' || line.row.served !== undefined)
      .map(({ of }) => of(line) !== undefined),
  )
  const published = cells.filter(Boolean).length
  return {
    covers,
    periods: new Set(lines.map(({ period }) => period.from)).size,
    rows: lines.length,
    published,
    suppressed: cells.length - published,
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
