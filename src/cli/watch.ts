import { randomBytes } from 'node:crypto'
import { Feed } from '../subscriber/feed.ts'
import type { Item, Rejected } from '../subscriber/item.ts'
import { kinds } from '../subscriber/messages.ts'
import { Board } from '../subscriber/watch/board.ts'
import { colours, columns, rowOf, voteLine } from '../subscriber/watch/lines.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { brokerLines, brokerOf, brokerOptions, openUplink, terminalsOf } from './broker-options.ts'
import { commandLine, flag } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'
import { table } from './table.ts'
import { untilStopped } from './until-stopped.ts'

const usage = `Usage: faccina watch --broker URL [--terminals WHO] [--json]

Shows the terminals and their votes, live: whether each is online, its last vote, whether every vote since the
beginning of the watching has come, how many wait on its disk, and its health.

${brokerLines}
  --json             one JSON object a line, for pipes: {"is": "vote", "source", "event"} …
  --help             this text
`

interface Line {
  broker: ReturnType<typeof brokerOf>
  terminals: string
  json: boolean
}

/** `faccina watch`; ends with a signal. */
export async function watchCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { ...brokerOptions, json: flag },
    read: (values): Line => ({ broker: brokerOf(values), terminals: terminalsOf(values), json: values.json }),
  })
  if ('exit' in asked) return asked.exit
  await watch(asked.line, out)
  return 0
}

async function watch({ broker, terminals, json }: Line, out: Out): Promise<void> {
  const log = openLog({ level: 'warn', write: out.stderr, journald: false })
  using clock = SystemClock.open({ source: 'system' })
  const view = json ? jsonView(out) : out.colour ? new LiveView(out, clock) : lineView(out, clock)
  const clientId = `faccina-watch-${randomBytes(6).toString('hex')}`
  const feed = new Feed({
    uplink: openUplink({ clientId, ...broker }, clock),
    topicRoot: broker.topicRoot,
    where: terminals,
    kinds,
    receive: (item) => view.take(item),
    onLink: (online) => view.link?.(online),
    clock,
    log,
    random: Math.random,
  })
  const stop = new AbortController()
  const reading = feed.run(stop.signal)
  await untilStopped()
  stop.abort()
  await reading
  view.end?.()
}

interface View {
  take(item: Item | Rejected): void
  link?(online: boolean): void
  end?(): void
}

function jsonView(out: Out): View {
  return {
    take(item) {
      const shown =
        item.is === 'rejected' ? { ...item, payload: new TextDecoder().decode(item.payload) } : item
      out.stdout(`${JSON.stringify(shown)}\n`)
    },
  }
}

/** Where no screen can be drawn anew, in a file or a pipe: the votes, line by line. */
function lineView(out: Out, clock: SystemClock): View {
  const board = new Board(1)
  return {
    take(item) {
      const isNew = board.take(item, clock.now().wall)
      if (item.is === 'vote' && isNew) out.stdout(`${voteLine(item.event)}\n`)
      if (item.is === 'rejected') out.stderr(`rejected: ${item.topic}: ${item.why}\n`)
    },
  }
}

const drawEveryMs = 250
const votesShown = 12

/** The table, drawn anew in place when something has changed. */
class LiveView implements View {
  readonly #board = new Board(votesShown)
  readonly #out: Out
  readonly #clock: SystemClock
  #alarm: Disposable | undefined
  #online = false

  constructor(out: Out, clock: SystemClock) {
    this.#out = out
    this.#clock = clock
    // The alternate screen, without a cursor: what was on the terminal before comes back at the end.
    out.stdout('\u001b[?1049h\u001b[?25l')
    this.#draw()
  }

  take(item: Item | Rejected): void {
    this.#board.take(item, this.#clock.now().wall)
    this.#soon()
  }

  link(online: boolean): void {
    this.#online = online
    this.#soon()
  }

  #soon(ms = drawEveryMs): void {
    this.#alarm ??= this.#clock.alarm(this.#clock.now().mono + ms, () => {
      this.#alarm = undefined
      this.#draw()
      // Ages grow without anything having happened.
      this.#soon(5_000)
    })
  }

  #draw(): void {
    const { rows = 24, columns: width = 80 } = process.stdout
    const now = this.#clock.now().wall
    const terminals = this.#board.terminals()
    const room = Math.max(3, rows - Math.min(votesShown, this.#board.latest.length) - 6)
    const shown = terminals.slice(0, room)
    const more = terminals.length > room ? `… and ${counted(terminals.length - room, 'more terminal')}\n` : ''
    const head = `${counted(terminals.length, 'terminal')} · ${this.#online ? 'connected' : 'not connected'}${
      this.#board.rejected > 0 ? ` · ${counted(this.#board.rejected, 'message')} rejected` : ''
    } · Ctrl-C ends\n\n`
    const votes = this.#board.latest.map((vote) => `${colours[vote.data.face]}●\u001b[0m ${voteLine(vote)}`)
    const body = `${table(
      [...columns],
      shown.map((one) => rowOf(one, now)),
      true,
    )}${more}\n${votes.join('\n')}\n`
    const lines = `${head}${body}`.split('\n').map((line) => cutTo(width, line))
    this.#out.stdout(`\u001b[H\u001b[2J${lines.slice(0, rows - 1).join('\n')}`)
  }

  end(): void {
    this.#alarm?.[Symbol.dispose]()
    this.#out.stdout('\u001b[?25h\u001b[?1049l')
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** Colours take no room. */
function cutTo(width: number, line: string): string {
  let left = width
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are
  return line.replace(/\u001b\[\d*m|./gu, (sign) => {
    if (sign.startsWith('\u001b')) return sign
    return left-- > 0 ? sign : ''
  })
}
