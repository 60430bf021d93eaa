import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../src/ports/clock.ts'
import { freePort } from '../contracts/free-port.ts'
import { openMosquitto } from '../system/mosquitto.ts'
import { end, startDaemon } from './daemon.ts'
import { mostMb } from './idle.ts'
import { fill } from './journals.ts'
import { serviceNodeOptions } from './node-options.ts'
import type { Line } from './report.ts'

const votes = 50_000
const fewVotes = 3_000
const window = 16
const roundTripMs = 50
/** Of a vote as MQTT 5, without its topic. */
const payloadBytes = 500
const topic = 'faccina/1/c_e506/anagrafe/3/vote'
const names = [
  'drain by MQTT.js, its own store',
  'drain by a bridge of mosquitto',
  'drain, window 16',
  'drain, window 16, 50 ms round trip',
  'resident memory while draining',
] as const

/** Debian's own, which has Debian's packages. */
const python = '/usr/bin/python3'

/** Python's client of the Eclipse foundation, which sends as fast as its window lets it. */
const paho = `
import sys, paho.mqtt.client as mqtt
port, count, size, topic = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
arguments = (mqtt.CallbackAPIVersion.VERSION2,) if hasattr(mqtt, 'CallbackAPIVersion') else ()
client = mqtt.Client(*arguments, protocol=mqtt.MQTTv5)
client.max_inflight_messages_set(${window})
client.max_queued_messages_set(0)
client.connect('127.0.0.1', port)
client.loop_start()
for _ in range(count): last = client.publish(topic, b'x' * size, qos=1)
last.wait_for_publish()
`

/** MQTT.js as most use it: a store in memory, and it sees to the rest; it stays, so that its memory can be looked at. */
const mqttJs = `
import { connect } from 'mqtt'
const [port, count, size, topic] = process.argv.slice(1)
const client = connect('mqtt://127.0.0.1:' + port, { protocolVersion: 5 })
for (let i = 0; i < Number(count); i++) client.publish(topic, Buffer.alloc(Number(size), 'x'), { qos: 1 })
setTimeout(() => {}, 300_000)
`

/** A backlog goes out through mosquitto: how fast, beside paho in the same run, and in how much memory. */
export async function benchDrain(directory: string, clock: Clock): Promise<Line[]> {
  const there = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: 'ignore' }).error === undefined
  const hasPaho = spawnSync(python, ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' }).status === 0
  if (!hasPaho || !there('mosquitto', '-h') || !there('mosquitto_sub', '--help'))
    return names.map((name) => ({
      name,
      why: 'needs Debian’s mosquitto, mosquitto-clients and python3-paho-mqtt',
    }))
  await using broker = await openMosquitto()
  const pairs: { ours: Drained; theirs: Drained }[] = []
  for (let n = 0; n < 3; n++)
    pairs.push({
      ours: await drained(join(directory, `drain-${n}`), votes, broker.port, broker.port, clock),
      theirs: await sentBy(broker.port, () => byPaho(broker.port)),
    })
  // One pair alone is as the machine happened to be: paho's rate differs by a half from run to run.
  const { ours, theirs } = pairs.sort((a, b) => ratio(a) - ratio(b))[1]!
  const plain = await sentBy(broker.port, () => {
    const words = [
      '--input-type=module',
      '-e',
      mqttJs,
      `${broker.port}`,
      `${votes}`,
      `${payloadBytes}`,
      topic,
    ]
    return spawn(process.execPath, words, { stdio: 'ignore' })
  })
  const bridge = await bridged()
  await using prompt = await openMosquitto(['allow_anonymous true', 'set_tcp_nodelay true'])
  await using slow = await delayed(prompt.port, roundTripMs / 2)
  const far = await drained(join(directory, 'drain-far'), fewVotes, slow.port, prompt.port, clock)
  const told = (name: string, { rate, mb }: Drained, how: string): Line => ({
    name,
    value: rate / theirs.rate,
    unit: '× paho',
    how: `${votes} votes, ${rate.toFixed(0)} votes/s, ${mb.toFixed(0)} MB; ${how}`,
  })
  return [
    told(
      names[0],
      plain,
      'all handed to publish() at once; they are in memory alone, and a power cut takes them',
    ),
    told(
      names[1],
      bridge,
      'from its queue; its disk has what it last saved (autosave_interval, 1800 s unless told)',
    ),
    {
      name: names[2],
      value: ratio({ ours, theirs }),
      least: 0.6,
      unit: '× paho',
      how: `${votes} votes, \`faccina run\` ${ours.rate.toFixed(0)} votes/s, paho ${theirs.rate.toFixed(0)}, from the first to the last at a subscriber; the middle one of ${pairs.length} pairs`,
    },
    {
      name: names[3],
      value: far.rate,
      least: (0.7 * window) / (roundTripMs / 1000),
      unit: 'votes/s',
      how: `${fewVotes} votes through a relay that keeps everything for ${roundTripMs / 2} ms; limit 0.7 × window / round trip`,
    },
    {
      name: names[4],
      value: ours.mb,
      limit: 80,
      unit: 'MB',
      how: `VmHWM after ${votes} votes, with what the service gives Node`,
    },
  ]
}

