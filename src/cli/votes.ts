import { voteEvent } from '../contract/events.ts'
import { iso } from '../domain/time.ts'
import { count, noVotes, type ToldVote, type Totals } from '../domain/vote.ts'
import { faces, outcomes, reasons } from '../domain/words.ts'
import type { Item } from '../ports/journal.ts'
import { type Inspection, inspectJournal } from '../storage/inspect.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { eventOf } from '../terminal/items.ts'
import {
  commandLine,
  commandOf,
  flag,
  nothingMore,
  oneOf,
  text,
  type Values,
  wholeOf,
} from './command-line.ts'
import { journalDirectory } from './compose.ts'
import type { ExitCode, Out } from './out.ts'
import { table } from './table.ts'

const usage = `Usage: faccina votes list   [--last N] [--json]
       faccina votes count  [--json]
       faccina votes export [--format json|csv]
       faccina votes verify [--json]

Looks into the journal; the terminal may be running meanwhile. Nothing is changed.

  list      the latest votes
  count     how many votes there are, by face, reason and outcome
  export    every vote, as published: a CloudEvent a line, or CSV
  verify    read everything back: damaged places, missing sequences

  --last N          list: how many (default 20)
  --format FORMAT   export: json (default) or csv
  --json            list, count, verify: for machines
  --settings FILE   where the journal is (default ${defaultSettingsFile})
  --directory DIR   the same, said directly: a storage directory or its journal folder
  --help            this text
`

const options = {
  last: { type: 'string', default: '20' },
  format: { type: 'string', default: 'json' },
  json: flag,
  settings: { type: 'string', default: defaultSettingsFile },
  directory: text,
} as const

interface Line {
  command: 'list' | 'count' | 'export' | 'verify'
  last: number
  csv: boolean
  json: boolean
  settings: string
  directory: string | undefined
}

/** `faccina votes`: what is in the journal. */
export async function votesCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, { usage, options, words: true, read: readLine })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  const directory = line.directory ?? (await readSettings(line.settings)).storage.directory
  const journal = await inspectJournal(directory).catch(() => inspectJournal(journalDirectory(directory)))
  switch (line.command) {
    case 'list':
      return list(journal, line, out)
    case 'count':
      return countVotes(journal, line, out)
    case 'export':
      return exportVotes(journal, line, out)
    case 'verify':
      return verify(journal, line, out)
  }
}

async function list(journal: Inspection, { last, json }: Line, out: Out): Promise<ExitCode> {
  const latest: Item[] = []
  for await (const item of journal.items()) {
    latest.push(item)
    if (latest.length > last) latest.shift()
  }
  if (json) {
    for (const item of latest) out.stdout(`${JSON.stringify(eventOf(item))}\n`)
    return 0
  }
  const rows = latest.map((item) => [...rowOf(item), isDone(journal, item) ? 'yes' : 'waiting'])
  if (rows.length === 0) out.stdout('no votes yet\n')
  else
    out.stdout(
      table(['sequence', 'time', 'face', 'reason', 'outcome', 'suppressed', 'published'], rows, out.colour),
    )
  return 0
}

async function countVotes(journal: Inspection, { json }: Line, out: Out): Promise<ExitCode> {
  const epochs = new Map<string, Totals>()
  let waiting = 0
  for await (const item of journal.items()) {
    if (item.is !== 'vote') continue
    const { epoch } = item.vote
    epochs.set(epoch, count(epochs.get(epoch) ?? noVotes(), item.vote))
    if (!isDone(journal, item)) waiting++
  }
  if (json) {
    const all = [...epochs].map(([epoch, totals]) => ({ epoch, ...totals }))
    out.stdout(`${JSON.stringify({ epochs: all, waiting }, undefined, 2)}\n`)
    return 0
  }
  for (const [epoch, totals] of epochs) {
    out.stdout(`epoch ${epoch}: ${totals.votes} votes kept, up to sequence ${totals.sequence}\n`)
    const row = (names: readonly string[], counts: Record<string, number>) =>
      names.map((name) => [`  ${name}`, String(counts[name])])
    const rows = [
      ...row(faces, totals.faces),
      ...row(reasons, totals.reasons),
      ...row(outcomes, totals.outcomes),
    ]
    out.stdout(
      table(['', 'votes'], [...rows, ['  suppressed presses', String(totals.suppressed)]], out.colour),
    )
  }
  out.stdout(`${waiting} waiting for the broker\n`)
  return 0
}

