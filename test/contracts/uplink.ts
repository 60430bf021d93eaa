import type { Incoming, Message, Uplink } from '../../src/ports/uplink.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { until } from '../fakes/until.ts'

/** What tap hands to a test. */
export type Test = typeof import('tap').t

/** A broker of one kind, seen from both of its sides. */
export interface UplinkWorld extends AsyncDisposable {
  readonly protocol: '5' | '3.1.1'
  /** A terminal's way to it. */
  uplink(): Uplink
  /** A way to where there is no broker. */
  nowhere(): Uplink
  /** Somebody else subscribes; resolves once the broker has granted it. */
  watch(filter: string, receive: (message: Incoming) => void): Promise<AsyncDisposable>
  /** Somebody else publishes. */
  send(message: Message & { responseTopic?: string }): Promise<void>
  /** Cuts the terminal's connections; nobody says goodbye. */
  cut(): void
}

const will: Message = { topic: 'faccina/1/c/o/1/state', payload: '{"state":"offline"}', retain: true }
const vote: Message = { topic: 'faccina/1/c/o/1/vote', payload: '{"text":"però — ü"}', retain: false }
const never = new AbortController().signal

/** What every uplink must do, whatever is behind it. */
export async function uplinkContract(t: Test, open: () => Promise<UplinkWorld>): Promise<void> {
  const inWorld = (name: string, body: (t: Test, world: UplinkWorld) => Promise<void>) =>
    t.test(name, async (t) => {
      await using world = await open()
      await body(t as Test, world)
    })

  await inWorld('a message arrives as it was sent, and is acknowledged', async (t, world) => {
    const heard: Incoming[] = []
    await using _ = await world.watch('faccina/1/c/o/1/+', (message) => heard.push(message))
    await using connection = await world.uplink().connect(will, never)
    t.equal(connection.protocol, world.protocol)
    t.same(await connection.publish(vote), { heard: true })
    await until(() => heard.length === 1)
    t.match(heard, [{ topic: vote.topic, retained: false }])
    t.equal(new TextDecoder().decode(heard[0]?.payload), vote.payload)
  })

  await inWorld('it says that nobody has subscribed, where the protocol can', async (t, world) => {
    await using connection = await world.uplink().connect(will, never)
    const heard = await Promise.all([1, 2, 3].map(() => connection.publish(vote)))
    t.same(heard, Array(3).fill({ heard: world.protocol === '3.1.1' }))
  })

  await inWorld('many at once keep their order', async (t, world) => {
    const heard: string[] = []
    await using _ = await world.watch(vote.topic, ({ payload }) =>
      heard.push(new TextDecoder().decode(payload)),
    )
    await using connection = await world.uplink().connect(will, never)
    const sent = Array.from({ length: 300 }, (_, i) => `{"n":${i}}`)
    const acknowledged = await Promise.all(sent.map((payload) => connection.publish({ ...vote, payload })))
    t.equal(acknowledged.filter(({ heard }) => heard).length, 300)
    await until(() => heard.length === 300)
    t.same(heard, sent)
  })

  await inWorld('what is retained is there for who comes later, what is not has gone', async (t, world) => {
    await using connection = await world.uplink().connect(will, never)
    await connection.publish(vote)
    await connection.publish({ ...will, payload: '{"state":"online"}', expirySeconds: 90 })
    const later: Incoming[] = []
    await using _ = await world.watch('faccina/1/#', (message) => later.push(message))
    await until(() => later.length > 0)
    await connection.publish({ ...vote, topic: 'faccina/1/c/o/1/last' })
    await until(() => later.length > 1)
    t.match(later, [
      { topic: will.topic, retained: true },
      { topic: 'faccina/1/c/o/1/last', retained: false },
    ])
  })

  await inWorld('it hears what it has subscribed to, and nothing else', async (t, world) => {
    await world.send({ topic: 'c/command/old', payload: 'retained', retain: true })
    await using connection = await world.uplink().connect(will, never)
    const heard: Incoming[] = []
    await connection.subscribe('c/command/+', (message) => void heard.push(message))
    await until(() => heard.length === 1)
    const correlationData = Uint8Array.of(0, 1, 254, 255)
    await world.send({ topic: 'c/command/identify/reply', payload: 'no', retain: false })
    await world.send({
      topic: 'c/command/identify',
      payload: '{}',
      retain: false,
      ...(world.protocol === '5' && { responseTopic: 'answers/1', correlationData }),
    })
    await until(() => heard.length === 2)
    t.match(heard, [
      { topic: 'c/command/old', retained: true },
      { topic: 'c/command/identify', retained: false },
    ])
    if (world.protocol === '5') {
      t.equal(heard[1]?.responseTopic, 'answers/1')
      t.same([...(heard[1]?.correlationData ?? [])], [...correlationData])
      const answers: Incoming[] = []
      await using _ = await world.watch('answers/+', (message) => answers.push(message))
      await connection.publish({ topic: 'answers/1', payload: '{}', retain: false, correlationData })
      await until(() => answers.length === 1)
      t.same([...(answers[0]?.correlationData ?? [])], [...correlationData])
    }
  })

  await inWorld('properties go with a message, where the protocol can', async (t, world) => {
    const heard: Incoming[] = []
    await using _ = await world.watch(vote.topic, (message) => heard.push(message))
    await using connection = await world.uplink().connect(will, never)
    const properties = { replay: 'però', other: '' }
    await connection.publish({ ...vote, properties })
    await connection.publish(vote)
    await until(() => heard.length === 2)
    t.same(heard[0]?.properties, world.protocol === '5' ? properties : undefined)
    t.equal(heard[1]?.properties, undefined)
    t.same(heard[1]?.payload, heard[0]?.payload)
    const own: Incoming[] = []
    await connection.subscribe('c/own', (message) => void own.push(message))
    await world.send({
      topic: 'c/own',
      payload: '',
      retain: false,
      ...(world.protocol === '5' && { properties }),
    })
    await until(() => own.length === 1)
    t.same(own[0]?.properties, world.protocol === '5' ? properties : undefined)
  })

  await inWorld('a subscription ends when it is told to, and leaves those of others', async (t, world) => {
    await using connection = await world.uplink().connect(will, never)
    const heard: string[] = []
    const hear = (name: string) => () => void heard.push(name)
    const [first, second] = [
      await connection.subscribe('c/committed', hear('first')),
      await connection.subscribe('c/committed', hear('second')),
    ]
    await connection.subscribe('c/last', hear('last'))
    const send = async (topic: string) => {
      const { length } = heard
      await world.send({ topic, payload: '{}', retain: false })
      await world.send({ topic: 'c/last', payload: '{}', retain: false })
      await until(() => heard.slice(length).includes('last'))
      return heard.slice(length)
    }
    t.same(await send('c/committed'), ['first', 'second', 'last'])
    await first[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    t.same(await send('c/committed'), ['second', 'last'])
    await second[Symbol.asyncDispose]()
    t.same(await send('c/committed'), ['last'])
    await connection.subscribe('c/committed', hear('again'))
    t.same(await send('c/committed'), ['again', 'last'], 'and may begin anew')
    await connection[Symbol.asyncDispose]()
    await second[Symbol.asyncDispose]()
  })

  await inWorld('a goodbye: no will, no reason, and nothing more can be sent', async (t, world) => {
    const states: Incoming[] = []
    await using _ = await world.watch(will.topic, (message) => states.push(message))
    const connection = await world.uplink().connect(will, never)
    await connection.publish(vote)
    await Promise.all([connection[Symbol.asyncDispose](), connection[Symbol.asyncDispose]()])
    await connection[Symbol.asyncDispose]()
    t.equal(await connection.closed, undefined)
    await t.rejects(connection.publish(vote), { name: 'UplinkError', kind: 'lost' })
    await using next = await world.uplink().connect(will, never)
    await next.publish({ ...will, payload: '{"state":"online"}' })
    await until(() => states.length > 0)
    t.equal(new TextDecoder().decode(states[0]?.payload), '{"state":"online"}', 'the will was not said')
  })

  await inWorld('a lost connection says so, and the broker says the will', async (t, world) => {
    const states: Incoming[] = []
    await using _ = await world.watch(will.topic, (message) => states.push(message))
    const uplink = world.uplink()
    const connection = await uplink.connect(will, never)
    await connection.publish(vote)
    world.cut()
    const reason = await connection.closed
    t.ok(reason instanceof UplinkError)
    await t.rejects(connection.publish(vote), { name: 'UplinkError' })
    await connection[Symbol.asyncDispose]()
    await until(() => states.length === 1)
    t.equal(new TextDecoder().decode(states[0]?.payload), will.payload)
    await using next = await uplink.connect(will, never)
    t.ok(await next.publish(vote), 'a new connection takes its place')
  })

  await inWorld('what is under way when the connection is lost is not acknowledged', async (t, world) => {
    const connection = await world.uplink().connect(will, never)
    const publishing = Array.from({ length: 50 }, () => connection.publish(vote))
    world.cut()
    const settled = await Promise.allSettled(publishing)
    const rejected = settled.filter((result) => result.status === 'rejected')
    t.ok(rejected.every(({ reason }) => reason instanceof UplinkError))
    t.ok(await connection.closed)
  })

  await inWorld('an attempt ends when it is told to, at any moment', async (t, world) => {
    await t.rejects(world.uplink().connect(will, AbortSignal.abort()), { name: 'UplinkError' })
    const stop = new AbortController()
    const attempt = world.uplink().connect(will, stop.signal)
    stop.abort()
    await attempt.then(
      (connection) => connection[Symbol.asyncDispose](),
      (error) => t.ok(error instanceof UplinkError),
    )
  })

  await inWorld('where there is no broker it says so', async (t, world) => {
    await t.rejects(world.nowhere().connect(will, never), { name: 'UplinkError', kind: 'unreachable' })
  })
}
