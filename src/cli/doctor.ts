import { systemNeeds } from '../panels/wiring/config-lines.ts'
import type { Clock } from '../ports/clock.ts'
import { adviceIn, type Check, type Finding, failed, skipped, type Told } from '../ports/examiner.ts'
import type { Panel, Part } from '../ports/panel.ts'
import type { Settings } from '../settings/index.ts'
import { inspectJournal } from '../storage/inspect.ts'
import { lockDirectory } from '../storage/lock.ts'
import { refuseHalfRestored, refuseMoved } from '../storage/moved.ts'
import { SystemClock } from '../system/clock.ts'
import { type Holder, lookAtJournal } from '../system/doctor/journal.ts'
import { judgePanel } from '../system/doctor/panel.ts'
import { printed, summed } from '../system/doctor/print.ts'
import { storageLook } from '../system/doctor/real.ts'
import { lookAtSettings } from '../system/doctor/settings.ts'
import { judgeUser } from '../system/doctor/user.ts'
import { openLog } from '../system/log.ts'
import { defaultSettingsFile } from '../system/settings-file.ts'
import { examine } from '../terminal/examine.ts'
import { settled } from '../terminal/panel-check.ts'
import {
  brokerChecks,
  clockCheck,
  computerChecks,
  hardwareChecks,
  networkCheck,
  storageCheck,
  whoRunsIt,
} from './checks.ts'
import { commandLine, flag } from './command-line.ts'
import { journalDirectory } from './compose.ts'
import { composePanel, profileOf } from './compose-panel.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina doctor [--settings FILE] [--json]

Looks at everything that the terminal needs, in the order in which it can be mended, and says for each thing
that is wrong what to do next. Nothing is changed; the terminal may be running meanwhile.

  ✓ good   ! works, but should be known   ✗ failed   – could not be looked at

  --settings FILE   the settings (default ${defaultSettingsFile})
  --json            the same facts, for machines
  --help            this text

The exit code is 1 if anything has failed.
`

/** Parts of a panel open in the background; a USB panel takes longest, some 5 s. */
const partMs = 8_000
const silent = openLog({ level: 'error', write: () => {}, journald: false })

/**
 * `faccina doctor`: is all well, and if not, what is to be done?
 * @param leave ends the process where something that was given up may hold it
 */
export async function doctorCommand(
  args: string[],
  out: Out,
  leave: (code: ExitCode) => void = process.exit,
): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { settings: { type: 'string', default: defaultSettingsFile }, json: flag },
    read: (values) => values,
  })
  if ('exit' in asked) return asked.exit
  const { settings: file, json } = asked.line
  const { told, settings } = await lookAtSettings(file)
  using clock = SystemClock.open({ source: settings?.clock.source ?? 'auto' })
  await using lock = await hold(settings)
  const checks = [
    { name: 'settings', look: async () => told },
    ...(settings ? settingsChecks(settings, clock, lock.holder) : withoutSettings),
    clockCheck(settings, clock),
    networkCheck(settings),
    ...(settings ? brokerChecks(settings, clock) : [unknown('broker')]),
    ...hardwareChecks(settings),
    ...computerChecks(),
  ]
  const tell = (finding: Finding) => void (json || out.stdout(printed(finding, out.colour)))
  const { findings, late } = await examine(checks, clock, tell)
  const code = findings.some(({ result }) => result === 'failed') ? 1 : 0
  out.stdout(
    json ? `${JSON.stringify({ ok: code === 0, checks: findings }, undefined, 2)}\n` : summed(findings),
  )
  if (late) leave(code)
  return code
}

const unknown = (name: string): Check => ({ name, look: async () => skipped('needs the settings') })
const withoutSettings = ['user', 'panel', 'storage', 'journal'].map(unknown)

/** Whoever runs the terminal holds its storage, and so its panel. Held here until all is looked at. */
async function hold(settings: Settings | undefined): Promise<AsyncDisposable & { holder: Holder }> {
  const nothing = { async [Symbol.asyncDispose]() {} }
  const directory = settings?.storage.directory
  if (directory === undefined) return { ...nothing, holder: { is: 'absent' } }
  // Taking the lock would make the folder.
  const there = await storageLook.stat(directory).catch(() => undefined)
  if (!there?.directory) return { ...nothing, holder: { is: 'absent' } }
  try {
    const lock = await lockDirectory(directory)
    return { [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose](), holder: { is: 'nobody' } }
  } catch (error) {
    const [, says] = /another Faccina \((.*)\) is using/.exec((error as Error).message) ?? []
    return { ...nothing, holder: says === undefined ? { is: 'nobody' } : { is: 'terminal', says } }
  }
}

function settingsChecks(settings: Settings, clock: Clock, holder: Holder): Check[] {
  const { directory } = settings.storage
  return [
    { name: 'user', look: (signal) => userTold(settings, signal) },
    {
      name: 'panel',
      look: (signal) => panelTold(settings, clock, holder, signal),
      slow: 'Look at the cables of the panel, then: faccina panel',
    },
    storageCheck(settings),
    { name: 'journal', look: () => lookAtJournal(holder, () => openJournal(directory)) },
  ]
}

async function userTold(settings: Settings, signal: AbortSignal): Promise<Told> {
  const user = await whoRunsIt(signal)
  try {
    return judgeUser(user, systemNeeds(await profileOf(settings, silent)))
  } catch {
    // The next check says what is wrong with the profile.
    return judgeUser(user, { root: false, groups: [] })
  }
}

async function panelTold(
  settings: Settings,
  clock: Clock,
  holder: Holder,
  signal: AbortSignal,
): Promise<Told> {
  if (holder.is === 'terminal')
    return skipped(
      `the terminal that runs (${holder.says}) has it`,
      'To look at it too, stop the terminal first: sudo systemctl stop faccina',
    )
  try {
    await using panel = await composePanel(settings, { clock, log: silent })
    begin(panel)
    const condition = (part: Part) => settled(part, { clock, partMs, signal })
    const [keys, lights, display] = await Promise.all([
      condition(panel.keys),
      condition(panel.lights),
      condition(panel.display),
    ])
    return judgePanel(panel.name, { keys, lights, display })
  } catch (error) {
    const { message } = error as Error
    return failed(message, adviceIn(message) ?? 'Choose a panel that there is: faccina panel --list')
  }
}

/** Keys begin when somebody listens; lights and displays with the first thing that they are to show. */
function begin({ keys, lights, display }: Panel): void {
  keys.listen(() => {})
  const off = { satisfied: 'off', neutral: 'off', dissatisfied: 'off' } as const
  const screen = { title: '', choices: [], languages: [] }
  const scene = { at: 'closed', language: 'it', lights: off, screen } as const
  lights.show(off, scene)
  display.show(scene)
}

async function openJournal(directory: string): Promise<'readable' | 'none'> {
  await refuseMoved(directory)
  await refuseHalfRestored(directory)
  try {
    await inspectJournal(journalDirectory(directory))
    return 'readable'
  } catch (error) {
    if ((error as Error).message.startsWith('there is no journal')) return 'none'
    throw error
  }
}
