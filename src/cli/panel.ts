import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { surveys } from '../domain/surveys/index.ts'
import { profileNames, readProfile } from '../panels/profile/profile-files.ts'
import type { Clock } from '../ports/clock.ts'
import type { Panel } from '../ports/panel.ts'
import { parseSettings, type Settings, SettingsError } from '../settings/index.ts'
import { lockDirectory } from '../storage/lock.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { type Answer, checkPanel, type Examiner, type PanelReport, settled } from '../terminal/panel-check.ts'
import { commandLine, flag, text, type Values } from './command-line.ts'
import { visitRulesOf } from './compose.ts'
import { composePanel } from './compose-panel.ts'
import type { ExitCode, Out } from './out.ts'
import { table } from './table.ts'
import { untilStopped } from './until-stopped.ts'
import { version } from './version.ts'

const usage = `Usage: faccina panel [--panel PROFILE] [--settings FILE] [--unattended] [--json]
       faccina panel --list
       faccina panel --dark

Tries the panel out: lights each face, asks for each key, shows each screen, measures from the press to the
light, and records the result as panel-check.json in storage.directory. The terminal itself must not be
running: systemctl stop faccina

  --panel PROFILE   this profile, by its name or path, and not the one of the settings
  --settings FILE   the settings (default ${defaultSettingsFile}; without any, their defaults)
  --unattended      asks nothing: shows everything, and waits for each key
  --json            prints the record, for machines
  --list            the profiles that there are
  --dark            puts out all lights, and ends
  --help            this text
`

const options = { panel: text, settings: text, unattended: flag, json: flag, list: flag, dark: flag } as const

interface Line {
  panel: string | undefined
  settings: string | undefined
  unattended: boolean
  json: boolean
  only: 'list' | 'dark' | undefined
}

const partMs = 8_000
const keyMs = 20_000
const showMs = 2_000

/** `faccina panel`: is it wired as its profile says? Exit code 1 where something is wrong. */
export async function panelCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, { usage, options, read: readLine })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  if (line.only === 'list') return list(out)
  const settings = await settingsOf(line, out)
  const log = openLog({ level: line.only ? 'error' : 'warn', write: out.stderr, journald: false })
  using clock = SystemClock.open({ source: 'system' })
  // Two must not drive one panel: whoever runs the terminal holds its storage.
  await using _ = await lockDirectory(settings.storage.directory)
  await using panel = await composePanel(settings, { clock, log })
  if (line.only === 'dark') return dark(panel, clock)
  const say = (text: string) => void (line.json ? out.stderr : out.stdout)(`${text}\n`)
  say(`Panel "${panel.name}"${panel.name === 'browser' ? ` on http://${addressOf(settings)}/` : ''}`)
  const stop = new AbortController()
  untilStopped().then(() => stop.abort())
  await using examiner = openExaminer(line, say)
  const report = await checkPanel({
    panel,
    survey: surveys[settings.survey],
    rules: visitRulesOf(settings, panel),
    clock,
    examiner,
    signal: stop.signal,
    partMs,
    keyMs,
    showMs,
  })
  const record = { at: new Date(clock.now().wall).toISOString(), version, panel: panel.name, ...report }
  if (line.json) out.stdout(`${JSON.stringify(record, null, 2)}\n`)
  await keep(record, settings, say)
  say(
    report.ok
      ? 'All is well.'
      : `Not well:\n${faultsOf(report)
          .map((fault) => `  - ${fault}`)
          .join('\n')}`,
  )
  return report.ok ? 0 : 1
}

function readLine({ panel, settings, unattended, json, list, dark }: Values<typeof options>): Line {
  if (list && dark) throw new Error('--list and --dark exclude each other')
  return { panel, settings, unattended, json, only: list ? 'list' : dark ? 'dark' : undefined }
}

async function list(out: Out): Promise<ExitCode> {
  const profiles = await Promise.all((await profileNames()).map(readProfile))
  const rows = profiles.map(({ name, title, keys, lights, display }) => [
    name,
    title,
    `${keys.driver} / ${lights.driver} / ${display.driver}`,
  ])
  out.stdout(table(['profile', 'what it is', 'keys / lights / display'], rows, out.colour))
  return 0
}

/** Opening the lights and letting go of them leaves them dark. */
async function dark({ lights }: Panel, clock: Clock): Promise<ExitCode> {
  const off = { satisfied: 'off', neutral: 'off', dissatisfied: 'off' } as const
  const nothing = { title: '', choices: [], languages: [] }
  lights.show(off, { at: 'closed', language: 'it', lights: off, screen: nothing })
  const { is } = await settled(lights, { clock, partMs, signal: new AbortController().signal })
  await lights.written?.()
  return is === 'broken' ? 1 : 0
}

/** The settings, or their defaults where there are none yet. */
async function settingsOf({ settings: file, panel }: Line, out: Out): Promise<Settings> {
  const there = await access(defaultSettingsFile).then(
    () => true,
    () => false,
  )
  const settings =
    file !== undefined || there ? await readSettings(file ?? defaultSettingsFile) : defaults(out)
  return panel === undefined
    ? settings
    : { ...settings, panel: panel as Settings['panel'] & string, parts: {} }
}

function defaults(out: Out): Settings {
  out.stderr(`no ${defaultSettingsFile}: the defaults are taken\n`)
  const parsed = parseSettings('terminal: {municipality: none, office: none, counter: none}', 'the defaults')
  if (!parsed.ok) throw new SettingsError(parsed.problems)
  return parsed.settings
}

function addressOf({ browser }: Settings): string {
  return `${browser.listen.host}:${browser.listen.port}`
}

function openExaminer({ unattended }: Line, say: (text: string) => void): Examiner & AsyncDisposable {
  if (unattended || !process.stdin.isTTY) {
    return { say, ask: async () => 'unknown', async [Symbol.asyncDispose]() {} }
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  return {
    say,
    async ask(question): Promise<Answer> {
      const given = await lines.question(`${question} [Y/n/?] `)
      return /^n/i.test(given) ? 'no' : /^\?/.test(given) ? 'unknown' : 'yes'
    },
    async [Symbol.asyncDispose]() {
      lines.close()
    },
  }
}

/** What is wrong, a line each. */
export function faultsOf({ parts, lights, keys, screens }: PanelReport): string[] {
  return [
    ...Object.entries(parts).flatMap(([part, condition]) =>
      condition.is === 'broken' ? [`${part}: ${condition.problem}`] : [],
    ),
    ...Object.entries(lights).flatMap(([face, answer]) =>
      answer === 'no'
        ? [`the light of "${face}": look at the chain and the order of its pixels in the profile`]
        : [],
    ),
    ...Object.entries(keys).flatMap(([key, finding]) => {
      if (finding.pressed) return []
      if (finding.instead === undefined) return [`the key "${key}": nothing came; look at its wire`]
      return [`the key "${key}": "${finding.instead}" came instead; are two wires exchanged?`]
    }),
    ...Object.entries(screens).flatMap(([screen, answer]) =>
      answer === 'no' ? [`the screen "${screen}": look at size and chip of the display in the profile`] : [],
    ),
  ]
}

async function keep(record: object, { storage }: Settings, say: (text: string) => void): Promise<void> {
  const file = join(storage.directory, 'panel-check.json')
  try {
    await mkdir(storage.directory, { recursive: true })
    await writeFile(file, `${JSON.stringify(record, null, 2)}\n`)
    say(`Recorded in ${file}`)
  } catch (error) {
    say(`Not recorded in ${file}: ${(error as Error).message}`)
  }
}
