import { parseArgs } from 'node:util'
import {
  formatProblem,
  formatWarning,
  parseSettings,
  type Settings,
  SettingsError,
} from '../settings/index.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { openSupervisor } from '../system/notify.ts'
import { defaultSettingsFile, readSettingsText } from '../system/settings-file.ts'
import { Watchdog } from '../terminal/watchdog.ts'
import { composeTerminal } from './compose.ts'
import { composePanel } from './compose-panel.ts'
import { commandLine, type ExitCode, type Out } from './out.ts'
import { untilStopped } from './until-stopped.ts'
import { version } from './version.ts'

const usage = `Usage: faccina run [--settings FILE]

Runs the terminal until it is stopped (SIGINT or SIGTERM).

  --settings FILE   the settings (default ${defaultSettingsFile})
  --help            this text
`

/** `faccina run`: the daemon. */
export async function runCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(out, usage, () => {
    const options = { settings: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
    const { values } = parseArgs({ args, options })
    return values.help ? 'help' : { file: values.settings ?? defaultSettingsFile }
  })
  if ('exit' in asked) return asked.exit
  const settings = await settingsOf(asked.line.file, out)
  if (!settings) return 1
  await run(settings, out)
  return 0
}

async function settingsOf(file: string, out: Out): Promise<Settings | undefined> {
  try {
    const parsed = parseSettings(await readSettingsText(file), file)
    if (parsed.ok) {
      for (const warning of parsed.warnings) out.stderr(`${formatWarning(warning)}\n`)
      return parsed.settings
    }
    for (const problem of parsed.problems) out.stderr(`${formatProblem(problem)}\n`)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const problem of error.problems) out.stderr(`${formatProblem(problem)}\n`)
  }
  return undefined
}

async function run(settings: Settings, out: Out): Promise<void> {
  const journald = process.env.JOURNAL_STREAM !== undefined
  const log = openLog({ level: settings.log.level, write: out.stderr, journald })
  await using supervisor = openSupervisor({ env: process.env, pid: process.pid, log })
  using clock = SystemClock.open(settings.clock)
  using _ = clock.onChange(() => log.info('clock changed', { synchronised: clock.now().synchronised }))
  await using panel = await composePanel(settings, { clock, log })
  await using terminal = await composeTerminal(settings, { panel, clock, log })
  const stopped = untilStopped()
  const { municipality, office, counter } = settings.terminal
  log.info('starting', { version, terminal: `${municipality}/${office}/${counter}`, node: process.version })
  const { ready, tried } = terminal.start()
  ready.then(() => log.info('ready'))
  using watchdog = supervisor && new Watchdog({ supervisor, clock, log, look: () => terminal.condition })
  watchdog?.start()
  tried.then(() => watchdog?.ready())
  log.info('stopping', { signal: await stopped })
}
