import t, { type Test } from 'tap'
import type { HealthMessage } from '../../src/contract/schemas.ts'
import type { Light, Scene } from '../../src/domain/scene.ts'
import { faces } from '../../src/domain/words.ts'
import { stillLevels } from '../../src/panels/lights/animation.ts'
import { inOrder } from '../../src/panels/lights/layout.ts'
import { pixelFrames } from '../../src/panels/lights/pixel-lights.ts'
import { spiHz } from '../../src/panels/lights/ws2812-spi.ts'
import { ws2812Pictures } from '../fakes/ws2812-wave.ts'
import { lamps, line, openCounter, ring, rings } from './kernel/counter.ts'
import type { Program, StartOptions } from './kernel/rig.ts'
import type { GuestTerminal } from './kernel/terminal.ts'

/*
 * The panel `linux` in a kernel of its own: the daemon runs in there as nobody, in the groups of a Pi's
 * devices; the keys are those of hardware/overlays, on simulated lines. The broker is on the host.
 */

const encoderKeys = {
  driver: 'linux',
  codes: { satisfied: 'BTN_TRIGGER', neutral: 'BTN_THUMB', dissatisfied: 'BTN_THUMB2' },
}
const encoderCodes = [0x120, 0x121, 0x122]

const { rig, start, train, tap, rest } = await openCounter(t)

/** What the rings of a scene show, as the pixels take it. */
function pixelsOf(at: Scene['at'], light: Light): Uint8Array {
  const lights = { satisfied: light, neutral: light, dissatisfied: light }
  return inOrder(pixelFrames(rings)(stillLevels({ scene: { at, lights } }), 1), rings.order)
}

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

/**
 * A contact that closes and opens with 20 bounces each, `us` long. Whether it was so: where this computer
 * was busy elsewhere, the contact came to rest in between.
 */
async function bounces(at: number, us: number): Promise<boolean> {
  const closing = await train(at, us, 41, 'down')
  await rest(150)
  const opening = await train(at, us, 41, 'up')
  return Math.max(closing, opening) < 80_000
}

t.test('keys of the overlay, rings over SPI: votes at the broker, dark at the end', async (t) => {
  await using terminal = await start({ lights: ring })
  await terminal.health(({ keys, lights }) => keys.is === 'good' && lights.is === 'good', 'good')
  for (const face of faces) t.equal((await terminal.vote(() => tap(line[face]))).data.face, face)
  // The kernel keeps out what is shorter than 3 ms; what is longer comes to us.
  for (const us of [300, 5_000]) {
    let clean = false
    for (let attempt = 0; attempt < 8 && !clean; attempt++) {
      // Pressed again and again without a pause it would be a broken one.
      await rest(2_000)
      const { data } = await terminal.vote(async () => {
        clean = await bounces(line.neutral, us)
      })
      t.equal(data.face, 'neutral', `bounces of ${us} µs are one vote`)
      if (clean) t.equal(data.suppressed, 0, 'and no further press')
    }
    t.ok(clean)
  }
  await terminal.stop()
  t.equal(terminal.program.ended?.code, 0)
  const shown = await pictures(t)
  const wasShown = (at: Scene['at'], light: Light) =>
    shown.some((picture) => Buffer.compare(picture, pixelsOf(at, light)) === 0)
  t.ok(wasShown('idle', 'ready'), 'the scene’s colours: they invite')
  t.ok(wasShown('thanking', 'thanks'), 'they thank')
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
  t.same(
    terminal.votes.slice(before).map(({ data }) => data.face),
    ['dissatisfied', 'satisfied', 'dissatisfied'],
  )
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
    await terminal.health(({ keys }) => keys.is === 'good' && keys.stuck.length === 0, 'calm', 60_000)
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

t.test('each thing that is wrong is said in words, and a vote is a vote', async (t) => {
  const { health, stop } = await opened({ lights: ring }, ['input', 'spi'])
  const neither = await health(({ keys, lights }) => keys.is === 'broken' && lights.is === 'broken')
  t.match(neither.keys, { problem: /\/dev\/input\/event0 may not be read: .*group input/ })
  t.match(neither.lights, { problem: /spidev0\.0 may not be opened: .*group spi/ })
  await stop()

  /** Which lights, which groups are missing, and what the health says. */
  const cases: [object, StartOptions['without'], RegExp][] = [
    [lamps, ['gpio'], /green:satisfied .*60-faccina\.rules .*group gpio/],
    [
      { ...ring, pixelsPerFace: 256 },
      [],
      /768 pixels need 9472 bytes at once, and spidev sends 4096: write spidev\.bufsiz=16384/,
    ],
    [
      { driver: 'linux-leds0', pixelsPerFace: 16 },
      [],
      /the kernel 6\.\S+ would change the colours on \/dev\/leds0: it must be newer than 6\.12\.55/,
    ],
  ]
  for (const [lights, without, words] of cases) {
    const { health, stop, terminal } = await opened({ lights }, without)
    t.match((await health(({ lights }) => lights.is === 'broken')).lights, { problem: words })
    t.equal((await terminal.vote(() => tap(line.satisfied))).data.face, 'satisfied')
    await stop()
  }
})

/** A terminal whose user is in these groups only, and what it says once that is so. */
async function opened(parts: object, without: StartOptions['without'] = []) {
  const terminal = await start(parts, { without })
  return {
    terminal,
    health: (so: (health: HealthMessage) => boolean) => terminal.health(so, JSON.stringify(parts)),
    stop: () => terminal.stop(),
  }
}
