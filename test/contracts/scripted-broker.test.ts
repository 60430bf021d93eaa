import type { Socket } from 'node:net'
import t from 'tap'
import type { Incoming, Message, UplinkError } from '../../src/ports/uplink.ts'
import { turns, until } from '../fakes/until.ts'
import { mqttUplink } from './mqtt-world.ts'
import { first, identifierOf, openScriptedBroker } from './scripted-broker.ts'

const will: Message = { topic: 'faccina/1/c/o/1/state', payload: 'offline', retain: true }
const vote: Message = { topic: 'faccina/1/c/o/1/vote', payload: '{}', retain: false }
type Say = (...bytes: number[]) => void

const never = new AbortController().signal
/** CONNACK, MQTT 5: no session, success, no properties. */
const welcome = [first.connack, 3, 0, 0, 0]

t.test('what a broker says when it ends a connection', async (t) => {
  const words = {
    142: { kind: 'lost', message: /second terminal of the same name\? \(142\)/ },
    139: { message: /said goodbye, reason 139/ },
    152: { message: /said goodbye, reason 152/ },
  }
  for (const [code, expected] of Object.entries(words)) {
    await using broker = await openScriptedBroker((packet, say, socket) => {
      if (packet.first === first.connect) say(...welcome)
      if (packet.first === first.publish) {
        say(0xe0, 2, Number(code), 0)
        socket.end()
      }
    })
    const connection = await mqttUplink(broker.url).connect(will, never)
    const lost = await connection.publish(vote).catch((error: UplinkError) => error)
    t.match(lost, { name: 'UplinkError', ...expected }, 'what was under way is told the same')
    t.match(await connection.closed, expected)
  }
})