const csvColumns = [
  'source',
  'epoch',
  'sequence',
  'time',
  'recordedtime',
  'face',
  'reason',
  'outcome',
  'survey',
  'language',
  'clock',
  'uncertaintySeconds',
  'backDated',
  'suppressed',
  'corrected',
  'withinHours',
]

async function exportVotes(journal: Inspection, { csv }: Line, out: Out): Promise<ExitCode> {
  if (csv) out.stdout(`${csvColumns.join(',')}\r\n`)
  for await (const item of journal.items()) {
    if (!csv) out.stdout(`${JSON.stringify(eventOf(item))}\n`)
    else if (item.is === 'vote') out.stdout(`${csvRow(item.vote)}\r\n`)
  }
  return 0
}

async function verify(journal: Inspection, { json }: Line, out: Out): Promise<ExitCode> {
  let votes = 0
  const gaps = []
  for await (const item of journal.items()) {
    if (item.is === 'vote') votes++
    else if (item.is === 'gap') gaps.push(item.gap)
    else gaps.push(...item.summary.lost.map((lost) => ({ epoch: item.summary.epoch, ...lost })))
  }
  const damages = []
  for await (const damage of journal.damages()) damages.push(damage)
  const ok = gaps.length === 0 && damages.length === 0
  if (json) {
    out.stdout(`${JSON.stringify({ ok, votes, gaps, damages }, undefined, 2)}\n`)
    return ok ? 0 : 1
  }
  for (const { segment, offset, bytes } of damages) {
    out.stdout(`damaged: ${bytes} bytes at ${offset} of segment ${segment}\n`)
  }
  for (const { epoch, from, to, cause } of gaps) {
    out.stdout(`missing: sequences ${from} to ${to} of epoch ${epoch} (${cause})\n`)
  }
  out.stdout(ok ? `${votes} votes, every one intact, no sequence missing\n` : `${votes} votes intact\n`)
  return ok ? 0 : 1
}

function readLine(values: Values<typeof options>, [word, ...rest]: readonly string[]): Line {
  const command = commandOf('votes', word, ['list', 'count', 'export', 'verify'])
  nothingMore(`votes ${command}`, rest)
  const { last, format, json, settings, directory } = values
  return {
    command,
    last: wholeOf('--last', last, 1, 9_999_999),
    csv: oneOf('--format', format, ['json', 'csv']) === 'csv',
    json,
    settings,
    directory,
  }
}

function isDone({ done }: Inspection, { position }: Item): boolean {
  return done !== undefined && position.votes <= done.votes
}

function rowOf(item: Item): string[] {
  if (item.is === 'gap') {
    const { from, to, cause, at } = item.gap
    return [`${from}–${to}`, iso(at), '(gap)', '', cause, '']
  }
  if (item.is === 'summary') {
    const { from, to, at } = item.summary
    return [`${from}–${to}`, iso(at), '(counts only)', '', '', '']
  }
  const { sequence, time, face, reason = '', outcome, suppressed } = item.vote
  return [String(sequence), iso(time.wall), face, reason, outcome, suppressed > 0 ? String(suppressed) : '']
}

function csvRow(vote: ToldVote): string {
  const { source, time, recordedtime, data } = voteEvent(vote)
  const fields: Record<string, unknown> = { source, time, recordedtime, ...data }
  // Every value comes from a closed set of words or is a number: nothing needs quoting.
  return csvColumns.map((column) => fields[column] ?? '').join(',')
}
