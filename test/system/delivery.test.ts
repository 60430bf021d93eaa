import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import type { HealthMessage, StateMessage, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { freePort } from '../contracts/free-port.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { municipalBroker } from './municipal-broker.ts'
import { Subscriber } from './subscriber.ts'
import { program, TerminalChild } from './terminal-child.ts'

t.test('without a broker votes are thanked; when it comes they arrive in order, each once', async (t) => {
  const directory = await folder(t)
  const { port, start } = await municipalBroker(directory)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  const faces = ['satisfied', 'neutral', 'satisfied', 'satisfied']
  for (const face of faces) await terminal.vote(face)
  await using _broker = await start()
  await using subscriber = await Subscriber.open(port)
  await subscriber.until(() => (subscriber.of<TotalsMessage>('totals').at(-1)?.sequence ?? 0) >= 4)
  await subscriber.until(() => subscriber.of('vote').length >= 4)
  // And one more while it is connected.
  await terminal.scene(({ at }) => at === 'idle')
  const asked = terminal.scene(({ at }) => at === 'asking')
  await terminal.press('dissatisfied')
  await asked
  t.equal(await terminal.press('reason-1'), 204)
  await subscriber.until(() => (subscriber.of<TotalsMessage>('totals').at(-1)?.sequence ?? 0) >= 5)
  const votes = subscriber.of<VoteEvent>('vote')
  t.same(
    votes.map(({ data }) => data.face),
    [...faces, 'dissatisfied'],
  )
  t.same(
    votes.map(({ data }) => data.sequence),
    [1, 2, 3, 4, 5],
  )
  t.equal(new Set(votes.map(({ id }) => id)).size, 5)
  t.match(votes[4]?.data, { reason: 'waiting-time', outcome: 'selected' })
  const totals = subscriber.of<TotalsMessage>('totals').at(-1)
  t.match(totals, { votes: 5, faces: { satisfied: 3, neutral: 1, dissatisfied: 1 } })
  t.match(subscriber.of<StateMessage>('state').at(-1), { state: 'online', boot: 1 })
  t.match(subscriber.of<HealthMessage>('health').at(-1), { clock: 'synchronised', disk: { writable: true } })
  t.match(subscriber.of('survey').at(-1), { survey: 'it-2009/1' })
  // The goodbye is our own, and not the will.
  t.equal(await terminal.kill('SIGTERM'), 0, 'ends with exit code 0')
  await subscriber.until(() => subscriber.of<StateMessage>('state').at(-1)?.state === 'offline')
  t.notOk(subscriber.of<StateMessage>('state').at(-1)?.will)
})

t.test(
  'killed right after the thank-you: the vote arrives after the restart, with the id it had',
  async (t) => {
    const directory = await folder(t)
    const port = await freePort()
    const broker = `mqtt://127.0.0.1:${port}`
    await using first = await TerminalChild.start({ directory, broker })
    await first.vote('neutral')
    await first.vote('satisfied')
    await first.kill('SIGKILL')
    const exported = execFileSync(process.execPath, [
      program,
      'votes',
      'export',
      '--directory',
      join(directory, 'store'),
    ])
    const kept = exported
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as VoteEvent)
    t.equal(kept.length, 2)
    await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
    await using subscriber = await Subscriber.open(port)
    await using second = await TerminalChild.start({ directory, broker })
    await subscriber.until(() => subscriber.of('vote').length >= 2)
    t.same(subscriber.of<VoteEvent>('vote'), kept, 'the same events to the letter')
    await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.votes === 2)
    await second.vote('satisfied')
    await subscriber.until(() => subscriber.of('vote').length >= 3)
    // Killed again, now while connected: the broker speaks the will.
    await second.kill('SIGKILL')
    await subscriber.until(() => subscriber.of<StateMessage>('state').at(-1)?.state === 'offline')
    t.equal(subscriber.of<StateMessage>('state').at(-1)?.will, true)
    await using _third = await TerminalChild.start({ directory, broker })
    await subscriber.until(() => subscriber.of<StateMessage>('state').at(-1)?.state === 'online')
    await subscriber.until(() => subscriber.of<HealthMessage>('health').length > 0)
    const ids = subscriber.of<VoteEvent>('vote').map(({ id, data }) => `${id} ${JSON.stringify(data)}`)
    t.equal(
      new Set(ids).size,
      new Set(subscriber.of<VoteEvent>('vote').map(({ id }) => id)).size,
      'no id has two contents',
    )
  },
)

t.test('a broker that is killed and comes back gets every vote', async (t) => {
  const directory = await folder(t)
  const { port, start } = await municipalBroker(directory)
  const first = await start()
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  const seen = new Map<string, VoteEvent>()
  const see = (subscriber: Subscriber) => {
    for (const vote of subscriber.of<VoteEvent>('vote')) seen.set(vote.id, vote)
    return seen.size
  }
  {
    await using subscriber = await Subscriber.open(port)
    await terminal.vote('satisfied')
    await subscriber.until(() => see(subscriber) === 1)
    await first.kill()
  }
  await terminal.vote('neutral')
  await terminal.vote('satisfied')
  await using _second = await start()
  await using subscriber = await Subscriber.open(port)
  await subscriber.until(() => see(subscriber) === 3)
  t.same(
    [...seen.values()].map(({ data }) => data.sequence),
    [1, 2, 3],
  )
  await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.votes === 3)
})

t.test('mosquitto_sub prints the event of the contract', async (t) => {
  const directory = await folder(t)
  const port = await freePort()
  await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
  await using sub = new Child('mosquitto_sub', ['-v', '-p', String(port), '-t', 'faccina/1/#'])
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  await sub.said(/state .*"online"/)
  await terminal.vote('neutral')
  const [, topic, json = ''] = await sub.said(/^(\S+\/vote) (\{.*\})$/m)
  t.equal(topic, 'faccina/1/c_e506/anagrafe/3/vote')
  t.match(JSON.parse(json), {
    specversion: '1.0',
    source: 'faccina://c_e506/anagrafe/3',
    type: 'faccina.vote.v1',
    data: { face: 'neutral', sequence: 1, outcome: 'not-asked', clock: 'synchronised' },
  })
})

t.test('messages on command/# that are not ours are counted and ignored; ours are answered', async (t) => {
  const directory = await folder(t)
  const port = await freePort()
  await using _broker = await openMosquitto(['allow_anonymous true'], {}, port)
  await using subscriber = await Subscriber.open(port)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  await subscriber.until(() => subscriber.of('health').length > 0)
  const base = 'faccina/1/c_e506/anagrafe/3/command'
  await subscriber.publish(`${base}/health`, 'not json')
  await subscriber.publish(`${base}/health`, '[]')
  await subscriber.publish(`${base}/health`, `{"id":"${'x'.repeat(10_000)}"}`)
  await subscriber.publish(`${base}/reboot`, '{}')
  const shown = terminal.scene(({ identify }) => identify === true)
  await subscriber.publish(`${base}/identify`, '{"id":"a"}')
  t.ok(await shown)
  await subscriber.publish(`${base}/health`, '{"id":"b"}')
  await subscriber.until(() => subscriber.of('health/reply').length === 1)
  t.same(subscriber.of('identify/reply'), [{ command: 'identify', id: 'a', ok: true }])
  t.same(subscriber.of('health/reply'), [{ command: 'health', id: 'b', ok: true }])
  const health = subscriber.received.filter(({ topic }) => topic.endsWith('/3/health')).at(-1)?.payload
  t.match(health, { commands: { ignored: 4 } })
})
