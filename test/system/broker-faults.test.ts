import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import mqtt from 'mqtt'
import t from 'tap'
import { SystemClock } from '../../src/system/clock.ts'
import { fill } from '../bench/journals.ts'
import { freePort } from '../contracts/free-port.ts'
import { TcpProxy } from '../contracts/tcp-proxy.ts'
import { Arrivals } from './arrivals.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { municipalBroker } from './municipal-broker.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** Brokers that die, go dumb, or refuse. Each vote that was thanked arrives, once per id, in order. */

const window = 16

/** Votes that wait at the start, so that many are on their way whenever something happens. */
async function waiting(directory: string, votes: number): Promise<number> {
  using clock = SystemClock.open({ source: 'system' })
  await fill(join(directory, 'store', 'journal'), votes, clock)
  return votes
}

const somewhereBehind = (votes: number) => votes + Math.floor(Math.random() * 200)

t.test('a broker that is killed again and again while votes flow', async (t) => {
  const directory = await folder(t)
  let thanked = await waiting(directory, 3000)
  // A broker's memory dies with it: what is in the way to its subscriber must be in the socket already.
  const { port, start } = await municipalBroker(directory, ['max_inflight_messages 0'])
  // 40 ms there and back: the window is always full, and a kill hits it in the middle.
  await using proxy = await TcpProxy.open(port, 20)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${proxy.port}` })
  const arrivals = new Arrivals()
  for (const until of [400, 900, 1700, 2300].map(somewhereBehind)) {
    const broker = await start()
    await using subscriber = await Subscriber.open(port)
    await subscriber.until(() => arrivals.see(subscriber).votes >= until)
    await broker.kill()
    await subscriber.closed
    arrivals.see(subscriber)
    t.ok(arrivals.votes < thanked, `killed at ${arrivals.votes}`)
    await terminal.vote('neutral')
    thanked++
  }
  await using _broker = await start()
  await using subscriber = await Subscriber.open(port)
  await subscriber.until(() => arrivals.see(subscriber).votes >= thanked, 60_000)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [thanked, 0])
  t.comment(`${arrivals.duplicates} duplicates in 4 kills`)
})

t.test('connections that are reset at random while votes flow', async (t) => {
  const directory = await folder(t)
  let thanked = await waiting(directory, 3000)
  await using broker = await openMosquitto()
  await using proxy = await TcpProxy.open(broker.port, 20)
  await using subscriber = await Subscriber.open(broker.port)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${proxy.port}` })
  const arrivals = new Arrivals()
  const resets = [300, 900, 1500, 2100].map(somewhereBehind)
  for (const [i, until] of resets.entries()) {
    await subscriber.until(() => arrivals.see(subscriber).votes >= until)
    if (i % 2 === 0) proxy.reset()
    else proxy.cut()
    await terminal.vote('neutral')
    thanked++
  }
  await subscriber.until(() => arrivals.see(subscriber).votes >= thanked, 60_000)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [thanked, 0])
  t.ok(arrivals.duplicates <= resets.length * window, `${arrivals.duplicates} duplicates`)
})

t.test('a black hole: noticed by the acknowledgement that does not come, and made up for', async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto()
  await using proxy = await TcpProxy.open(broker.port)
  await using subscriber = await Subscriber.open(broker.port)
  const more = { delivery: { acknowledgementSeconds: 5 }, health: { periodSeconds: 10 } }
  const settings = { directory, broker: `mqtt://127.0.0.1:${proxy.port}`, more }
  await using terminal = await TerminalChild.start(settings)
  const arrivals = new Arrivals()
  await terminal.vote('satisfied')
  await subscriber.until(() => arrivals.see(subscriber).votes === 1)
  proxy.swallow()
  await terminal.vote('neutral')
  await terminal.vote('satisfied')
  await terminal.said(/not connected why="no acknowledgement within 5 s"/)
  await subscriber.until(() => arrivals.see(subscriber).votes === 3)
  // Nothing to deliver: the health that is not acknowledged shows it.
  const from = terminal.output.length
  proxy.swallow()
  await terminal.said(/not connected why="no acknowledgement within 5 s"/, 40_000, from)
  await terminal.vote('neutral')
  await subscriber.until(() => arrivals.see(subscriber).votes === 4)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [4, 0])
})

/** Takes connections and says nothing. */
async function openDumb(port: number): Promise<AsyncDisposable & { sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

t.test('a connection that is taken and never answered', async (t) => {
  const directory = await folder(t)
  const port = await freePort()
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  {
    await using dumb = await openDumb(port)
    await terminal.vote('satisfied')
    await terminal.said(/not connected why=.*no answer; check the network, the firewall and the port/)
    t.ok(dumb.sockets.length > 0)
    await terminal.vote('neutral')
  }
  await using _broker = await openMosquitto(undefined, {}, port)
  await using subscriber = await Subscriber.open(port)
  const arrivals = new Arrivals()
  await subscriber.until(() => arrivals.see(subscriber).votes === 2, 60_000)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [2, 0])
})

t.test('another client with the same client id takes the session over, again and again', async (t) => {
  const directory = await folder(t)
  let thanked = await waiting(directory, 3000)
  await using broker = await openMosquitto()
  await using proxy = await TcpProxy.open(broker.port, 20)
  await using subscriber = await Subscriber.open(broker.port)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${proxy.port}` })
  const arrivals = new Arrivals()
  for (const until of [200, 1000, 2000]) {
    await subscriber.until(() => arrivals.see(subscriber).votes >= until)
    const from = terminal.output.length
    // It wants the whole session, and what is queued in it.
    const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'faccina-c_e506-anagrafe-3',
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
      reconnectPeriod: 0,
    })
    await terminal.said(/not connected why="the connection to the broker was lost"/, 20_000, from)
    await terminal.vote('neutral')
    thanked++
    await other.endAsync(true)
  }
  await subscriber.until(() => arrivals.see(subscriber).votes >= thanked, 60_000)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [thanked, 0])
  t.ok(arrivals.duplicates <= 3 * window, `${arrivals.duplicates} duplicates`)
})

t.test('wrong credentials: said, and a corrected password file is enough', async (t) => {
  const directory = await folder(t)
  const passwords = join(directory, 'passwords')
  execFileSync('mosquitto_passwd', ['-c', '-b', passwords, 'counter', 'right'])
  await using broker = await openMosquitto(['allow_anonymous false', `password_file ${passwords}`])
  const login = { username: 'counter', password: 'right' }
  await using subscriber = await Subscriber.open(broker.port, login)
  const passwordFile = join(directory, 'password')
  await writeFile(passwordFile, 'wr0ng\n')
  const url = `mqtt://127.0.0.1:${broker.port}`
  const more = { broker: { url, username: 'counter', passwordFile } }
  await using terminal = await TerminalChild.start({ directory, more })
  await terminal.vote('satisfied')
  const [words] = await terminal.said(/not connected .*/)
  t.match(words, /(wrong user name or password|not authorised); see broker\.username/)
  t.notMatch(terminal.output, 'wr0ng')
  t.same(subscriber.received, [], 'nothing was sent')
  await writeFile(passwordFile, 'right\n')
  const arrivals = new Arrivals()
  await subscriber.until(() => arrivals.see(subscriber).votes === 1)
  t.same([arrivals.votes, arrivals.lost, ...arrivals.faults], [1, 0])
})
