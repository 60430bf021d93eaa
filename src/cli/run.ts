import { formatProblem, formatWarning, type Problem, type Settings } from '../settings/index.ts'
import { defaultRunDirectory, readRefused } from '../system/card/refused.ts'
import { SystemClock } from '../system/clock.ts'
import { isJournald, openLog, prefixed } from '../system/log.ts'
import { openSupervisor } from '../system/notify.ts'
import { defaultSettingsFile, parseSettingsFile } from '../system/settings-file.ts'
import { refusedWords } from '../terminal/refusal.ts'
import { Watchdog } from '../terminal/watchdog.ts'
import { awaitSettings } from './await-settings.ts'
import { commandLine } from './command-line.ts'
import { composeTerminal } from './compose.ts'
import { composePanel } from './compose-panel.ts'
import type { ExitCode, Out } from './out.ts'
import { untilStopped } from './until-stopped.ts'
import { version } from './version.ts'

const usage = `Usage: faccina run [--settings FILE] [--run DIR]

Runs the terminal until it is stopped (SIGINT or SIGTERM).

  --settings FILE   the settings (default ${defaultSettingsFile}); under systemd it waits for them to be right
  --run DIR         where \`faccina card import\` tells what it refused (default ${defaultRunDirectory})
  --help            this text
`

/** `faccina run`: the daemon. */
export async function runCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: {
      settings: { type: 'string', default: defaultSettingsFile },
      run: { type: 'string', default: defaultRunDirectory },
    },
    read: ({ settings, run }) => ({ file: settings, run }),
  })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  let settings = await settingsOf(line.file, out)
  // Whoever calls it by hand is told and can mend it; a service would only be started again and again.
  if (!settings && !process.env.NOTIFY_SOCKET) return 1
  const stopped = untilStopped()
  settings ??= await awaitSettings({ ...line, out, stopped })
  if (settings) await run(settings, { out, stopped, refused: await refusedBeside(line.run) })
  return 0
}

/** What is wrong with the settings on the card, where others were and are in force. */
async function refusedBeside(runDirectory: string): Promise<readonly Problem[] | undefined> {
  const refused = await readRefused(runDirectory)
  return refused?.othersInForce ? refused.problems : undefined
}

async function settingsOf(file: string, out: Out): Promise<Settings | undefined> {
  const parsed = await parseSettingsFile(file)
  if (parsed.ok) {
    for (const warning of parsed.warnings) out.stderr(prefixed('warn', `${formatWarning(warning)}\n`))
    return parsed.settings
  }
  for (const problem of parsed.problems) out.stderr(prefixed('error', `${formatProblem(problem)}\n`))
  return undefined
}

interface Running {
  out: Out
  stopped: Promise<NodeJS.Signals>
  /** What is wrong with the settings on the card, where they did not come into force. */
  refused: readonly Problem[] | undefined
}

async function run(settings: Settings, { out, stopped, refused }: Running): Promise<void> {
  const log = openLog({ level: settings.log.level, write: out.stderr, journald: isJournald() })
  await using supervisor = openSupervisor({ env: process.env, pid: process.pid, log })
  using clock = SystemClock.open(settings.clock)
  using _ = clock.onChange(() => log.info('clock changed', { synchronised: clock.now().synchronised }))
  await using panel = await composePanel(settings, { clock, log })
  await using terminal = await composeTerminal(settings, { panel, clock, log, ...(refused && { refused }) })
  const { municipality, office, counter } = settings.terminal
  if (refused) log.warn('settings on the card refused', { problem: refusedWords(refused) })
  log.info('starting', { version, terminal: `${municipality}/${office}/${counter}`, node: process.version })
  const { ready, tried } = terminal.start()
  ready.then(() => log.info('ready'))
  using watchdog = supervisor && new Watchdog({ supervisor, clock, log, look: () => terminal.condition })
  watchdog?.start()
  tried.then(() => watchdog?.ready())
  log.info('stopping', { signal: await stopped })
}