function ratio({ ours, theirs }: { ours: Drained; theirs: Drained }): number {
  return ours.rate / theirs.rate
}

interface Drained {
  /** Votes a second, from the first to the last at a subscriber. */
  rate: number
  /** The most memory that the sender has had. */
  mb: number
}

/** `faccina run` with so many votes waiting. */
async function drained(
  directory: string,
  count: number,
  port: number,
  heard: number,
  clock: Clock,
): Promise<Drained> {
  await mkdir(directory, { recursive: true })
  await fill(join(directory, 'journal'), count, clock)
  const nodeOptions = await serviceNodeOptions()
  return sentBy(heard, () => startDaemon(directory, `mqtt://127.0.0.1:${port}`, nodeOptions), count)
}

function byPaho(port: number): ChildProcess {
  return spawn(python, ['-c', paho, `${port}`, `${votes}`, `${payloadBytes}`, topic], { stdio: 'ignore' })
}

/** Who has them all in a queue when the broker comes. */
async function bridged(): Promise<Drained> {
  const port = await freePort()
  const lines = ['connection far', `address 127.0.0.1:${port}`, 'topic faccina/# out 1', 'cleansession false']
  await using near = await openMosquitto([
    ...[
      'allow_anonymous true',
      `max_inflight_messages ${window}`,
      'persistence true',
      'persistence_location $DIR/',
    ],
    ...[...lines, 'bridge_protocol_version mqttv50', 'restart_timeout 1'],
  ])
  await once(byPaho(near.port), 'exit')
  near.signal('SIGSTOP')
  await using far = await openMosquitto(['allow_anonymous true'], {}, port)
  const rate = await arrivals(far.port, votes, () => near.signal('SIGCONT'))
  return { rate, mb: await mostMb(near.pid) }
}

async function sentBy(
  port: number,
  start: () => ChildProcess | Promise<ChildProcess>,
  count = votes,
): Promise<Drained> {
  let sender: ChildProcess | undefined
  let mb = Number.NaN
  try {
    const rate = await arrivals(port, count, async () => {
      sender = await start()
    })
    // Somebody who has sent all may be gone by now.
    if (sender?.exitCode === null) mb = await mostMb(sender.pid!)
    return { rate, mb }
  } finally {
    if (sender) await end(sender)
  }
}

/** How fast that many arrive at a subscriber, from the first to the last, once somebody is started. */
async function arrivals(port: number, count: number, start: () => unknown): Promise<number> {
  const words = ['-p', `${port}`, '-V', '5', '-t', topic, '-F', '%q', '-W', '300']
  const subscriber = spawn('mosquitto_sub', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  // It says nothing of having subscribed.
  await new Promise((resolve) => setTimeout(resolve, 500))
  let come = 0
  let first = 0
  let last = 0
  const all = new Promise<void>((resolve) => {
    subscriber.stdout.on('data', (text: Buffer) => {
      first ||= performance.now()
      for (const byte of text) if (byte === 10) come++
      last = performance.now()
      if (come >= count) resolve()
    })
  })
  try {
    await start()
    await Promise.race([all, once(subscriber, 'exit')])
    if (come < count) throw new Error(`${come} of ${count} votes arrived`)
    return (come / (last - first)) * 1000
  } finally {
    await end(subscriber)
  }
}

/** A relay to a port of this computer that keeps what it is sent for so long, both ways. */
async function delayed(port: number, ms: number): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay()
      from.on('error', () => to.destroy()).on('close', () => setTimeout(() => to.destroy(), ms))
      from.on('data', (data) => setTimeout(() => to.destroyed || to.write(data), ms))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}
