import mqtt from 'mqtt'
import t, { type Test } from 'tap'
import { openEmbeddedBroker } from '../../src/cli/embedded-broker.ts'
import { watchCommand } from '../../src/cli/watch.ts'
import { someEpoch, someSource, someVote, topicOf } from '../fakes/told-votes.ts'
import { until } from '../fakes/until.ts'

/** The command beside a broker, in this process; `stop` is what Ctrl-C does. */
async function watching(t: Test, { colour = false, args = [] as string[] }) {
  const broker = await openEmbeddedBroker({ host: '127.0.0.1', port: 0 })
  const terminal = await mqtt.connectAsync(broker.url, { protocolVersion: 4 })
  t.teardown(async () => {
    await terminal.endAsync(true)
    await broker[Symbol.asyncDispose]()
  })
  const say = (kind: string, message: unknown, retain = false) =>
    terminal.publishAsync(topicOf(kind), JSON.stringify(message), { qos: 1, retain })
  const since = new Date(Date.now() - 120_000).toISOString()
  await say('state', { state: 'online', version: '1', epoch: someEpoch, boot: 1, since }, true)

  const said = { out: '', err: '' }
  const out = {
    stdout: (text: string) => {
      said.out += text
    },
    stderr: (text: string) => {
      said.err += text
    },
    colour,
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = signals.map((name) => process.listeners(name))
  const running = watchCommand(['--broker', broker.url, ...args], out)
  const stop = () => {
    process.emit('SIGINT', 'SIGINT')
    // A second signal would end this process.
    for (const [i, name] of signals.entries())
      for (const listener of process.listeners(name))
        if (!before[i]!.includes(listener)) process.off(name, listener)
    return running
  }
  return { said, say, stop }
}

t.test('votes as lines, each once; what is not of the contract on the other stream', async (t) => {
  const { said, say, stop } = await watching(t, {})
  // Heard from now on: nothing else tells when the subscriptions stand.
  const repeat = setInterval(() => void say('vote', someVote(2)), 20)
  await until(() => said.out !== '')
  clearInterval(repeat)
  await say('vote', someVote(3))
  await say('vote', { specversion: '1.0' })
  await until(() => /#3 /.test(said.out) && said.err !== '')
  t.match(
    said.out,
    /^2026-05-04T07:02:00\.000Z {2}c_e506\/anagrafe\/3 {2}#2 {2}dissatisfied {2}waiting-time, it\n/,
  )
  t.equal(said.out.match(/#2 /g)?.length, 1)
  t.match(said.err, /rejected: faccina\/1\/c_e506\/anagrafe\/3\/vote: /)
  t.equal(await stop(), 0)
})

t.test('--json: all that is heard, one object a line', async (t) => {
  const { said, say, stop } = await watching(t, { args: ['--json'] })
  await until(() => said.out !== '')
  await say('vote', someVote(1))
  await say('vote', 'no vote')
  await until(() => said.out.split('\n').length === 4)
  const lines = said.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  t.match(lines, [
    { is: 'state', source: someSource, state: { state: 'online' } },
    { is: 'vote', source: someSource, event: { data: { sequence: 1 } } },
    { is: 'rejected', topic: topicOf('vote'), payload: '"no vote"' },
  ])
  t.equal(await stop(), 0)
})

t.test('on a screen: a table that is drawn anew, and the latest votes; the screen comes back', async (t) => {
  const { said, say, stop } = await watching(t, { colour: true })
  const screen = () => said.out.split('\u001b[H\u001b[2J').at(-1)!
  await until(() => screen().includes('online 2 min'))
  t.match(screen(), /^1 terminal · connected · Ctrl-C ends\n\n/)
  await say('vote', someVote(1))
  await say('vote', 'no vote')
  await until(() => screen().includes('#1 ') && screen().includes('1 message rejected'))
  t.match(screen(), /c_e506\/anagrafe\/3 .* complete up to 1/)
  t.ok(screen().includes('\u001b[33m●\u001b[0m 2026-05-04T07:01:00.000Z  c_e506/anagrafe/3  #1  neutral'))
  t.equal(await stop(), 0)
  t.ok(said.out.startsWith('\u001b[?1049h\u001b[?25l'))
  t.ok(said.out.endsWith('\u001b[?25h\u001b[?1049l'))
})
