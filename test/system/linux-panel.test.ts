import t, { type Test } from 'tap'
import type { Light, Scene } from '../../src/domain/scene.ts'
import { stillLevels } from '../../src/panels/lights/animation.ts'
import { inOrder } from '../../src/panels/lights/layout.ts'
import { pixelFrames } from '../../src/panels/lights/pixel-lights.ts'
import { spiHz } from '../../src/panels/lights/ws2812-spi.ts'
import type { PixelsProfile } from '../../src/panels/profile/parts.ts'
import { readProfile } from '../../src/panels/profile/profile-files.ts'
import { ws2812Pictures } from '../fakes/ws2812-wave.ts'
import { type Program, Rig, type StartOptions } from './kernel/rig.ts'
import { GuestTerminal } from './kernel/terminal.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'

/*
 * The panel `linux` in a kernel of its own: the daemon runs in there as nobody, in the groups of a Pi's
 * devices; the keys are those of hardware/overlays, on simulated lines. The broker is on the host.
 */

const line = { satisfied: 17, neutral: 27, dissatisfied: 22 } as const
type Face = keyof typeof line
const faces = Object.keys(line) as Face[]

const rig = await Rig.open()
const broker = await openMosquitto()
const subscriber = await Subscriber.open(broker.port)
t.teardown(async () => {
  await subscriber[Symbol.asyncDispose]()
  await broker[Symbol.asyncDispose]()
  await rig[Symbol.asyncDispose]()
})

const { codes } = (await readProfile('arcade-linux')).keys as { codes: Record<Face, string> }
const faceCodes = { satisfied: codes.satisfied, neutral: codes.neutral, dissatisfied: codes.dissatisfied }
const keys = { driver: 'linux', codes: faceCodes }
const encoderKeys = {
  driver: 'linux',
  codes: { satisfied: 'BTN_TRIGGER', neutral: 'BTN_THUMB', dissatisfied: 'BTN_THUMB2' },
}
const encoderCodes = [0x120, 0x121, 0x122]
const none = { driver: 'none' }
const defaults = (await readProfile('arcade-linux')).lights as PixelsProfile
const ring = { driver: 'linux-spi', pixelsPerFace: 16 }
const lamps = {
  driver: 'linux-lamps',
  leds: {
    satisfied: 'faccina:green:satisfied',
    neutral: 'faccina:yellow:neutral',
    dissatisfied: 'faccina:red:dissatisfied',
  },
}
const panel = (parts: object) => ({ title: 'Under test', keys, lights: none, display: none, ...parts })
const start = (parts: object, more: object = {}) =>
  GuestTerminal.start(rig, subscriber, { panel: panel(parts), port: broker.port, ...more })

/** Pulls a line down and up, so many times, each `us` long. */
const train = (at: number, us: number, count = 2, first: 'down' | 'up' = 'down') =>
  rig.do('train', { line: at, us, count, first })
const tap = (at: number) => train(at, 60_000)

