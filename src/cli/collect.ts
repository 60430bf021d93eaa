import { hostname } from 'node:os'
import { faceSvg } from '../panels/faces.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type CollectorSettings, collectorExample, parseCollectorSettings } from '../settings/collector.ts'
import { formatProblem, type Problem, SettingsError } from '../settings/index.ts'
import { type AlertRules, Alerts } from '../subscriber/alerts/alerts.ts'
import { PublishAlerts } from '../subscriber/alerts/publish.ts'
import { Collector } from '../subscriber/collect/collector.ts'
import { openDatabase } from '../subscriber/database/open-database.ts'
import { Feed } from '../subscriber/feed.ts'
import { LivePage } from '../subscriber/live/live-page.ts'
import { SystemClock } from '../system/clock.ts'
import { isJournald, openLog } from '../system/log.ts'
import { readSettingsText } from '../system/settings-file.ts'
import { openWebServer } from '../web/web-server.ts'
import { openUplink } from './broker-options.ts'
import { commandLine, text } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'
import { untilStopped } from './until-stopped.ts'

const usage = `Usage: faccina collect --broker URL [--database WHERE] [--http HOST:PORT]
       faccina collect --settings FILE
       faccina collect --example

Puts the votes of all terminals into a database, each exactly once, tells the terminals how far it is, and
asks them for what is missing. Can be stopped and started again at any time.

  --broker URL      mqtts://host:8883 or mqtt://host:1883
  --database WHERE  an SQLite file (made if need be), or postgres://host/database
                    (default: faccina-votes.db in this folder)
  --http HOST:PORT  a live page with the report, the terminals and the alerts; 127.0.0.1:8090 is for this
                    computer alone
  --terminals WHO   municipality/office/counter, with + for all (default: +/+/+)
  --share NAME      several collectors of this name share the votes; needs PostgreSQL
  --settings FILE   all of this, and alerts, opening hours, user, password, certificates, from a file
  --example         such a file, to begin with
  --help            this text
`

interface Line {
  settings: string | undefined
  /** What stands on the line itself, by the names of the settings. */
  given: Record<string, unknown>
}

/** `faccina collect`; ends with a signal, or with 1 where somebody must change something first. */
export async function collectCommand(args: string[], out: Out): Promise<ExitCode> {
  if (args.includes('--example')) {
    out.stdout(collectorExample())
    return 0
  }
  const asked = commandLine(args, out, {
    usage,
    options: { broker: text, database: text, http: text, terminals: text, share: text, settings: text },
    read({ settings, broker, ...rest }): Line {
      if (settings === undefined && broker === undefined)
        throw new Error('collect needs --broker URL, or --settings FILE')
      return { settings, given: { ...rest, ...(broker !== undefined && { broker: { url: broker } }) } }
    },
  })
  if ('exit' in asked) return asked.exit
  const settings = await settingsOf(asked.line, out)
  if (!settings) return 1
  const { url } = settings.broker
  if (url === undefined) {
    out.stderr(`${formatProblem({ ...noUrl, file: asked.line.settings ?? noUrl.file })}\n`)
    return 1
  }
  await collect({ ...settings, broker: { ...settings.broker, url } }, out)
  return 0
}

/** The file, and over it what stands on the line; both are checked by the same schema. */
async function settingsOf({ settings: file, given }: Line, out: Out): Promise<CollectorSettings | undefined> {
  try {
    const line = checked(parseCollectorSettings(JSON.stringify(given), 'command line'))
    if (file === undefined) return line
    const base = checked(parseCollectorSettings(await readSettingsText(file), file))
    const over = Object.keys(given).map((key) => [key, line[key as keyof CollectorSettings]])
    const { broker, ...rest } = Object.fromEntries(over)
    return { ...base, ...rest, broker: { ...base.broker, ...(broker && { url: broker.url }) } }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const problem of error.problems) out.stderr(`${formatProblem(problem)}\n`)
    return undefined
  }
}

function checked(parsed: ReturnType<typeof parseCollectorSettings>): CollectorSettings {
  if (!parsed.ok) throw new SettingsError(parsed.problems)
  return parsed.settings
}

type Complete = CollectorSettings & { broker: { url: string } }

