import { join } from 'node:path'
import t from 'tap'
import type { GapEvent, TotalsMessage } from '../../src/contract/schemas.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { fill } from '../bench/journals.ts'
import { freePort } from '../contracts/free-port.ts'
import { TcpProxy } from '../contracts/tcp-proxy.ts'
import { Committer } from './committer.ts'
import { folder } from './folder.ts'
import { healthOf } from './health-of.ts'
import { openMosquitto } from './mosquitto.ts'
import type { Range } from './ranges.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** A broker that acknowledges and then loses its memory: who confirms decides whether votes are missing. */

const waiting = 4_000
/** How many votes the collector has when the broker is killed. */
const kills = [300, 600, 900]
/** There and back it takes twice this, so that votes flow for a while; the collector is slower still. */
const wayMs = 10
const slowMs = 3

async function filled(directory: string): Promise<void> {
  using clock = SystemClock.open({ source: 'system' })
  await fill(join(directory, 'store', 'journal'), waiting, clock)
}

function count(ranges: Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

function totalsOf(subscriber: Subscriber): number | undefined {
  return subscriber.of<TotalsMessage>('totals').at(-1)?.sequence
}

/** The broker is killed while votes flow to a collector that is slower than the terminal. */
async function killedAgainAndAgain(port: number, committer: Committer): Promise<void> {
  for (const votes of kills) {
    const broker = await openMosquitto(['allow_anonymous true'], {}, port)
    await committer.until(() => committer.votes >= votes)
    await broker.kill()
  }
}

t.test('with confirmation by a collector nothing is missing', async (t) => {
  const directory = await folder(t)
  await filled(directory)
  const port = await freePort()
  await using committer = Committer.open(port, { commits: true, slowMs })
  await using proxy = await TcpProxy.open(port, wayMs)
  const settings = {
    directory,
    broker: `mqtt://127.0.0.1:${proxy.port}`,
    more: { delivery: { confirmation: 'collector', recommitSeconds: 5 } },
  }
  await using terminal = await TerminalChild.start(settings)
  await killedAgainAndAgain(port, committer)
  await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
  await committer.until(() => committer.votes >= waiting)
  const [epoch = ''] = committer.epochs
  t.same(committer.missing(epoch, waiting), [])
  t.same(committer.faults, [])
  t.same(committer.epochs.length, 1)
  t.comment(`${committer.votes} votes, ${committer.duplicates} duplicates, ${kills.length} kills`)
  // And done is what it said: after a restart nothing is sent again.
  const { duplicates } = committer
  await terminal.vote('neutral')
  await committer.until(() => committer.votes === waiting + 1)
  t.equal(await terminal.kill('SIGTERM'), 0)
  await using again = await TerminalChild.start(settings)
  await again.vote('satisfied')
  await committer.until(() => committer.votes === waiting + 2)
  t.ok(committer.duplicates - duplicates <= 1, `${committer.duplicates - duplicates} duplicates`)
})

t.test('with confirmation by the broker some are missing, and a replay brings them', async (t) => {
  const directory = await folder(t)
  await filled(directory)
  const port = await freePort()
  await using committer = Committer.open(port, { commits: false, slowMs })
  await using proxy = await TcpProxy.open(port, wayMs)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${proxy.port}` })
  await killedAgainAndAgain(port, committer)
  await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
  await using subscriber = await Subscriber.open(port)
  await subscriber.until(() => totalsOf(subscriber) === waiting)
  for (let left = waiting; left > 0; ) left = (await healthOf(subscriber)).queue.votes
  // What the broker has taken it also hands over, by and by; the answer stands behind it.
  await committer.ask('health', { id: 'drained' })
  const [epoch = ''] = committer.epochs
  const missing = committer.missing(epoch, waiting)
  t.comment(`${count(missing)} of ${waiting} are missing in ${missing.length} ranges`)
  t.ok(count(missing) > 0, 'the broker lost some, or this test shows nothing')
  for (const { from, to } of missing) {
    const reply = await committer.ask('replay', { id: `${from}`, from, to })
    t.match(reply, { ok: true, epoch, from, to, votes: to - from + 1 })
  }
  await committer.until(() => committer.missing(epoch, waiting).length === 0)
  t.equal(committer.replayed, count(missing), 'and no others')
  t.same(committer.faults, [])
  t.ok(terminal.output.includes('replayed'))
})

t.test('an exchanged card: what nobody has is told as lost, once', async (t) => {
  const port = await freePort()
  await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
  const broker = `mqtt://127.0.0.1:${port}`
  await using subscriber = await Subscriber.open(port)
  const totals = () => subscriber.of<TotalsMessage>('totals')
  const run = async (directory: string, votes: number, sequence: number) => {
    const { length } = totals()
    await using terminal = await TerminalChild.start({ directory, broker })
    for (let i = 0; i < votes; i++) await terminal.vote('satisfied')
    await subscriber.until(() => totals().slice(length).at(-1)?.sequence === sequence)
    await terminal.kill('SIGTERM')
    return totals().at(-1)?.epoch ?? ''
  }
  const first = await run(await folder(t), 3, 3)
  await subscriber.publish(
    'faccina/1/c_e506/anagrafe/3/committed',
    JSON.stringify({ epoch: first, sequence: 1 }),
    true,
  )
  const directory = await folder(t)
  const second = await run(directory, 1, 1)
  t.not(second, first)
  const gaps = () => subscriber.of<GapEvent>('gap')
  t.match(gaps(), [{ data: { epoch: first, from: 2, to: 3, cause: 'exchanged' } }])
  const order = subscriber.received.map(({ topic, payload }) =>
    topic.endsWith('/gap')
      ? 'gap'
      : topic.endsWith('/totals') && (payload as TotalsMessage).epoch === second && 'totals',
  )
  t.equal(order.find(Boolean), 'gap', 'the totals of the new one come after it')
  await run(directory, 1, 2)
  t.equal(gaps().length, 1)
})
