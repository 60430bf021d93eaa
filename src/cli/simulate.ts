import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { iso, type WallMs } from '../domain/time.ts'
import { faces } from '../domain/words.ts'
import { type Municipality, municipality, timeZone } from '../subscriber/simulate/municipality.ts'
import { type Pace, type Progress, type Published, Simulation } from '../subscriber/simulate/simulation.ts'
import type { Trouble } from '../subscriber/simulate/troubles.ts'
import { SystemClock } from '../system/clock.ts'
import { brokerOf, brokerOptions, openUplink } from './broker-options.ts'
import { commandLine, flag, levelOf, oneOf, text, type Values, wholeOf, wrong } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'
import { table } from './table.ts'
import { untilStopped } from './until-stopped.ts'
import { version } from './version.ts'

const usage = `Usage: faccina simulate --broker URL [--terminals N] [--days N] [--seed N] [--speed HOW] [--json]

Publishes a municipality that nobody lives in, through the real contract: offices, opening hours, crowds, moods,
outages, power cuts, exchanged cards. The same seed and options give the same messages. It answers replays as
real terminals do, and says at the end what a collector must have.

  --broker URL       mqtt://host:1883 or mqtts://host:8883; not the one of your real terminals
  --terminals N      how many (default 1000)
  --days N           how many days (default 7)
  --from DATE        the first day, e.g. 2026-05-04 (default: so that yesterday is the last; live: today)
  --seed N           another seed is another municipality (default 1)
  --crowd FACTOR     how many times the usual number of people comes (default 1)
  --speed HOW        max: as fast as the broker takes it (default); live: what is past at once, and then as it
                     happens; a number: so many times as fast as real time
  --municipality M   its level of the topics (default c_e506)
  --connections HOW  few: up to 16 publish for all (default); terminal: one each, with its will
  --lossy SHARE      keep back this share of the votes, as if the broker had lost them, e.g. 0.01
  --wait FOR         stay when all is published, for the sake of replays: committed: until a collector has
                     everything; stopped: until Ctrl-C
  --truth            say which places are truly bad
  --json             the result for machines, with the truth and each counter
  --username NAME, --password-file FILE, --ca FILE, --certificate FILE, --key FILE, --topic-root ROOT
                     as for faccina watch
  --help             this text
`

const options = {
  ...brokerOptions,
  days: { type: 'string', default: '7' },
  from: text,
  seed: { type: 'string', default: '1' },
  crowd: { type: 'string', default: '1' },
  speed: { type: 'string', default: 'max' },
  municipality: { type: 'string', default: 'c_e506' },
  connections: { type: 'string', default: 'few' },
  lossy: { type: 'string', default: '0' },
  wait: text,
  truth: flag,
  json: flag,
} as const

interface Line {
  broker: ReturnType<typeof brokerOf>
  terminals: number
  days: number
  from: string | undefined
  seed: number
  crowd: number
  pace: Pace
  municipality: string
  connections: 'few' | 'terminal'
  lossy: number
  wait: 'committed' | 'stopped' | undefined
  truth: boolean
  json: boolean
}

/** `faccina simulate`: a municipality to try everything with. */
export async function simulateCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, { usage, options, read: readLine })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  using clock = SystemClock.open({ source: 'system' })
  // What happens live happens today.
  const past = line.pace.is === 'live' ? line.days - 1 : line.days
  const from = line.from ?? daysAgo(past, clock.now().wall)
  const town = municipality({ ...line, name: line.municipality, from, version })
  const stop = new AbortController()
  untilStopped().then(() => stop.abort())
  const bar = new Bar(out, clock, town)
  const run = randomBytes(4).toString('hex')
  const simulation = new Simulation({
    ...line,
    municipality: town,
    topicRoot: line.broker.topicRoot,
    uplinkOf: (n) => openUplink({ ...line.broker, clientId: `faccina-simulate-${run}-${n}` }, clock),
    clock,
    onProgress: (progress) => bar.show(progress),
    onConnected: (count, seconds) => bar.say(`${count} connections stand after ${seconds.toFixed(1)} s`),
  })
  try {
    if (line.connections === 'terminal') await enoughFiles(line.terminals)
    await simulation.connect(stop.signal)
    const published = await simulation.run(stop.signal)
    bar.end()
    if (stop.signal.aborted) return stopped(published, out)
    if (line.wait) await wait(simulation, line.wait, bar, stop.signal)
    const result = { ...published, ...simulation.since }
    out.stdout(line.json ? jsonOf(result, town) : textOf(result, town, line.truth, out.colour))
    if (result.refusal !== undefined)
      out.stderr(`faccina: ${result.refused} messages were refused: ${result.refusal}\n`)
    return result.refused > 0 ? 1 : 0
  } finally {
    stop.abort()
    await simulation.ended()
  }
}

/** Each connection is an open file, and Node needs some of its own. */
async function enoughFiles(connections: number): Promise<void> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const allowed = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  if (connections + ownFiles <= allowed) return
  throw new Error(
    `${connections} connections need ${connections + ownFiles} open files, and this process may have ${allowed}; raise it (ulimit -n, LimitNOFILE=), here and for the broker, or use --connections few`,
  )
}

const ownFiles = 64

function stopped({ messages }: Published, out: Out): ExitCode {
  out.stderr(`stopped after ${messages} messages; what a collector must have is not known\n`)
  return 1
}