t.test('a goodbye in the same breath as the welcome is not missed', async (t) => {
  await using broker = await openScriptedBroker((packet, say, socket) => {
    if (packet.first !== first.connect) return
    say(...welcome, 0xe0, 2, 142, 0)
    socket.end()
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  t.match(await connection.closed, { kind: 'lost', message: /second terminal/ })
})

t.test('a connection refused, in MQTT 5 and in MQTT 3.1.1', async (t) => {
  const refusals = [
    [[0, 134, 0], 'refused', /wrong user name or password.*134/],
    [[0, 135, 0], 'refused', /not authorised.*135/],
    [[0, 133, 0], 'refused', /client id.*133/],
    [[0, 138, 0], 'refused', /banned/],
    [[0, 137, 0], 'unreachable', /busy/],
    [[0, 136, 0], 'unreachable', /not available/],
  ] as const
  for (const [body, kind, message] of refusals) {
    await using broker = await openScriptedBroker((_, say) => say(first.connack, body.length, ...body))
    await t.rejects(mqttUplink(broker.url).connect(will, never), { name: 'UplinkError', message })
    await mqttUplink(broker.url)
      .connect(will, never)
      .catch((error: UplinkError) => t.equal(error.kind, kind))
  }
  for (const [code, message] of [
    [4, /wrong user name or password/],
    [5, /not authorised/],
    [2, /client id/],
  ] as const) {
    await using broker = await openScriptedBroker(({ body }, say) => {
      // Byte 6 of a CONNECT is the version.
      if (body[6] === 5) say(first.connack, 2, 0, 1)
      else say(first.connack, 2, 0, code)
    })
    await t.rejects(mqttUplink(broker.url).connect(will, never), { name: 'UplinkError', message })
  }
})

t.test('it goes back to MQTT 3.1.1 once, and stays there', async (t) => {
  const refusals = {
    'says that it speaks no 5': { versions: [5, 4, 4], refuse: (say: Say) => say(first.connack, 2, 0, 1) },
    'hangs up at 5': { versions: [5, 4, 5, 4, 4], refuse: (_: Say, socket: Socket) => socket.destroy() },
  }
  for (const [name, { versions, refuse }] of Object.entries(refusals)) {
    const asked: number[] = []
    await using broker = await openScriptedBroker(({ first: type, body }, say, socket) => {
      if (type !== first.connect) return
      asked.push(body[6]!)
      if (body[6] === 5) refuse(say, socket)
      else say(first.connack, 2, 0, 0)
    })
    const uplink = mqttUplink(broker.url)
    for (let i = 0; i < 2; i++) {
      await using connection = await uplink.connect(will, never)
      t.equal(connection.protocol, '3.1.1', name)
    }
    t.same(asked, versions)
  }
})

t.test('a broker that was only starting is spoken to in MQTT 5', async (t) => {
  const asked: number[] = []
  await using broker = await openScriptedBroker(({ first: type, body }, say, socket) => {
    if (type !== first.connect) return
    asked.push(body[6]!)
    if (asked.length === 1) socket.destroy()
    else if (body[6] === 5) say(...welcome)
    else say(first.connack, 2, 0, 0)
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  t.equal(connection.protocol, '5')
  t.same(asked, [5, 4, 5])
  await connection[Symbol.asyncDispose]()
})

t.test('what keeps it from the second try is told', async (t) => {
  const asked: number[] = []
  await using broker = await openScriptedBroker(({ first: type, body }, say, socket) => {
    if (type !== first.connect) return
    asked.push(body[6]!)
    if (asked.length === 1) socket.destroy()
    else if (body[6] === 5) say(first.connack, 3, 0, 137, 0)
    else say(first.connack, 2, 0, 0)
  })
  await t.rejects(mqttUplink(broker.url).connect(will, never), { kind: 'unreachable', message: /busy/ })
})

t.test('no more is on its way than the broker asked for', async (t) => {
  const unacknowledged: [number, number][] = []
  let most = 0
  await using broker = await openScriptedBroker((packet, say) => {
    // Receive maximum (property 33): 3.
    if (packet.first === first.connect) say(first.connack, 6, 0, 0, 3, 33, 0, 3)
    if (packet.first !== first.publish) return
    unacknowledged.push(identifierOf(packet))
    most = Math.max(most, unacknowledged.length)
    // Answers when the client has no more to say.
    setImmediate(() => {
      const identifier = unacknowledged.shift()
      if (identifier) say(first.puback, 2, ...identifier)
    })
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  const all = await Promise.all(Array.from({ length: 50 }, () => connection.publish(vote)))
  t.equal(all.length, 50)
  t.equal(most, 3)
})

t.test('PUBACK 16: nobody heard it; an acknowledgement of something else is none', async (t) => {
  const reasons = [16, 0, 135, 16]
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first === first.connect) say(...welcome)
    if (packet.first === first.publish) say(first.puback, 4, ...identifierOf(packet), reasons.shift() ?? 0, 0)
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  t.same(await connection.publish(vote), { heard: false })
  t.same(await connection.publish(vote), { heard: true })
  await t.rejects(connection.publish(vote), { message: /refused faccina\/1\/c\/o\/1\/vote.*135/ })
  t.same(await connection.publish(vote), { heard: false })
})

t.test('an acknowledgement that never comes ends the connection, and all that waits with it', async (t) => {
  let published = 0
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first === first.connect) say(first.connack, 6, 0, 0, 3, 33, 0, 1)
    if (packet.first === first.publish) published++
  })
  const connection = await mqttUplink(broker.url, { acknowledgementMs: 100 }).connect(will, never)
  const both = [connection.publish(vote), connection.publish(vote)]
  for (const publishing of both)
    await publishing.then(
      () => t.fail('acknowledged'),
      (error: UplinkError) => t.match(error, { kind: 'timeout', message: 'no acknowledgement within 0.1 s' }),
    )
  t.match(await connection.closed, { kind: 'timeout' })
  t.equal(published, 1)
})

t.test(
  'the first is acknowledged and those behind it are not: they are not waited for without end',
  async (t) => {
    let published = 0
    await using broker = await openScriptedBroker((packet, say) => {
      if (packet.first === first.connect) say(...welcome)
      if (packet.first === first.publish && ++published === 1) say(first.puback, 2, ...identifierOf(packet))
    })
    const connection = await mqttUplink(broker.url, { acknowledgementMs: 150 }).connect(will, never)
    const [one, two, three] = [vote, vote, vote].map((message) => connection.publish(message))
    await one
    const timeout = { kind: 'timeout', message: 'no acknowledgement within 0.15 s' }
    for (const waiting of [two, three])
      await waiting!.then(t.fail, (error: UplinkError) => t.match(error, timeout))
    t.match(await connection.closed, timeout)
  },
)

t.test('a subscription refused', async (t) => {
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first === first.connect) say(...welcome)
    if (packet.first === first.subscribe) say(0x90, 4, packet.body[0]!, packet.body[1]!, 0, 135)
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  const refused = connection.subscribe('faccina/1/c/o/1/command/+', () => {})
  await t.rejects(refused, { name: 'UplinkError', message: /command\/\+.*135/ })
})

t.test('nonsense in the middle of a connection', async (t) => {
  await using broker = await openScriptedBroker((packet, say, socket) => {
    if (packet.first === first.connect) say(...welcome)
    if (packet.first === first.publish) {
      say(0xff, 0xff, 0xff, 0xff, 0xff)
      socket.end()
    }
  })
  const connection = await mqttUplink(broker.url).connect(will, never)
  await t.rejects(connection.publish(vote), { name: 'UplinkError' })
  t.ok(await connection.closed)
  let attempts = 0
  await using liar = await openScriptedBroker((_, say) => {
    attempts++
    say(0xff, 0xff)
  })
  await t.rejects(mqttUplink(liar.url, { connectMs: 200 }).connect(will, never), { name: 'UplinkError' })
  await until(() => attempts > 0)
})

t.test('a session is asked for as long as it is to last; otherwise none', async (t) => {
  const connects: Buffer[] = []
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first !== first.connect) return
    connects.push(packet.body)
    say(...welcome)
  })
  for (const options of [{}, { sessionSeconds: 300 }]) {
    await using _ = await mqttUplink(broker.url, options).connect(undefined, never)
  }
  // Behind the name of the protocol: version 5, flags, 60 s; then the properties.
  const cleanStart = 2
  const expiry = Buffer.from([0x11, 0, 0, 300 >> 8, 300 & 255])
  t.same(
    connects.map((body) => [body[6], (body[7]! & cleanStart) > 0, body.includes(expiry)]),
    [
      [5, true, false],
      [5, false, true],
    ],
  )
})

