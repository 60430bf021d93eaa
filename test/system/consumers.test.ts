import { execFileSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { type CloudEventV1, MQTT } from 'cloudevents'
import mqtt from 'mqtt'
import t from 'tap'
import { openJournal } from '../../src/storage/journal.ts'
import { segmentBytes } from '../../src/storage/segment.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { press, quiet } from '../bench/journals.ts'
import { until } from '../fakes/until.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { TerminalChild } from './terminal-child.ts'

/** Votes are consumed with nothing of ours: Debian's mosquitto-clients and paho, and the cloudevents package. */

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const contract = (path: string) => here(`../../src/contract/${path}`)
const base = 'faccina/1/c_e506/anagrafe/3'
const names = [
  'vote',
  'gap',
  'summary',
  'totals',
  'state',
  'health',
  'survey',
  'committed',
  'served',
] as const
const all = [...names, 'alert', 'request', 'reply'] as const

/** Lines of a program's output that are whole. */
const lines = ({ output }: Child) => output.split('\n').slice(0, -1)

/** mosquitto_sub, once it has subscribed: it has then printed what was retained. */
async function subscribed(port: string, ...options: string[]): Promise<Child> {
  execFileSync('mosquitto_pub', ['-p', port, '-q', '1', '-r', '-t', 'ready', '-m', 'subscribed'])
  const child = new Child('mosquitto_sub', ['-p', port, '-q', '1', ...options, '-t', 'ready'])
  await child.said(/subscribed/)
  return child
}

/** What Python's paho heard, as text by topic. */
function pahoHeard(child: Child) {
  return lines(child)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { topic: string; contentType: string | null; payload: string })
}