/** What the rings of a scene show, as the pixels take it. */
function pixelsOf(at: Scene['at'], light: Light): Uint8Array {
  const lights = { satisfied: light, neutral: light, dissatisfied: light }
  return inOrder(pixelFrames(defaults)(stillLevels({ scene: { at, lights } }), 1), defaults.order)
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** The pictures that the pixels were shown, with and without the rest between two bytes that a Pi 4 makes. */
async function pictures(t: Test): Promise<Uint8Array[]> {
  const sent = await rig.messages('spi')
  t.ok(sent.every(({ what }) => what === `${spiHz} W`))
  const shown = sent.map(({ bytes }) => ws2812Pictures(bytes, spiHz))
  t.same(
    sent.map(({ bytes }) => ws2812Pictures(bytes, spiHz, 1)),
    shown,
    'also where the line rests between bytes',
  )
  t.ok(shown.every((one) => one.length === 1))
  return shown.flat()
}

/** Nothing happens for so long. */
const rest = (ms: number) => rig.do('rest', { ms })

/** A contact that closes and opens with so many bounces, each `us` long, on both ways. */
async function bounced(at: number, us: number, count = 20): Promise<void> {
  await train(at, us, 2 * count + 1, 'down')
  await rest(80)
  await train(at, us, 2 * count + 1, 'up')
}

t.test('keys of the overlay, rings over SPI: votes at the broker, dark at the end', async (t) => {
  await using terminal = await start({ lights: ring })
  await terminal.health(({ keys, lights }) => keys.is === 'good' && lights.is === 'good', 'good')
  for (const face of faces) t.equal((await terminal.vote(() => tap(line[face]))).data.face, face)
  // The kernel keeps out what is shorter than 3 ms; what is longer comes to us.
  for (const us of [300, 5_000])
    t.equal(
      (await terminal.vote(() => bounced(line.neutral, us))).data.face,
      'neutral',
      `bounces of ${us} µs`,
    )
  t.equal(terminal.votes.length, 5, 'one vote for each press')
  t.same(
    terminal.votes.map(({ data }) => data.suppressed),
    [0, 0, 0, 0, 0],
    'and a bounce is no press',
  )
  await terminal.stop()
  t.equal(terminal.program.ended?.code, 0)
  const shown = await pictures(t)
  t.same(shown[0], pixelsOf('idle', 'ready'), 'the scene’s colours: they invite')
  t.ok(
    shown.some((picture) => same(picture, pixelsOf('thanking', 'thanks'))),
    'they thank',
  )
  t.same(shown.at(-1), new Uint8Array(3 * 3 * 16), 'they are dark')
})

t.test('a program that crashes leaves the rings dark', async (t) => {
  await rig.forget('spi')
  const crash = 'data:text/javascript,process.on(`SIGUSR2`,()=>{throw(`crash`)})'
  await using terminal = await start({ lights: ring }, { env: { NODE_OPTIONS: `--import=${crash}` } })
  await terminal.health(({ lights }) => lights.is === 'good', 'lit')
  await rig.end(terminal.program, 'SIGUSR2')
  t.not(terminal.program.ended?.code, 0)
  const shown = await pictures(t)
  t.ok(shown.length >= 2)
  t.same(shown.at(-1), new Uint8Array(3 * 3 * 16))
})

t.test('lamps of the kernel; a key that is held, and stuck', async (t) => {
  await using terminal = await start({ lights: lamps })
  await terminal.health(({ keys, lights }) => keys.is === 'good' && lights.is === 'good', 'good')
  await rig.untilAsked(async () => (await lit()) === '111', 'the lamps to invite')
  const before = terminal.votes.length
  t.equal((await terminal.vote(() => rig.hold(line.dissatisfied))).data.face, 'dissatisfied')
  await terminal.health(({ keys }) => keys.stuck.includes('dissatisfied'), 'stuck')
  t.equal((await terminal.vote(() => tap(line.satisfied))).data.face, 'satisfied', 'the others work')
  await rig.release(line.dissatisfied)
  await terminal.health(({ keys }) => keys.stuck.length === 0, 'free')
  // Pressed again at once it would be one that does not come to rest.
  await rest(3_000)
  t.equal((await terminal.vote(() => tap(line.dissatisfied))).data.face, 'dissatisfied', 'it works again')
  t.equal(terminal.votes.length, before + 3)
  await terminal.stop()
  t.equal(await lit(), '000', 'dark at the end')
})

/** Which lamps burn: what the lines 23, 24 and 25 are driven to. */
async function lit(): Promise<string> {
  let found = ''
  for (const pin of [23, 24, 25]) found += (await rig.do<string>('level', { line: pin })).trim()
  return found
}

t.test('a USB encoder is awaited, comes, goes and comes again', async (t) => {
  await using terminal = await start({ keys: encoderKeys })
  const without = await terminal.health(({ keys }) => keys.is === 'broken', 'awaited')
  t.match(without.keys, {
    problem: /no input device has BTN_TRIGGER \(satisfied\), .*dtoverlay=faccina-keys/,
  })
  for (let round = 0; round < 5; round++) {
    const encoder = await rig.plug(`encoder-${round}`, encoderCodes)
    await terminal.health(({ keys }) => keys.is === 'good', 'plugged in', 5_000)
    const press = async () => {
      await rig.do('say', { name: encoder.name, text: `${encoderCodes[1]} 1` })
      if (round % 2) await rig.do('say', { name: encoder.name, text: `${encoderCodes[1]} 0` })
    }
    t.equal((await terminal.vote(press)).data.face, 'neutral')
    // In every other round it goes while the key is held.
    await rig.end(encoder)
    await terminal.health(({ keys }) => keys.is === 'broken' && keys.stuck.length === 0, 'unplugged')
  }
})

t.test(
  'five devices, one thread in the pool; a storm of events; and no work while nobody presses',
  async (t) => {
    // One that has nothing but the page, to compare with.
    let page: Idle
    {
      await using terminal = await start({
        keys: { driver: 'browser' },
        lights: { driver: 'browser' },
        display: { driver: 'browser' },
      })
      page = await idle(terminal)
    }
    const devices: Program[] = []
    for (let n = 0; n < 5; n++) devices.push(await rig.plug(`device-${n}`, encoderCodes))
    const one = { env: { UV_THREADPOOL_SIZE: '1' } }
    await using terminal = await start({ keys: encoderKeys, lights: lamps }, one)
    await terminal.health(({ keys }) => keys.is === 'good', 'good')
    const own = await idle(terminal)
    t.comment(`idle: page ${JSON.stringify(page)}, kernel keys ${JSON.stringify(own)}`)
    t.ok(own.wakeups <= page.wakeups + 20, 'no polling')
    t.ok(own.cpuMs <= page.cpuMs + 50, 'no work')
    for (const { name } of devices) {
      const press = () => rig.do('say', { name, text: `${encoderCodes[0]} 1\n${encoderCodes[0]} 0` })
      t.equal((await terminal.vote(press)).data.face, 'satisfied', `${name}: the vote got to the disk`)
    }
    const [storm, calm] = devices
    const flooded = async () => {
      await rig.do('say', { name: storm!.name, text: `flood ${encoderCodes[2]}` })
      await rig.until(() => /flooded/.test(storm!.output), 'the storm to pass')
    }
    t.equal((await terminal.vote(flooded)).data.face, 'dissatisfied', 'a storm is one vote')
    await terminal.health(({ keys }) => keys.is === 'good' && keys.stuck.length === 0, 'calm', 30_000)
    const press = () =>
      rig.do('say', { name: calm!.name, text: `${encoderCodes[1]} 1\n${encoderCodes[1]} 0` })
    t.equal((await terminal.vote(press)).data.face, 'neutral')
    for (const device of devices) await rig.end(device)
  },
)

interface Idle {
  wakeups: number
  cpuMs: number
}

/** What a terminal does in five seconds in which nobody does anything. */
async function idle(terminal: GuestTerminal): Promise<Idle> {
  const usage = () => rig.do<{ ticks: number; switches: number }>('usage', { pid: terminal.program.pid })
  // What the start left to do is done by then.
  await rest(3_000)
  const before = await usage()
  await rest(5_000)
  const after = await usage()
  return { wakeups: after.switches - before.switches, cpuMs: 10 * (after.ticks - before.ticks) }
}

t.test('each thing that is wrong is said in words', async (t) => {
  /** What is chosen, which groups are missing, and what the health says of keys and lights. */
  const cases: [string, object, StartOptions['without'], 'keys' | 'lights', RegExp][] = [
    ['no right to the keys', {}, ['input'], 'keys', /\/dev\/input\/event0 may not be read: .*group input/],
    ['no right to the SPI', { lights: ring }, ['spi'], 'lights', /spidev0\.0 may not be opened: .*group spi/],
    [
      'no such SPI',
      { lights: { ...ring, device: '/dev/spidev1.0' } },
      [],
      'lights',
      /spidev1\.0 is not there: write dtparam=spi=on into \/boot\/firmware\/config\.txt/,
    ],
    [
      'more pixels than spidev sends at once',
      { lights: { ...ring, pixelsPerFace: 256 } },
      [],
      'lights',
      /768 pixels need 9472 bytes at once, and spidev sends 4096: write spidev\.bufsiz=16384/,
    ],
    [
      'no right to the lamps',
      { lights: lamps },
      ['gpio'],
      'lights',
      /green:satisfied .*60-faccina\.rules .*group gpio/,
    ],
    [
      'no such lamp',
      { lights: { ...lamps, leds: { ...lamps.leds, neutral: 'faccina:blue:neutral' } } },
      [],
      'lights',
      /blue:neutral \(neutral\) is not there: .*dtoverlay=faccina-lamps/,
    ],
    [
      'a kernel that changes the colours',
      { lights: { driver: 'linux-leds0', pixelsPerFace: 16 } },
      [],
      'lights',
      /the kernel 6\.\S+ would change the colours on \/dev\/leds0: it must be newer than 6\.12\.55/,
    ],
  ]
  for (const [what, parts, without, part, words] of cases) {
    await using terminal = await start(parts, { without })
    const health = await terminal.health((health) => health[part].is === 'broken', what)
    t.match(health[part], { problem: words }, what)
    if (part === 'lights')
      t.equal((await terminal.vote(() => tap(line.satisfied))).data.face, 'satisfied', 'a vote is a vote')
  }
})
