import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { languages } from '../domain/words.ts'
import { openBrowserPanel } from '../panels/browser/browser-panel.ts'
import { tryRoutes } from '../panels/browser/try-routes.ts'
import { parseSettings, type Settings } from '../settings/index.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { commandLine, text, wholeOf } from './command-line.ts'
import { composeTerminal, journalDirectory } from './compose.ts'
import { openEmbeddedBroker } from './embedded-broker.ts'
import { firstFree } from './first-free.ts'
import type { ExitCode, Out } from './out.ts'
import { untilStopped } from './until-stopped.ts'

const usage = `Usage: faccina try [--port PORT] [--broker-port PORT] [--directory DIR]

Shows the whole path on this computer: a panel in the browser, the journal, an embedded broker, and what
the broker received. No hardware, no settings, nothing open to the network.

  --port PORT          of the page (default 8080, or the next free one)
  --broker-port PORT   of the MQTT broker (default 1883, or the next free one)
  --directory DIR      keep the votes there (default: a temporary folder, removed at the end)
  --help               this text
`

const host = '127.0.0.1'

interface Line {
  port: number | undefined
  brokerPort: number | undefined
  directory: string | undefined
}

/** `faccina try`: a newcomer's first minute. */
export async function tryCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { port: text, 'broker-port': text, directory: text },
    read: ({ port, 'broker-port': brokerPort, directory }): Line => ({
      port: portOf('--port', port),
      brokerPort: portOf('--broker-port', brokerPort),
      directory: directory === undefined ? undefined : resolve(directory),
    }),
  })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  const stopped = untilStopped()
  const directory = line.directory ?? (await mkdtemp(join(tmpdir(), 'faccina-try-')))
  try {
    await show(line, directory, stopped, out)
  } finally {
    if (line.directory === undefined) await rm(directory, { recursive: true, force: true })
  }
  return 0
}

async function show(line: Line, directory: string, stopped: Promise<unknown>, out: Out): Promise<void> {
  const log = openLog({ level: 'warn', write: out.stderr, journald: false })
  using clock = SystemClock.open({ source: 'system' })
  await using broker = await openEmbeddedBroker({ host, port: line.brokerPort })
  const journal = journalDirectory(directory)
  const port = broker.port === 1883 ? '' : ` -p ${broker.port}`
  const subscribe = `mosquitto_sub -v${port} -t 'faccina/1/#'`
  const extra = tryRoutes({ info: { broker: broker.url, subscribe, journal }, subscribe: broker.subscribe })
  await using panel = await firstFree(line.port, 8080, (port) =>
    openBrowserPanel({ listen: { host, port }, clock, log, extra }),
  )
  await using terminal = await composeTerminal(trySettings(broker.url, directory), { panel, clock, log })
  await terminal.start().ready
  const bold = (text: string) => (out.colour ? `\u001b[1m${text}\u001b[0m` : text)
  out.stdout(`
  Faccina is running. Open the panel and press a face:

    Panel    ${bold(panel.address)}
    Broker   ${bold(broker.url)}
    Votes    ${journal}${line.directory === undefined ? ' (temporary)' : ''}

  In another shell, the same votes as a subscriber sees them:

    ${bold(subscribe)}

  Ctrl-C ends it.

`)
  await stopped
}

function portOf(option: string, found: string | undefined): number | undefined {
  return found === undefined ? undefined : wholeOf(option, found, 0, 65_535)
}

/** Every default, through the same door as a file: so that it is checked like one. */
function trySettings(url: string, directory: string): Settings {
  const text = JSON.stringify({
    terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '1' },
    broker: { url },
    storage: { directory },
    languages,
    clock: { source: 'system' },
  })
  const parsed = parseSettings(text, 'faccina try')
  if (!parsed.ok) throw new Error(parsed.problems.map(({ key, found }) => `${key}: ${found}`).join('\n'))
  return parsed.settings
}
