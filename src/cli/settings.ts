import { readFile } from 'node:fs/promises'
import { withoutCredentials } from '../settings/found.ts'
import {
  formatProblem,
  formatWarning,
  type Problem,
  type Settings,
  settingsExample,
  settingsJsonSchema,
  settingsReference,
  type Warning,
} from '../settings/index.ts'
import { SystemClock } from '../system/clock.ts'
import { lookAtNamedFiles, type NamedFilesOptions } from '../system/named-files.ts'
import { defaultSettingsFile, parseSettingsFile } from '../system/settings-file.ts'
import { commandLine, commandOf, flag, oneFile } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina settings check [FILE] [--json]
       faccina settings reference | example | schema

  check      say whether a settings file is fine, and if not, each line to mend
             (FILE: ${defaultSettingsFile} unless given)
  reference  every key, what it means, what is allowed, its default (Markdown)
  example    a settings file to begin with (YAML)
  schema     the settings file as a JSON Schema, for editors

  --json     the result of check for machines: {"ok", "file", "problems", "warnings"}
  --help     this text
`

/** `faccina settings`; resolves with the exit code: 0 fine, 1 problems in the file, 2 used wrongly. */
export async function settingsCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { json: flag },
    words: true,
    read: ({ json }, words) => readLine(json, words),
  })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  switch (line.command) {
    case 'reference':
      out.stdout(settingsReference())
      return 0
    case 'example':
      out.stdout(settingsExample())
      return 0
    case 'schema':
      out.stdout(`${JSON.stringify(settingsJsonSchema(), undefined, 2)}\n`)
      return 0
    case 'check':
      return check(line.file, line.json, out)
  }
}

type Line =
  | { command: 'reference' | 'example' | 'schema' }
  | { command: 'check'; file: string; json: boolean }

/** Throws where the command line makes no sense. */
function readLine(json: boolean, [word, ...rest]: readonly string[]): Line {
  const command = commandOf('settings', word, ['check', 'reference', 'example', 'schema'])
  if (command === 'check')
    return { command, file: rest.length > 0 ? oneFile('check', rest) : defaultSettingsFile, json }
  if (rest.length > 0 || json) throw new Error(`settings ${command} takes nothing more`)
  return { command }
}

type Result =
  | { ok: true; settings: Settings; problems: []; warnings: Warning[] }
  | { ok: false; problems: readonly Problem[]; warnings: [] }

async function check(file: string, json: boolean, out: Out): Promise<ExitCode> {
  const result = await examine(file)
  const { ok, problems, warnings } = result
  if (json) out.stdout(`${JSON.stringify({ ok, file, problems, warnings }, undefined, 2)}\n`)
  else
    out.stdout(
      result.ok ? fineText(file, result.settings, warnings, out.colour) : wrongText(problems, out.colour),
    )
  return ok ? 0 : 1
}

async function examine(file: string): Promise<Result> {
  const parsed = await parseSettingsFile(file)
  if (!parsed.ok) return { ...parsed, warnings: [] }
  const { settings, positionOf } = parsed
  const { problems, missing } = await lookAtNamedFiles(settings, { file, positionOf, ...reading() })
  if (problems.length > 0) return { ok: false, problems, warnings: [] }
  return { ok: true, settings, problems: [], warnings: [...parsed.warnings, ...missing.map(asWarning)] }
}

/** Whoever asks sits before this computer: where its clock is wrong, that is worth saying, too. */
function reading(): Pick<NamedFilesOptions, 'read' | 'wall'> {
  using clock = SystemClock.open({ source: 'system' })
  return { read: (path) => readFile(path), wall: clock.now().wall }
}

/** The file may be for another computer, which has what is missing here. */
function asWarning({ found, hint = '', key, ...place }: Problem): Warning {
  const { file, line, column } = place
  return { file, line, column, key, message: `${found}. ${hint}` }
}

function wrongText(problems: readonly Problem[], colour: boolean): string {
  return problems.map((problem) => `${paint(31, formatProblem(problem), colour)}\n`).join('')
}

function fineText(file: string, settings: Settings, warnings: readonly Warning[], colour: boolean): string {
  const rows = summary(settings).map(([name, value]) => `  ${name.padEnd(10)}${value}\n`)
  const notes = warnings.map((warning) => `${paint(33, formatWarning(warning), colour)}\n`)
  return [`${paint(32, `${file} is fine`, colour)}\n`, ...rows, ...notes].join('')
}

/** The main points, so that the technician sees that it is the right file. Never a secret. */
function summary({
  terminal,
  broker,
  panel,
  survey,
  languages,
  hours,
  storage,
}: Settings): [string, string][] {
  return [
    ['terminal', `${terminal.municipality}/${terminal.office}/${terminal.counter}`],
    ['broker', broker.url === undefined ? 'none, votes are only stored' : brokerWords(broker)],
    ['panel', panel ?? 'what is found on the board'],
    ['survey', `${survey} in ${languages.join(', ')}`],
    ['hours', hours ? `${hours.timeZone}, votes outside: ${hours.outside}` : 'always open'],
    ['storage', `${storage.directory}, at most ${storage.maxMebibytes} MiB`],
  ]
}

function brokerWords({
  url = '',
  username,
  password,
  passwordFile,
  certificate,
}: Settings['broker']): string {
  const means = [
    username !== undefined && 'user name',
    (password !== undefined || passwordFile !== undefined) && 'password',
    certificate !== undefined && 'client certificate',
  ].filter((part) => part !== false)
  return `${withoutCredentials(url)}${means.length > 0 ? ` with ${means.join(', ')}` : ''}`
}

function paint(code: number, text: string, colour: boolean): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text
}
