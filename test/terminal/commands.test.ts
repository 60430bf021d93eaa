import t from 'tap'
import { topicsOf } from '../../src/contract/topics.ts'
import type { Incoming, Message } from '../../src/ports/uplink.ts'
import { Commands } from '../../src/terminal/commands.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'

const topicRoot = 'faccina/1'
const topics = topicsOf(topicRoot, 'faccina://c_e506/anagrafe/3')
const will: Message = { topic: topics.state, payload: 'offline', retain: true }

async function setUp(handle: () => Promise<void> | void = () => {}) {
  const uplink = new FakeUplink()
  const log = new FakeLog()
  let identified = 0
  const handlers = {
    identify: () => {
      identified++
      return handle()
    },
  }
  const commands = new Commands({ topics, topicRoot, log, handlers })
  const connection = await uplink.connect(will, new AbortController().signal)
  await commands.run(connection)
  const send = async (name: string, payload: string | Uint8Array = '', more: Partial<Incoming> = {}) => {
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
    uplink.deliver({ topic: topics.command(name), payload: bytes, ...more })
    await turns(3)
  }
  return { uplink, log, commands, connection, send, identified: () => identified }
}

t.test('a request is obeyed and answered', async (t) => {
  const { uplink, send, identified, commands } = await setUp()
  await send('identify')
  await send('identify', '{}')
  await send('identify', '{"id":"42","more":"is let pass"}')
  t.equal(identified(), 3)
  t.equal(commands.ignored, 0)
  t.same(uplink.messages, [
    { topic: topics.reply('identify'), payload: '{"command":"identify","ok":true}', retain: false },
    { topic: topics.reply('identify'), payload: '{"command":"identify","ok":true}', retain: false },
    { topic: topics.reply('identify'), payload: '{"command":"identify","id":"42","ok":true}', retain: false },
  ])
})

t.test('the answer goes where it is wanted, with what it is recognised by', async (t) => {
  const { uplink, send } = await setUp()
  const correlationData = Uint8Array.of(0, 255)
  await send('identify', '', { responseTopic: 'somebody/answers', correlationData })
  t.same(uplink.messages, [
    {
      topic: 'somebody/answers',
      payload: '{"command":"identify","ok":true}',
      retain: false,
      correlationData,
    },
  ])
  await send('identify', '', { responseTopic: topics.reply('identify') })
  t.equal(uplink.messages.at(-1)?.topic, topics.reply('identify'))
})

t.test('nobody can have us forge a message, or be thrown out', async (t) => {
  const { uplink, send } = await setUp()
  const wanted = [
    topics.vote,
    topics.totals,
    topics.state,
    topics.command('identify'),
    topics.reply('health'),
    `${topicRoot}/other/office/1/vote`,
    'a/+/b',
    'a/#',
    '#',
    '',
    '$SYS/broker',
    '$share/group/x',
    'a\0b',
    'a\u0001',
    'a\ud800b',
    '/'.repeat(201),
    'x'.repeat(70_000),
  ]
  for (const responseTopic of wanted) await send('identify', '', { responseTopic })
  t.equal(uplink.messages.length, wanted.length)
  t.same([...new Set(uplink.messages.map(({ topic }) => topic))], [topics.reply('identify')])
})

t.test('whatever is no request is counted, and changes nothing', async (t) => {
  const nonsense: [name: string, payload?: string | Uint8Array, more?: Partial<Incoming>][] = [
    ['identify', '{'],
    ['identify', 'identify'],
    ['identify', '[]'],
    ['identify', 'null'],
    ['identify', '"x"'],
    ['identify', '7'],
    ['identify', '{"id":7}'],
    ['identify', '{"id":null}'],
    ['identify', JSON.stringify({ id: 'x'.repeat(65) })],
    ['identify', `{"id":"x","pad":"${'x'.repeat(4096)}"}`],
    ['identify', Uint8Array.of(0xff, 0xfe)],
    ['identify', Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d)],
    ['identify', '['.repeat(4096)],
    ['identify', `${'{"a":'.repeat(600)}1`],
    ['identify', '{}', { retained: true }],
    ['replay-all'],
    ['Identify'],
    [''],
    ['__proto__'],
    ['constructor'],
    ['toString'],
    ['hasOwnProperty'],
  ]
  for (const [name, payload, more] of nonsense) {
    const { uplink, send, commands, identified, log, connection } = await setUp()
    if (more?.retained) {
      // As the broker sends it to who has just subscribed.
      uplink.retained.set(topics.command(name), { topic: topics.command(name), payload: '{}', retain: true })
      await commands.run(connection)
      await turns(3)
    } else await send(name, payload, more)
    const what = `${name} ${String(payload).slice(0, 20)}`
    t.equal(identified(), 0, what)
    t.same(uplink.messages, [], what)
    // The wildcard for one level does not match the empty one in every broker.
    if (name !== '') t.equal(commands.ignored, 1, what)
    if (name !== '') t.equal(log.of('command ignored').length, 1, what)
  }
})

