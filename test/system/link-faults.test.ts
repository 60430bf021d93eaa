import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SystemClock } from '../../src/system/clock.ts'
import { fill } from '../bench/journals.ts'
import { TcpProxy } from '../contracts/tcp-proxy.ts'
import { Arrivals } from './arrivals.ts'
import { run } from './file-systems.ts'
import { folder } from './folder.ts'
import { openLink } from './links.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** Links that are slow, far or lossy. Each drains what waits, and no citizen notices. Run as root. */

const window = 16
/** A thank-you that takes longer is one that waits for something else than the disk. */
const thanksMs = 1_500

async function waiting(directory: string, votes: number): Promise<void> {
  using clock = SystemClock.open({ source: 'system' })
  await fill(join(directory, 'store', 'journal'), votes, clock)
}

/** Drains `votes` over the link behind `url`, with votes in between. */
async function drains(t: Test, directory: string, port: number, url: string, votes: number): Promise<void> {
  await waiting(directory, votes)
  await using subscriber = await Subscriber.open(port)
  const begun = performance.now()
  await using terminal = await TerminalChild.start({ directory, broker: url })
  const arrivals = new Arrivals()
  const thanks: number[] = []
  for (const share of [0.1, 0.4, 0.7]) {
    await subscriber.until(() => arrivals.see(subscriber).votes >= share * votes, 200_000)
    thanks.push(await terminal.vote('neutral'))
  }
  await subscriber.until(() => arrivals.see(subscriber).votes >= votes + 3, 200_000)
  const seconds = (performance.now() - begun) / 1000
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [votes + 3, 0])
  const connections = [...terminal.output.matchAll(/ connected /g)].length
  t.ok(
    arrivals.duplicates <= (connections - 1) * window,
    `${arrivals.duplicates} duplicates, ${connections} connections, ${Math.round(seconds)} s`,
  )
  t.ok(Math.max(...thanks) < thanksMs, `thanked within ${thanks.map(Math.round).join(', ')} ms`)
}

// Each waits for its link and needs little of the computer.
t.jobs = 3

t.test('16 kbit/s', { buffered: true }, async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto(['allow_anonymous true', 'listener 0 $DIR/socket'])
  const socket = join(broker.directory, 'socket')
  const tbf = ['root', 'tbf', 'rate', '16kbit', 'burst', '1600', 'latency', '3s']
  await using link = await openLink(t, socket, ({ near, far, there }) => {
    run('tc', 'qdisc', 'add', 'dev', near, ...tbf)
    there('tc', 'qdisc', 'add', 'dev', far, ...tbf)
  })
  await drains(t, directory, broker.port, `mqtt://${link.host}:${link.port}`, 200)
})

t.test('30 % of the packets lost, in each direction', { buffered: true }, async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto(['allow_anonymous true', 'listener 0 $DIR/socket'])
  const socket = join(broker.directory, 'socket')
  const lose = ['-m', 'statistic', '--mode', 'random', '--probability', '0.3', '-j', 'DROP']
  await using link = await openLink(t, socket, ({ far, there }) => {
    there('iptables', '-A', 'INPUT', '-i', far, ...lose)
    there('iptables', '-A', 'OUTPUT', '-o', far, ...lose)
  })
  await drains(t, directory, broker.port, `mqtt://${link.host}:${link.port}`, 300)
})

t.test('four seconds there and back', { buffered: true }, async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto()
  await using proxy = await TcpProxy.open(broker.port, 2_000)
  await drains(t, directory, broker.port, `mqtt://127.0.0.1:${proxy.port}`, 200)
})