t.test('mosquitto_sub, paho and cloudevents each have the same votes', async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto()
  const port = String(broker.port)
  await using mosquittoSub = await subscribed(port, '-t', `${base}/vote`, '-F', '%p', '-V', 'mqttv5')
  const paho = (version: string) =>
    new Child('/usr/bin/python3', [here('paho-consumer.py'), port, 'faccina/1/+/+/+/vote', version])
  await using paho5 = paho('5')
  await using paho311 = paho('4')
  const events: CloudEventV1<unknown>[] = []
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 })
  t.teardown(() => client.endAsync(true))
  client.on('message', (_, payload, { properties }) => {
    const message = {
      PUBLISH: { 'Content Type': properties?.contentType },
      headers: {},
      'User Properties': {},
      payload: payload.toString(),
      body: payload.toString(),
    }
    if (!MQTT.isEvent(message)) return t.fail('no CloudEvent')
    events.push(MQTT.toEvent(message) as CloudEventV1<unknown>)
  })
  await client.subscribeAsync('faccina/1/+/+/+/vote', { qos: 1 })
  await Promise.all([paho5.said(/subscribed/), paho311.said(/subscribed/)])

  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${port}` })
  for (const face of ['satisfied', 'neutral']) await terminal.vote(face)
  await terminal.scene(({ at }) => at === 'idle')
  const asking = terminal.scene(({ at }) => at === 'asking')
  await terminal.press('dissatisfied')
  await asking
  await terminal.press('reason-1')

  const printed = () => lines(mosquittoSub).filter((line) => line.startsWith('{'))
  const votes = () => [printed(), pahoHeard(paho5), pahoHeard(paho311), events]
  await until(() => votes().every(({ length }) => length === 3), 'three votes for each', 30_000)
  const texts = printed()
  t.same(
    texts.map((text) => JSON.parse(text).data.face),
    ['satisfied', 'neutral', 'dissatisfied'],
  )
  t.same(
    pahoHeard(paho5).map(({ payload }) => payload),
    texts,
    'paho in MQTT 5',
  )
  t.same(
    pahoHeard(paho311).map(({ payload }) => payload),
    texts,
    'paho in MQTT 3.1.1',
  )
  t.ok(pahoHeard(paho5).every(({ contentType }) => contentType === 'application/cloudevents+json'))
  t.same(
    events.map((event) => JSON.parse(JSON.stringify(event))),
    texts.map((text) => JSON.parse(text)),
  )
  t.match(events[2], {
    id: /^[a-z0-9]{6}-000000000003$/,
    source: 'faccina://c_e506/anagrafe/3',
    type: 'faccina.vote.v1',
    data: { face: 'dissatisfied', reason: 'waiting-time' },
  })
})

/** A store in which the oldest votes are counts already, because nobody took them and there was little room. */
async function crowdedStore(directory: string): Promise<number> {
  using clock = SystemClock.open({ source: 'system' })
  await using journal = await openJournal({
    directory: join(directory, 'journal'),
    source: 'faccina://c_e506/anagrafe/3',
    start: { boot: 1, bootId: '5f2b7b0e-8c34-4a56-9d1c-2f6f0f1d7a10', survey: 'it-2009/1', version: '0.1.0' },
    maxBytes: 3 * segmentBytes,
    keepMs: 30 * 86_400_000,
    clock,
    log: quiet,
  })
  const votes = 6_000
  for (let done = 0; done < votes; done += 500) {
    const sequences = await Promise.all(Array.from({ length: 500 }, () => journal.record(press(clock))))
    journal.settle(sequences.at(-1)!)
  }
  return votes
}

/** The schema that a topic's messages have. */
function schemaOf(topic: string): string {
  const [kind = '', name, more] = topic.slice(base.length + 1).split('/')
  if (kind !== 'command') return kind
  return name !== undefined && more === 'reply' ? 'reply' : 'request'
}

t.test('a message of each topic is what the committed schema says', async (t) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
  formats.default(ajv)
  for (const name of all)
    ajv.addSchema(JSON.parse(await readFile(contract(`schemas/${name}.schema.json`), 'utf8')))

  const directory = await folder(t)
  const votes = await crowdedStore(join(directory, 'store'))
  await using broker = await openMosquitto()
  const port = String(broker.port)
  await using sub = await subscribed(port, '-t', `${base}/#`, '-F', '%t %p')
  const settings = { directory, broker: `mqtt://127.0.0.1:${port}` }
  const totals = new RegExp(`/totals .*"sequence":${votes}\\b`)
  {
    await using _terminal = await TerminalChild.start(settings)
    await sub.said(totals, 60_000)
    await sub.said(/\/summary \{/)
    // Requests and answers: with a response topic, and without.
    const ask = ['-p', port, '-V', 'mqttv5', '-W', '20']
    const health = execFileSync('mosquitto_rr', [
      ...[...ask, '-t', `${base}/command/health`, '-e', 'answers/1', '-m', '{"id":"a"}'],
    ])
    t.same(JSON.parse(String(health)), { command: 'health', id: 'a', ok: true })
    const replay = ['-t', `${base}/command/replay`, '-m', `{"id":"b","from":${votes},"to":${votes}}`]
    execFileSync('mosquitto_pub', ['-p', port, '-q', '1', ...replay])
    await sub.said(/\/command\/replay\/reply .*"id":"b"/)
  }
  // What a collector and a queue manager say, from the committed examples.
  const say = async (topic: string, example: string, ...more: string[]) =>
    execFileSync('mosquitto_pub', [
      ...['-p', port, '-q', '1', '-t', `${base}/${topic}`, '-m'],
      JSON.stringify(JSON.parse(await readFile(contract(`examples/${example}.json`), 'utf8'))),
      ...more,
    ])
  await say('committed', 'committed', '-r')
  await say('served', 'served')
  await say('alert/dissatisfied', 'alert-raised', '-r')
  // A new card: what the old one had not delivered is told as a gap.
  await rm(join(directory, 'store'), { recursive: true })
  await using _next = await TerminalChild.start(settings)
  await sub.said(/\/gap \{/)

  const heard = lines(sub)
    .map((line) => /^(faccina\/1\/\S+) (.*)$/.exec(line))
    .filter((match) => match !== null)
  const seen = new Map<string, number>()
  for (const [, topic = '', payload = ''] of heard) {
    const name = schemaOf(topic)
    const validate = ajv.getSchema(`faccina:schema/${name}/1`)
    if (!validate) return t.fail(`no schema for ${topic}`)
    seen.set(name, (seen.get(name) ?? 0) + 1)
    // Each of thousands of votes would be a line of the report.
    if (!validate(JSON.parse(payload)) || seen.get(name)! <= 2)
      t.ok(validate(JSON.parse(payload)), `${topic}: ${ajv.errorsText(validate.errors)}`)
  }
  t.same([...seen.keys()].sort(), [...all].sort(), 'each kind of message came')
  t.ok((seen.get('vote') ?? 0) > 1_000, `${seen.get('vote')} votes`)
})
