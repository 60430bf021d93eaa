import type { ChildProcess } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmulatedArduino } from '../system/avr/emulated-arduino.ts'
import { SceneWatch } from '../system/scene-watch.ts'
import { end, startDaemon } from './daemon.ts'
import { usage } from './idle.ts'
import { serviceNodeOptions } from './node-options.ts'
import { type Line, median, quantile } from './report.ts'

const pixelPin = 6
const pins = { satisfied: 2, neutral: 3, dissatisfied: 4 }
const presses = 20
const stalledPresses = 10
const stallMs = 2_000
const idleMs = 30_000
const patienceMs = 60_000
const names = [
  'contact → first pixels, USB panel',
  'contact → first pixels, USB panel, disk stalls',
  'processor, idle, animated',
] as const

/** Each flush of the disk takes so long, to the daemon. */
const stalling = [
  ...['strace', '-D', '-q', '-f', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=fdatasync'],
  ...['-e', `inject=fdatasync:delay_enter=${stallMs * 1000}`],
]

/**
 * The whole daemon with keys and rings on an Arduino that libsimavr emulates at its own speed: from a contact that closes
 * to the first frame at the pixels, and what moving faces cost.
 */
export async function benchUsb(directory: string): Promise<Line[]> {
  let arduino: EmulatedArduino
  try {
    arduino = await EmulatedArduino.start(pixelPin)
  } catch {
    return names.map((name) => ({ name, why: 'needs root, gcc, and Debian’s libsimavr-dev and libelf-dev' }))
  }
  await using _ = arduino
  const free = await times(join(directory, 'usb'), arduino, presses, [])
  const stalled = await times(join(directory, 'usb-stalled'), arduino, stalledPresses, stalling)
  const told = 'the debouncing of the keys and both ways over 57,600 baud included'
  return [
    {
      name: names[0],
      value: median(free),
      unit: 'ms',
      how: `median of ${free.length} presses, worst ${quantile(free, 1).toFixed(0)} ms; ${told}`,
    },
    {
      name: names[1],
      value: median(stalled),
      unit: 'ms',
      how: `median of ${stalled.length} presses, worst ${quantile(stalled, 1).toFixed(0)} ms, while each fdatasync takes ${stallMs} ms (strace)`,
    },
    {
      name: names[2],
      value: await animated(join(directory, 'usb-animated'), arduino),
      limit: 3,
      unit: '% of a core',
      how: `${idleMs / 1000} s of /proc/PID/stat with 48 pixels on the emulated panel; the pixels are counted on the wire`,
    },
  ]
}

async function times(
  directory: string,
  arduino: EmulatedArduino,
  count: number,
  through: readonly string[],
): Promise<number[]> {
  const { daemon, address } = await started(directory, arduino, 'off', through)
  const values: number[] = []
  try {
    using watch = new SceneWatch(address)
    for (let i = 0; i < count; i++) {
      await watch.until(({ at }) => at === 'idle', patienceMs)
      // What the end of the last visit has changed is on the pixels by then.
      await pass(500)
      const start = performance.now()
      const frame = arduino.nextFrame().then(() => values.push(performance.now() - start))
      await arduino.do(`tap ${pins.satisfied} 60000`)
      await frame
      await watch.until(({ at }) => at !== 'idle', patienceMs)
    }
  } finally {
    await end(daemon)
  }
  return values
}

async function animated(directory: string, arduino: EmulatedArduino): Promise<number> {
  const { daemon } = await started(directory, arduino, 'on', [])
  try {
    await pass(5_000)
    const frames = arduino.frames.length
    const before = await usage(daemon.pid!)
    await pass(idleMs)
    const after = await usage(daemon.pid!)
    if (arduino.frames.length === frames) throw new Error('nothing moved')
    return ((after.seconds - before.seconds) / (idleMs / 1000)) * 100
  } finally {
    await end(daemon)
  }
}

/** A daemon whose keys and lights are there. */
async function started(
  directory: string,
  arduino: EmulatedArduino,
  animation: 'on' | 'off',
  through: readonly string[],
): Promise<{ daemon: ChildProcess; address: string }> {
  await mkdir(directory, { recursive: true })
  const profile = join(directory, 'panel.yaml')
  const device = arduino.path
  // JSON is YAML.
  await writeFile(
    profile,
    JSON.stringify({
      title: 'Keys and rings on an emulated Arduino',
      keys: { driver: 'usb', device, pins },
      lights: { driver: 'usb', device, pin: pixelPin, pixelsPerFace: 16, maxMilliamps: 2_000 },
      display: { driver: 'browser' },
    }),
  )
  const more = {
    panel: profile,
    lights: { animation },
    visit: { correctionSeconds: 0, lockoutSeconds: 1 },
  }
  const daemon = await startDaemon(directory, 'mqtt://127.0.0.1:1', await serviceNodeOptions(), {
    through,
    more,
  })
  let said = ''
  const wanted = [/part ready.*keys on the Arduino/, /part ready.*lights on the Arduino/, /info {2}ready/]
  const alarm = setTimeout(() => daemon.kill('SIGKILL'), patienceMs)
  for await (const text of daemon.stderr!.iterator({ destroyOnReturn: false })) {
    said += text
    if (wanted.every((one) => one.test(said))) break
  }
  clearTimeout(alarm)
  daemon.stderr!.resume()
  const [, address] = /address=(\S+)/.exec(said) ?? []
  if (address === undefined || daemon.signalCode !== null)
    throw new Error(`the panel did not come within ${patienceMs / 1000} s:\n${said}`)
  return { daemon, address }
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
