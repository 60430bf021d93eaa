import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { MqttUplink } from '../broker/mqtt-uplink.ts'
import { systemNeeds } from '../panels/wiring/config-lines.ts'
import type { Clock } from '../ports/clock.ts'
import { pause } from '../ports/clock.ts'
import type { Panel, Part } from '../ports/panel.ts'
import type { Settings } from '../settings/index.ts'
import { inspectJournal } from '../storage/inspect.ts'
import { lockDirectory } from '../storage/lock.ts'
import { openBoard } from '../system/board.ts'
import { SystemClock } from '../system/clock.ts'
import { addressOf, isThisComputer, lookAtMqtt, lookAtPort, lookAtTls } from '../system/doctor/broker.ts'
import { lookAtCertificate } from '../system/doctor/certificate.ts'
import { judgeClock, timeServices } from '../system/doctor/clock.ts'
import { judgeNode, judgeService, judgeSupply, judgeTemperature } from '../system/doctor/computer.ts'
import { examine } from '../terminal/examine.ts'
import { adviceIn, type Check, type Finding, failed, skipped, type Told } from '../system/doctor/finding.ts'
import { type Holder, lookAtJournal } from '../system/doctor/journal.ts'
import { hasDefaultRoute, judgeNetwork, lookAtName } from '../system/doctor/network.ts'
import { judgePanel } from '../system/doctor/panel.ts'
import { printed, summed } from '../system/doctor/print.ts'
import {
  addressesOf,
  readAccounts,
  routes,
  saidBy,
  shakeHands,
  storageLook,
  tryPort,
  upInterfaces,
} from '../system/doctor/real.ts'
import { lookAtSettings } from '../system/doctor/settings.ts'
import { lookAtStorage } from '../system/doctor/storage.ts'
import { type Account, judgeUser, terminalUser } from '../system/doctor/user.ts'
import { openLog } from '../system/log.ts'
import { defaultSettingsFile, readSettingsText } from '../system/settings-file.ts'
import { settled } from '../terminal/panel-check.ts'
import { journalDirectory } from './compose.ts'
import { composePanel, profileOf } from './compose-panel.ts'
import { commandLine, type ExitCode, type Out } from './out.ts'

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
/** How long chrony may take to say that the clock is synchronised. */
const clockMs = 2_000
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
  const asked = commandLine(out, usage, () => readLine(args))
  if ('exit' in asked) return asked.exit
  const { file, json } = asked.line
  const { told, settings } = await lookAtSettings(file, readSettingsText)
  using clock = SystemClock.open({ source: settings?.clock.source ?? 'auto' })
  await using lock = await hold(settings)
  const checks = [
    { name: 'settings', look: async () => told },
    ...(settings ? settingsChecks(settings, clock, lock.holder) : withoutSettings),
    clockCheck(settings, clock),
    networkCheck(settings),
    ...(settings ? brokerChecks(settings, clock) : [unknown('broker')]),
    ...computerChecks(settings),
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

function readLine(args: string[]): { file: string; json: boolean } | 'help' {
  const options = {
    settings: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const
  const { values } = parseArgs({ args, options })
  if (values.help) return 'help'
  return { file: values.settings ?? defaultSettingsFile, json: values.json === true }
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
    {
      name: 'storage',
      look: async (signal) => lookAtStorage(directory, await whoRunsIt(signal), storageLook),
      slow: 'Exchange the card: it does not answer any more.',
    },
    { name: 'journal', look: () => lookAtJournal(holder, () => openJournal(directory)) },
  ]
}

/** A panel that needs root has a drop-in which says so. */
async function whoRunsIt(signal: AbortSignal): Promise<Account> {
  const shown = await saidBy('systemctl', ['show', 'faccina', '-p', 'User'], signal)
  const [, service] = /^User=(.+)$/m.exec(shown ?? '') ?? []
  return terminalUser(await readAccounts(), service)
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
  try {
    await inspectJournal(journalDirectory(directory))
    return 'readable'
  } catch (error) {
    if ((error as Error).message.startsWith('there is no journal')) return 'none'
    throw error
  }
}

function clockCheck(settings: Settings | undefined, clock: Clock): Check {
  return {
    name: 'clock',
    async look(signal) {
      if (!clock.now().synchronised) await untilChanged(clock, signal)
      const { wall, synchronised } = clock.now()
      return judgeClock({
        source: settings?.clock.source ?? 'auto',
        synchronised,
        wall,
        keeper: await keeperOfTime(signal),
      })
    },
  }
}

async function untilChanged(clock: Clock, signal: AbortSignal): Promise<void> {
  const changed = new AbortController()
  using _ = clock.onChange(() => changed.abort())
  await pause(clock, clockMs, AbortSignal.any([changed.signal, signal]))
}

async function keeperOfTime(signal: AbortSignal): Promise<string | undefined> {
  const said = await saidBy('systemctl', ['is-active', ...timeServices], signal)
  const states = (said ?? '').split('\n')
  return timeServices.find((_, i) => states[i] === 'active')
}

function networkCheck(settings: Settings | undefined): Check {
  const { url } = settings?.broker ?? {}
  const needed = url !== undefined && !isThisComputer(addressOf(url).host)
  return {
    name: 'network',
    look: async () =>
      judgeNetwork({
        interfaces: upInterfaces(),
        defaultRoute: hasDefaultRoute(...(await routes())),
        needed,
      }),
  }
}

/** Each only where the one before it went well: there is one thing to mend at a time. */
function brokerChecks({ broker, delivery }: Settings, clock: Clock): Check[] {
  const { url, certificate, key } = broker
  if (url === undefined)
    return [{ name: 'broker', look: async () => skipped('none is set: votes are only stored') }]
  const address = addressOf(url)
  const { wall } = clock.now()
  const uplink = new MqttUplink({
    ...broker,
    url,
    clientId: `${broker.clientId}-doctor`,
    acknowledgementMs: delivery.acknowledgementSeconds * 1000,
    connectMs: 4_000,
    clock,
  })
  let stuck: string | undefined
  const step = (name: string, look: Check['look']): Check => ({
    name,
    slow: 'Ask who runs the network whether the firewall lets this terminal through to the broker.',
    async look(signal) {
      if (stuck !== undefined) return skipped(`comes after ${stuck}`)
      stuck = name
      const told = await look(signal)
      if (told.result !== 'failed') stuck = undefined
      return told
    },
  })
  return [
    ...(certificate !== undefined && key !== undefined
      ? [
          {
            name: 'certificate',
            look: () => lookAtCertificate({ certificate, key }, wall, (path) => readFile(path)),
          },
        ]
      : []),
    step('name', () => lookAtName(address.host, addressesOf)),
    step('broker', (signal) => lookAtPort(address, () => tryPort(address, signal))),
    ...(address.tls
      ? [step('TLS', (signal) => lookAtTls(address, wall, () => shakeHands(address, broker, signal)))]
      : []),
    step('MQTT', (signal) =>
      lookAtMqtt(async () => {
        await using connection = await uplink.connect(undefined, signal)
        return connection.protocol
      }),
    ),
  ]
}

function computerChecks(settings: Settings | undefined): Check[] {
  const reading = async () => (await openBoard(settings?.storage.directory ?? '/')).read()
  const properties = 'LoadState,ActiveState,WatchdogUSec'
  return [
    { name: 'supply', look: async () => judgeSupply(await reading()) },
    { name: 'temperature', look: async () => judgeTemperature(await reading()) },
    { name: 'Node.js', look: async () => judgeNode(process.version) },
    {
      name: 'service',
      look: async (signal) =>
        judgeService(await saidBy('systemctl', ['show', 'faccina', '-p', properties], signal)),
    },
  ]
}