t.test('deep JSON that is a request is one', async (t) => {
  const { send, identified } = await setUp()
  await send('identify', `{"deep":${'['.repeat(1_900)}${']'.repeat(1_900)}}`)
  t.equal(identified(), 1)
})

t.test('`__proto__` in a request is only a name', async (t) => {
  const { uplink, send } = await setUp()
  await send('identify', '{"__proto__":{"id":"forged"},"constructor":1}')
  t.same(uplink.payloads('/reply'), ['{"command":"identify","ok":true}'])
  t.notOk('id' in {})
})

t.test('a flood of nonsense is counted, and does not flood the log', async (t) => {
  const { uplink, commands, log, identified } = await setUp()
  const payload = new TextEncoder().encode('nonsense')
  for (let i = 0; i < 10_000; i++)
    uplink.deliver({ topic: topics.command(i % 2 ? 'identify' : 'x'.repeat(5_000)), payload })
  await turns()
  t.equal(commands.ignored, 10_000)
  t.equal(identified(), 0)
  t.ok(log.entries.length <= 100, `${log.entries.length} lines`)
  t.ok(log.entries.every(({ fields }) => String(fields.name).length <= 64))
})

t.test('a flood of requests is answered a few at a time', async (t) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const { uplink, commands, send, identified } = await setUp(() => held)
  for (let i = 0; i < 1_000; i++) uplink.deliver({ topic: topics.command('identify') })
  await turns()
  t.equal(identified(), 8)
  t.equal(commands.ignored, 992)
  release()
  await turns()
  t.equal(uplink.messages.length, 8)
  await send('identify')
  t.equal(identified(), 9)
})

t.test('a command that fails is answered all the same', async (t) => {
  for (const fail of [
    () => Promise.reject(new Error('no sensor')),
    () => {
      throw new Error('no sensor')
    },
  ]) {
    const { uplink, send, log } = await setUp(fail)
    await send('identify', '{"id":"1"}')
    t.same(uplink.payloads('/reply'), ['{"command":"identify","id":"1","ok":false}'])
    t.equal(log.of('command failed').length, 1)
  }
})

t.test('an answer that cannot be sent is logged, and no more', async (t) => {
  const { uplink, send, log } = await setUp()
  uplink.denies = () => true
  await send('identify')
  t.equal(log.of('command not answered').length, 1)
})

t.test(
  'a command gets its parameters, answers more than yes or no, and begins when that is out',
  async (t) => {
    const uplink = new FakeUplink()
    const log = new FakeLog()
    const heard: unknown[] = []
    let begun = 0
    const commands = new Commands({
      topics,
      topicRoot,
      log,
      handlers: {
        replay: (request) => {
          heard.push(request)
          return { reply: { ok: false, problem: 'not now' }, afterwards: () => void begun++ }
        },
      },
    })
    await commands.run(await uplink.connect(will, new AbortController().signal))
    const ask = async () => {
      const payload = new TextEncoder().encode('{"id":"1","from":3,"ok":true,"command":"x"}')
      uplink.deliver({ topic: topics.command('replay'), payload })
      await turns(3)
    }
    uplink.automatic = false
    await ask()
    t.equal(begun, 0)
    uplink.waiting[0]?.acknowledge()
    await turns(3)
    t.equal(begun, 1)
    t.match(heard, [{ id: '1', from: 3 }])
    t.same(uplink.json('/reply'), [{ command: 'replay', id: '1', ok: false, problem: 'not now' }])
    uplink.denies = () => true
    await ask()
    t.equal(begun, 2, 'also where the answer is refused')
  },
)
