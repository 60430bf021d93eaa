import * as v from 'valibot'
import { parseCommitted, parseReplay, parseTotals } from '../../../src/contract/incoming.ts'
import { committedSchema, replySchema, totalsSchema } from '../../../src/contract/schemas.ts'
import { topicsOf } from '../../../src/contract/topics.ts'
import type { Connection, Incoming, Message } from '../../../src/ports/uplink.ts'
import { Commands, type Request } from '../../../src/terminal/commands.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { mustBeClean } from '../yaml-oracles.ts'

const topicRoot = 'faccina/1'
const topics = topicsOf(topicRoot, 'faccina://c_e506/anagrafe/3')

const target: Target = {
  holds:
    'a request is answered once or counted as ignored; the answer fits its schema and goes where it may, never to a topic of ours; a replay that is granted asks for something that can be; committed and totals are as the schema says, and written again the same',
  covers: ['src/contract/incoming.ts', 'src/contract/topics.ts', 'src/terminal/commands.ts'],
  maxBytes: 5_000,
  words: [
    'replay',
    'identify',
    'toString',
    '__proto__',
    topics.vote,
    'a/b',
    '+',
    '#',
    '$SYS',
    '\n',
    '{"epoch":"k3f9x2","sequence":1}',
  ],
  *corpus() {
    const examples = filesIn('src/contract/examples', '.json').filter((bytes) => bytes.length < 1_000)
    for (const [n, payload] of examples.entries())
      yield Buffer.concat([
        Buffer.from(`${['replay', 'identify', 'certificate'][n % 3]}\nanswers/${n}\n`),
        payload,
      ])
    for (const wanted of [
      topics.vote,
      topics.reply('replay'),
      '',
      '#',
      '$SYS/a',
      'x'.repeat(300),
      'a\u0000b',
    ])
      yield `replay\n${wanted}\n{"from":1,"to":9,"id":"42"}`
    yield 'replay\na\n{"since":"2026-05-04T09:00:00Z","until":"2026-05-04T10:00:00Z"}'
    yield 'replay\na\n{"epoch":"k3f9x2","from":9,"to":1}'
  },
  async check(bytes) {
    const text = Buffer.from(bytes).toString('latin1')
    const [, name = '', wanted = ''] = /^([^\n]*)\n([^\n]*)\n/.exec(text) ?? []
    const payload = bytes.subarray(name.length + wanted.length + 2)
    const utf8 = (part: string) => Buffer.from(part, 'latin1').toString('utf8')
    // What is subscribed to is one level.
    await mustBeAnswered(utf8(name).replaceAll('/', ''), utf8(wanted), payload)
    mustBeRead(payload)
    mustBeClean()
  },
}
export default target

async function mustBeAnswered(name: string, responseTopic: string, payload: Uint8Array): Promise<void> {
  const sent: Message[] = []
  const obeyed: Request[] = []
  const receivers: ((message: Incoming) => void)[] = []
  const connection = {
    publish: async (message: Message) => void sent.push(message),
    subscribe: async (_: string, receive: (message: Incoming) => void) => void receivers.push(receive),
  } as unknown as Connection
  const obey = (request: Request) => {
    obeyed.push(request)
    const asked = parseReplay(request)
    if ('problem' in asked) {
      must(
        asked.problem.length > 0 && asked.problem.length < 400,
        () => `a problem of ${asked.problem.length}`,
      )
      return { reply: { ok: false, problem: asked.problem } }
    }
    if (asked.by === 'sequence') must(1 <= asked.from && asked.from <= asked.to, 'sequences that cannot be')
    else must(asked.since < asked.until, 'a span that ends before it begins')
    return { reply: {} }
  }
  const commands = new Commands({
    topics,
    topicRoot,
    handlers: { replay: obey, identify: () => {} },
    log: new FakeLog(),
  })
  await commands.run(connection)
  for (const receive of receivers)
    receive({
      topic: topics.command(name),
      payload,
      retained: false,
      ...(responseTopic !== '' && { responseTopic }),
    })
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
  must(sent.length + commands.ignored === 1, () => `${sent.length} answers, ${commands.ignored} ignored`)
  must(obeyed.length <= sent.length, 'obeyed without a word')
  for (const message of sent) {
    const own = topics.reply(name)
    must(message.topic === own || message.topic === responseTopic, () => `answered to ${message.topic}`)
    must(message.topic === own || !message.topic.startsWith(`${topicRoot}/`), 'a message of ours was forged')
    must(!/[+#\0]/.test(message.topic) && message.topic !== '' && message.topic.length <= 250, 'no topic')
    const reply = v.parse(replySchema, JSON.parse(message.payload))
    must(reply.command === name, 'the answer to another request')
    if (reply.id !== undefined)
      must(reply.id === JSON.parse(Buffer.from(payload).toString()).id, 'another id')
  }
}

function mustBeRead(payload: Uint8Array): void {
  for (const [parse, schema] of [
    [parseCommitted, committedSchema],
    [parseTotals, totalsSchema],
  ] as const) {
    const read = parse(payload)
    if (read === undefined) continue
    must(v.is(schema, read) && read.sequence <= 999_999_999_999, 'not what the schema says')
    mustEqual(parse(Buffer.from(JSON.stringify(read))), read, 'written again')
  }
}