/** So that a collector that is mended the next morning misses nothing. */
const sessionSeconds = 7 * 86_400

async function collect(settings: Complete, out: Out): Promise<void> {
  const { broker, terminals, share, http } = settings
  const log = openLog({
    level: settings.log.level,
    write: out.stderr,
    journald: isJournald(),
  })
  using clock = SystemClock.open({ source: 'system' })
  const stopped = untilStopped()
  const stop = new AbortController()
  await using database = await openDatabase(settings.database)
  const alerts = alertsOf(settings)
  const means = { alerts, clock, log, stop: stop.signal }
  await using page = http && (await openLivePage(settings, http, means))
  const collector = new Collector({
    database,
    uplink: openUplink({ ...broker, clientId: clientIdOf(settings) }, clock, { sessionSeconds }),
    topicRoot: broker.topicRoot,
    where: terminals,
    ...(share !== undefined && { share }),
    onStored: () => page?.changed(),
    clock,
    log,
    random: Math.random,
  })
  const watching = watchAlerts(settings, means, () => page?.changed())
  const collecting = collector.run(stop.signal)
  log.info('collecting', { terminals, database: withoutPassword(settings.database) })
  if (page) out.stdout(`The report, live: ${page.address}\n`)
  const signal = await Promise.race([stopped, collecting]).finally(() => stop.abort())
  await Promise.all([collecting, watching])
  log.info('stopping', { signal, ...collector.collected })
}

function rulesOf({ alerts, hours }: Complete): AlertRules {
  return { ...alerts, ...(hours && { hours }) }
}

function alertsOf(settings: Complete): Alerts {
  return new Alerts(rulesOf(settings))
}

interface Means {
  alerts: Alerts
  clock: Clock
  log: Log
  stop: AbortSignal
}

/**
 * Alerts look at everything, whoever of several collectors stores it: they read the broker by a connection of
 * their own. Of collectors that share the votes only the one with the live page warns.
 */
async function watchAlerts(
  settings: Complete,
  { alerts, clock, log, stop }: Means,
  onChange: () => void,
): Promise<void> {
  const { broker, terminals, share, http, language } = settings
  if (share !== undefined && http === undefined) return
  const { topicRoot } = broker
  const publish = new PublishAlerts({
    alerts,
    rules: rulesOf(settings),
    language,
    topicRoot,
    where: terminals,
    onChange,
    clock,
    log,
  })
  const feed = new Feed({
    uplink: openUplink({ ...broker, clientId: `${clientIdOf(settings)}-alerts` }, clock),
    topicRoot,
    where: terminals,
    kinds: ['vote', 'state', 'health', 'totals'],
    receive: (item) => alerts.take(item, clock.now().wall),
    work: (connection, signal) => publish.run(connection, signal),
    clock,
    log,
    random: Math.random,
  })
  await feed.run(stop)
}

interface ServedPage extends AsyncDisposable {
  address: string
  changed(): void
}

async function openLivePage(
  settings: Complete,
  listen: NonNullable<Complete['http']>,
  { alerts, clock, log, stop }: Means,
): Promise<ServedPage> {
  // A reader of its own, so that a long report never holds a vote up.
  const database = await openDatabase(settings.database, { readOnly: true })
  const page = new LivePage({
    database,
    alerts,
    rules: rulesOf(settings),
    language: settings.language,
    timeZone: settings.hours?.timeZone ?? 'Europe/Rome',
    face: (face) => faceSvg(face),
    clock,
  })
  const words = { name: 'live page', setting: 'http' }
  const server = await openWebServer({ listen, routes: page.routes, words, clock, log })
  return {
    address: server.address,
    changed: () => void page.changed(stop),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** The broker knows a collector by it when it comes back. */
function clientIdOf({ broker }: Complete): string {
  return broker.clientId ?? `faccina-collect-${hostname()}`
}

function withoutPassword(where: string): string {
  return where.replace(/^(\w+:\/\/)[^/@]*@/, '$1')
}

const noUrl: Problem = {
  file: 'settings',
  line: 0,
  column: 0,
  key: 'broker.url',
  found: 'nothing',
  allowed: 'mqtts://host:port or mqtt://host:port',
}