async function wait(
  simulation: Simulation,
  what: NonNullable<Line['wait']>,
  bar: Bar,
  signal: AbortSignal,
): Promise<void> {
  bar.say(`all is published; replays are answered until ${waits[what]}`)
  if (what === 'committed') await simulation.untilCommitted(signal)
  else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}

const waits = { committed: 'a collector has everything', stopped: 'Ctrl-C' } as const

const barEveryMs = 200
const barWidth = 30

/** How far it is, on one line that is written anew; only for people at a terminal. */
class Bar {
  readonly #out: Out
  readonly #clock: SystemClock
  readonly #town: Municipality
  readonly #isShown = process.stderr.isTTY === true
  #next = 0
  #length = 0

  constructor(out: Out, clock: SystemClock, town: Municipality) {
    this.#out = out
    this.#clock = clock
    this.#town = town
  }

  show({ at, share, messages }: Progress): void {
    const { mono } = this.#clock.now()
    if (!this.#isShown || mono < this.#next) return
    this.#next = mono + barEveryMs
    const full = Math.round(share * barWidth)
    const time = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    }).format(at)
    const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`
    this.#write(`${bar} ${Math.floor(share * 100)} %  ${time}  ${messages} messages`)
  }

  say(text: string): void {
    this.end()
    this.#out.stderr(`${this.#town.terminals.length} terminals in ${this.#town.name}: ${text}\n`)
  }

  end(): void {
    if (this.#length > 0) this.#out.stderr(`\r${' '.repeat(this.#length)}\r`)
    this.#length = 0
  }

  #write(text: string): void {
    this.#out.stderr(`\r${text.padEnd(this.#length)}`)
    this.#length = text.length
  }
}

function jsonOf(result: Published, { name, seed, from, to, troubles }: Municipality): string {
  const rates = { messagesPerSecond: Math.round(result.messages / result.seconds) }
  const span = { from: iso(from), to: iso(to) }
  const { counters, ...sums } = result
  return `${JSON.stringify({ municipality: name, seed, ...span, ...sums, ...rates, troubles, counters })}\n`
}

function textOf(result: Published, town: Municipality, withTruth: boolean, colour: boolean): string {
  const { truth, counters, connections, messages, bytes, seconds } = result
  const rows = faces.map((face) => [face, String(truth.faces[face]), percent(truth.faces[face], truth.votes)])
  const about = [
    ['terminals', counters.length],
    ['connections', connections],
    ['messages', messages],
    ['bytes of topics and payloads', bytes],
    ['messages a second', Math.round(messages / seconds)],
    ['gaps', truth.gaps],
    ['summaries', truth.summaries],
    ['people served, as far as counted', truth.served],
    ['votes kept back', result.votesDropped],
    ['replays asked for', result.replayRequests],
    ['messages replayed', result.replayed],
    ['terminals of which a collector has all', result.terminalsCommitted],
  ].map((row) => row.map(String))
  const troubles = withTruth ? `\nTruly bad:\n${town.troubles.map(troubleText).join('')}` : ''
  return `What a collector must have: ${truth.votes} votes

${table(['face', 'votes', 'share'], rows, colour)}
${table(['', 'count'], about, colour)}${troubles}`
}

function troubleText({ office, counter, dissatisfied, reason, says }: Trouble): string {
  const where = counter === undefined ? office : `${office}, counter ${counter}`
  return `  ${where}: ${says}; ${percent(dissatisfied, 1)} dissatisfied, mostly ${reason}\n`
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`
}

/** The local date so many days ago. */
function daysAgo(days: number, now: WallMs): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(now - days * 86_400_000)
}

function readLine(values: Values<typeof options>): Line {
  const municipality = levelOf('--municipality', values.municipality)
  if (values.from !== undefined && !isDate(values.from))
    throw wrong('--from', values.from, 'a day such as 2026-05-04, from 1970 to 2999')
  return {
    broker: brokerOf(values),
    terminals: wholeOf('--terminals', values.terminals ?? '1000', 1, 200_000),
    days: wholeOf('--days', values.days, 1, 3_660),
    from: values.from,
    seed: wholeOf('--seed', values.seed, 0, 2 ** 32 - 1),
    crowd: numberOf('--crowd', values.crowd, 0.01, 100),
    pace: paceOf(values.speed),
    municipality,
    connections: oneOf('--connections', values.connections, ['few', 'terminal']),
    lossy: numberOf('--lossy', values.lossy, 0, 0.9),
    wait: values.wait === undefined ? undefined : oneOf('--wait', values.wait, ['committed', 'stopped']),
    truth: values.truth,
    json: values.json,
  }
}

function paceOf(speed: string): Pace {
  if (speed === 'max') return { is: 'all-at-once' }
  if (speed === 'live') return { is: 'live' }
  const factor = Number(speed)
  if (!/^\d+(\.\d+)?$/.test(speed) || factor < 0.01 || factor > 1e6)
    throw wrong('--speed', speed, 'max, live, or a number from 0.01 to 1000000')
  return { is: 'times', factor }
}

function isDate(text: string): boolean {
  const at = /^(19[7-9]\d|2\d{3})-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isFinite(at) && iso(at).startsWith(text)
}

function numberOf(option: string, found: string, least: number, most: number): number {
  const value = Number(found)
  if (/^\d+(\.\d+)?$/.test(found) && value >= least && value <= most) return value
  throw wrong(option, found, `a number from ${least} to ${most}`)
}