t.test('a message is acknowledged when whoever took it is done with it', async (t) => {
  let store = () => {}
  const stored = new Promise<void>((resolve) => {
    store = resolve
  })
  const acknowledged: Buffer[] = []
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first === first.connect) say(...welcome)
    if (packet.first === first.puback) acknowledged.push(packet.body)
    if (packet.first !== first.subscribe) return
    // SUBACK: granted. Then one message, whose user property `a` comes twice.
    say(0x90, 4, packet.body[0]!, packet.body[1]!, 0, 1)
    const properties = ['x', 'y'].flatMap((value) => [0x26, 0, 1, 0x61, 0, 1, value.charCodeAt(0)])
    const body = [0, 1, 0x74, 0, 7, properties.length, ...properties, 0x7b, 0x7d]
    say(first.publish, body.length, ...body)
  })
  await using connection = await mqttUplink(broker.url).connect(undefined, never)
  const heard: Incoming[] = []
  await connection.subscribe('t', (message) => {
    heard.push(message)
    return stored
  })
  await until(() => heard.length === 1)
  t.match(heard, [{ topic: 't', properties: { a: 'y' } }], 'the last one counts')
  await turns()
  t.same(acknowledged, [])
  store()
  await until(() => acknowledged.length === 1)
  t.same([...acknowledged[0]!.subarray(0, 2)], [0, 7])
})

t.test('a message that cannot be taken is not acknowledged, so that it comes again', async (t) => {
  const acknowledged: Buffer[] = []
  await using broker = await openScriptedBroker((packet, say) => {
    if (packet.first === first.connect) say(...welcome)
    if (packet.first === first.puback) acknowledged.push(packet.body)
    if (packet.first !== first.subscribe) return
    say(0x90, 4, packet.body[0]!, packet.body[1]!, 0, 1)
    say(first.publish, 8, 0, 1, 0x74, 0, 7, 0, 0x7b, 0x7d)
  })
  await using connection = await mqttUplink(broker.url).connect(undefined, never)
  let tries = 0
  await connection.subscribe('t', async () => {
    tries++
    throw new Error('the disk is full')
  })
  await until(() => tries === 1)
  await turns()
  t.same(acknowledged, [])
})

t.test('a file that cannot be read is named, but not one that may be the password itself', async (t) => {
  const connecting = (files: object) => mqttUplink('mqtt://127.0.0.1:1', files).connect(undefined, never)
  await t.rejects(connecting({ ca: '/nowhere/ca.pem' }), {
    name: 'UplinkError',
    kind: 'refused',
    message: 'broker.ca: cannot read /nowhere/ca.pem (ENOENT)',
  })
  const leak = await connecting({ passwordFile: '/nowhere/hush' }).catch((error: UplinkError) => error)
  t.match(leak, { kind: 'refused', message: 'broker.passwordFile: cannot read the file (ENOENT)' })
})
