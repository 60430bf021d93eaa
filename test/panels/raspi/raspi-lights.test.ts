import t from 'tap'
import type { Light, Scene } from '../../../src/domain/scene.ts'
import { openRaspiKeys } from '../../../src/panels/keys/raspi-keys.ts'
import { openRaspiLamps } from '../../../src/panels/lights/raspi-lamps.ts'
import { openRaspiPixels } from '../../../src/panels/lights/raspi-pixels.ts'
import { decodeRevision } from '../../../src/panels/pi.ts'
import { until } from '../../fakes/until.ts'
import { raspiRig } from './rig.ts'

function sceneOf(at: Scene['at'], light: Light): Scene {
  const lights = { satisfied: light, neutral: light, dissatisfied: light }
  return { at, language: 'it', lights, screen: { title: '', choices: [], languages: [] } }
}

const thanks = sceneOf('thanking', 'thanks')
const lampPins = { satisfied: 23, neutral: 24, dissatisfied: 25 }
const contacts = { pull: 'up', active: 'low', debounceMs: 20 } as const

t.test('lamps share the board with the keys, are lit, and dark at the end and at a crash', async (t) => {
  const rig = raspiRig()
  const pins = { satisfied: 17, neutral: 27, dissatisfied: 22 }
  const keys = await openRaspiKeys({ pins, ...contacts }, rig.context, rig.makeIo)
  const before = process.listeners('exit')
  const lamps = await openRaspiLamps({ pins: lampPins, active: 'high' }, rig.context, rig.makeIo)
  keys.listen(() => {})
  lamps.show(thanks.lights, thanks)
  await until(() => keys.condition().is === 'good' && lamps.condition().is === 'good')
  t.same(
    rig.made.map(({ needs }) => needs),
    [{ lines: [17, 22, 23, 24, 25, 27], i2c: false }],
  )
  const lit = () => Object.values(lampPins).map((line) => rig.io.pins[line]!.value > 0)
  await until(() => lit().every((is) => is))
  const ours = process.listeners('exit').filter((listener) => !before.includes(listener))
  for (const atExit of ours) atExit(1)
  t.same(lit(), [false, false, false], 'dark at a crash')
  await lamps[Symbol.asyncDispose]()
  t.same(process.listeners('exit'), before)
  await keys[Symbol.asyncDispose]()
})

t.test('a board that does not work any more holds the end up no longer', async (t) => {
  const rig = raspiRig()
  const lamps = await openRaspiLamps({ pins: lampPins, active: 'high' }, rig.context, rig.makeIo)
  lamps.show(thanks.lights, thanks)
  await until(() => rig.made.length === 1 && rig.io.pins[23]!.value > 0)
  for (const what of ['digitalWrite', 'pwmWrite', 'reset'] as const)
    rig.io[what] = () => {
      throw new Error('the board is gone')
    }
  await lamps[Symbol.asyncDispose]()
  await rig[Symbol.asyncDispose]()
  t.equal(rig.clock.waiting, 0)
})

t.test('lamps that are lit by a low line', async (t) => {
  const rig = raspiRig()
  const lamps = await openRaspiLamps({ pins: lampPins, active: 'low' }, rig.context, rig.makeIo)
  lamps.show(thanks.lights, thanks)
  const low = () =>
    rig.made.length === 1 && rig.io.calls.includes('pwm 23 255') && rig.io.pins[23]!.value < 255
  await until(low)
  await lamps[Symbol.asyncDispose]()
  for (const line of [23, 24, 25]) t.equal(rig.io.pins[line]!.value, 255, 'dark')
})

const pixels = {
  gpio: '10',
  shape: 'ring',
  pixelsPerFace: 2,
  chain: ['satisfied', 'neutral', 'dissatisfied'],
  width: 8,
  rows: 'straight',
  order: 'GRB',
  brightnessPercent: 100,
  milliampsPerPixel: 60,
  maxMilliamps: 20_000,
} as const

function fakeWs281x() {
  const frames: number[][] = []
  const array = new Uint32Array(6)
  const ws281x = Object.assign(() => ({ array }), {
    render: () => void frames.push([...array]),
    finalize: () => void frames.push([]),
  })
  const world = { uid: 0, pi: async () => decodeRevision(0xa02082), load: async () => ws281x }
  return { frames, world }
}

t.test('pixels are lit by the scene, and dark at the end', async (t) => {
  const rig = raspiRig()
  const { frames, world } = fakeWs281x()
  const lights = openRaspiPixels({ ...pixels, chain: [...pixels.chain] }, rig.context, world)
  lights.show(thanks.lights, thanks)
  await until(() => frames.length === 1)
  t.ok(frames[0]!.every((pixel) => pixel > 0 && pixel <= 0xffffff))
  await lights[Symbol.asyncDispose]()
  t.same(frames.slice(-2), [[0, 0, 0, 0, 0, 0], []])
})

t.test('a key on a line of the pixels', async (t) => {
  const rig = raspiRig()
  const pins = { satisfied: 17, neutral: 27, dissatisfied: 22, skip: 9 }
  const keys = await openRaspiKeys({ pins, ...contacts }, rig.context, rig.makeIo)
  keys.listen(() => {})
  await until(() => keys.condition().is === 'good')
  const { frames, world } = fakeWs281x()
  const lights = openRaspiPixels({ ...pixels, chain: [...pixels.chain] }, rig.context, world)
  lights.show(thanks.lights, thanks)
  await until(() => rig.log.of('part broken').length === 1)
  t.same(lights.condition(), {
    is: 'broken',
    problem:
      'GPIO 9 is wanted twice, as key skip and as part of the SPI of the lights: give one of them another line in the profile',
  })
  const pcm = openRaspiPixels({ ...pixels, gpio: '21', chain: [...pixels.chain] }, rig.context, world)
  pcm.show(thanks.lights, thanks)
  await until(() => frames.length === 1)
  t.equal(pcm.condition().is, 'good', 'the PCM takes only its own line')
  for (const part of [lights, pcm, keys]) await part[Symbol.asyncDispose]()
})
