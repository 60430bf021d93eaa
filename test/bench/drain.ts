import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../src/ports/clock.ts'
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
  const ours = await drained(join(directory, 'drain'), votes, broker.port, broker.port, clock)
  const theirs = await arrivals(broker.port, votes, () =>
    spawn(python, ['-c', paho, `${broker.port}`, `${votes}`, `${payloadBytes}`, topic], {
      stdio: 'ignore',
    }),
  )
  await using prompt = await openMosquitto(['allow_anonymous true', 'set_tcp_nodelay true'])
  await using slow = await delayed(prompt.port, roundTripMs / 2)
  const far = await drained(join(directory, 'drain-far'), fewVotes, slow.port, prompt.port, clock)
  return [
    {
      name: names[0],
      value: ours.rate / theirs.rate,
      least: 0.6,
      unit: '× paho',
      how: `${votes} votes, \`faccina run\` ${ours.rate.toFixed(0)} votes/s, paho ${theirs.rate.toFixed(0)}, from the first to the last at a subscriber`,
    },
    {
      name: names[1],
      value: far.rate,
      least: (0.7 * window) / (roundTripMs / 1000),
      unit: 'votes/s',
      how: `${fewVotes} votes through a relay that keeps everything for ${roundTripMs / 2} ms; limit 0.7 × window / round trip`,
    },
    {
      name: names[2],
      value: ours.mb,
      limit: 80,
      unit: 'MB',
      how: `VmHWM after ${votes} votes, with what the service gives Node`,
    },
  ]
}

async function drained(directory: string, count: number, port: number, heard: number, clock: Clock) {
  await mkdir(directory, { recursive: true })
  await fill(join(directory, 'journal'), count, clock)
  const nodeOptions = await serviceNodeOptions()
  let mb = Number.NaN
  const { rate } = await arrivals(
    heard,
    count,
    () => startDaemon(directory, `mqtt://127.0.0.1:${port}`, nodeOptions),
    async (daemon) => {
      mb = await mostMb(daemon.pid!)
    },
  )
  return { rate, mb }
}

/** How fast that many arrive at a subscriber, from the first to the last, of whoever is started. */
async function arrivals(
  port: number,
  count: number,
  start: () => ChildProcess | Promise<ChildProcess>,
  then: (sender: ChildProcess) => Promise<void> = async () => {},
): Promise<{ rate: number }> {
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
  const sender = await start()
  try {
    await Promise.race([all, once(subscriber, 'exit')])
    if (come < count) throw new Error(`${come} of ${count} votes arrived`)
    await then(sender)
    return { rate: (come / (last - first)) * 1000 }
  } finally {
    await end(sender)
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
