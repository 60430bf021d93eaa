import * as fc from 'fast-check'
import t from 'tap'
import { type Face, faces } from '../../../src/domain/words.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import { HardwareError } from '../../../src/panels/errors.ts'
import { stillLevels } from '../../../src/panels/lights/animation.ts'
import { type LampLevels, lampLights } from '../../../src/panels/lights/lamp-lights.ts'
import { pixelFrames, pixelLights } from '../../../src/panels/lights/pixel-lights.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FakeHardware } from '../../fakes/fake-sink.ts'
import { litScenes } from '../../fakes/lit-scenes.ts'
import { turns, until } from '../../fakes/until.ts'
import { faceLuminance, mostInASecond, rings, rises } from './pixels.ts'

const { idle, thanking, asking, closed } = litScenes
const pressed = litScenes['recording neutral']
const minuteMs = 60_000

interface Options {
  animation?: boolean
  brightness?: PanelContext['lighting']['brightness']
}

function context(clock: FakeClock, { animation = true, brightness = () => 1 }: Options): PanelContext {
  return {
    clock,
    log: new FakeLog(),
    lighting: { animation, brightness },
    browser: { listen: { host: '127.0.0.1', port: 0 } },
    share: async (_, open) => open(),
  }
}

/** Lights on hardware that is there. */
async function opened(options: Options = {}) {
  const clock = new FakeClock()
  const hardware = new FakeHardware<Uint8Array>(clock)
  const lights = pixelLights(rings, hardware.piece, context(clock, options))
  await until(() => lights.condition().is === 'good')
  return {
    clock,
    hardware,
    lights,
    show: (scene: (typeof litScenes)[keyof typeof litScenes]) => lights.show(scene.lights, scene),
    /** Time in which everything that waits gets its turn now and then. */
    async pass(ms: number, stepMs = 20) {
      for (let at = 0; at < ms; at += stepMs) {
        clock.advance(Math.min(stepMs, ms - at))
        await turns(3)
      }
    },
  }
}

const still = (scene: (typeof litScenes)[keyof typeof litScenes], brightness = 1) =>
  pixelFrames(rings)(stillLevels({ scene }), brightness)

t.test('a press is on its way at once, also in the midst of a thank-you', async (t) => {
  const { show, hardware, lights, pass } = await opened()
  show(idle)
  await pass(2000)
  show(thanking)
  await pass(100)
  const before = hardware.taken.length
  show(pressed)
  t.equal(hardware.taken.length, before + 1, 'before anything else has its turn')
  const luminance = (face: Face) => faceLuminance(hardware.frames.at(-1)!, face, rings)
  t.equal(luminance('neutral'), faceLuminance(still(pressed), 'neutral', rings), 'at full')
  await pass(1000)
  t.same(hardware.frames.at(-1), still(pressed), 'the others rest')
  await lights[Symbol.asyncDispose]()
})

t.test('frames only when something moves', async (t) => {
  const { show, hardware, lights, pass, clock } = await opened()
  t.equal(clock.waiting, 0, 'nothing before the first scene')
  show(idle)
  await pass(2000)
  hardware.taken.length = 0
  await pass(10_000)
  t.ok(hardware.taken.length > 50 && hardware.taken.length <= 152, `${hardware.taken.length} to breathe 10 s`)
  show(asking)
  await pass(1000)
  t.equal(clock.waiting, 1, 'only day and night are still waited for')
  hardware.taken.length = 0
  await pass(10 * minuteMs, minuteMs)
  t.equal(hardware.taken.length, 0)
  show(closed)
  await pass(1000)
  t.same(hardware.frames.at(-1), new Uint8Array(3 * 48))
  await lights[Symbol.asyncDispose]()
  t.equal(clock.waiting, 0)
})

t.test('without animation each scene is one picture', async (t) => {
  const { show, hardware, lights, pass, clock } = await opened({ animation: false })
  for (const scene of Object.values(litScenes)) {
    hardware.taken.length = 0
    show(scene)
    await turns(3)
    t.equal(clock.waiting, 1, 'only day and night are waited for')
    await pass(10_000)
    t.ok(hardware.taken.length <= 1)
    await pass(1000)
  }
  for (const scene of Object.values(litScenes)) {
    show(scene)
    await pass(1000)
    t.same(hardware.frames.at(-1), still(scene))
  }
  await lights[Symbol.asyncDispose]()
})

t.test('night comes while nothing moves', async (t) => {
  let night = 1
  const { show, hardware, lights, pass, clock } = await opened({ brightness: () => night })
  show(asking)
  await pass(1000)
  night = 0.1
  await pass(minuteMs, 1000)
  t.same(hardware.frames.at(-1), still(asking, 0.1))
  night = 0
  show(idle)
  await pass(minuteMs, 1000)
  t.same(hardware.frames.at(-1), new Uint8Array(3 * 48), 'none is dark')
  t.equal(clock.waiting, 1, 'and nothing moves in the dark')
  night = 1
  clock.set({ synchronised: true })
  await pass(1000)
  t.ok(Math.max(...hardware.frames.at(-1)!) > 100, 'a clock that is set is asked at once')
  await lights[Symbol.asyncDispose]()
})

t.test('one frame at a time, and then the newest', async (t) => {
  const { show, hardware, lights, pass } = await opened({ animation: false })
  hardware.hold()
  show(idle)
  await pass(400)
  show(pressed)
  await pass(400)
  show(thanking)
  await pass(400)
  t.equal(hardware.taken.length, 1)
  let written = false
  const written1 = lights.written!().then(() => {
    written = true
  })
  await turns()
  t.notOk(written, 'it is not there yet')
  hardware.release()
  await written1
  t.equal(hardware.taken.length, 2)
  t.same(hardware.frames.at(-1), still(thanking))
  t.equal(hardware.mostAtOnce, 1)
  await lights.written!()
  await lights[Symbol.asyncDispose]()
})

t.test('what breaks is opened again, and shows what is to be seen then', async (t) => {
  const { show, hardware, lights, pass } = await opened()
  show(idle)
  await pass(1000)
  const told: string[] = []
  using _ = lights.onCondition(() => told.push(lights.condition().is))
  hardware.become(new HardwareError('the data line is broken'))
  await pass(200)
  t.same(told, ['broken'])
  t.same(lights.condition(), { is: 'broken', problem: 'the data line is broken' })
  await lights.written!()
  const before = hardware.taken.length
  show(thanking)
  await pass(5000)
  show(asking)
  await pass(5000)
  t.equal(hardware.taken.length, before, 'nothing is written to what is not there')
  hardware.become()
  await pass(40_000, 500)
  t.same(lights.condition(), { is: 'good' })
  t.equal(hardware.taken.at(-1)!.piece, hardware.opened)
  t.same(hardware.frames.at(-1), still(asking))
  await lights[Symbol.asyncDispose]()
})

t.test('a write that ends late harms nobody', async (t) => {
  const { show, hardware, lights, pass } = await opened({ animation: false })
  hardware.hold()
  show(idle)
  const written = lights.written!()
  hardware.hold(false)
  hardware.piece.fail(new HardwareError('unplugged'))
  await pass(1000)
  await written
  t.equal(hardware.opened, 2)
  t.equal(hardware.taken.length, 2, 'the new piece is shown the scene, whatever the old one does')
  hardware.release(new Error('late'))
  await pass(1000)
  t.same(lights.condition(), { is: 'good' })
  t.equal(hardware.opened, 2)
  await lights[Symbol.asyncDispose]()
})

t.test('dark at the end: the piece is let go of behind the last write', async (t) => {
  const { show, hardware, lights, pass, clock } = await opened()
  show(idle)
  await pass(100)
  hardware.hold()
  await pass(100)
  const ended = Promise.all([lights[Symbol.asyncDispose](), lights[Symbol.asyncDispose]()])
  await turns()
  t.equal(hardware.closed, 0)
  hardware.release()
  await ended
  t.equal(hardware.closed, 1)
  t.equal(clock.waiting, 0)
  const { length } = hardware.taken
  show(thanking)
  await pass(1000)
  await lights.written!()
  t.equal(hardware.taken.length, length)
})

t.test('the end does not wait for ever', async (t) => {
  const { show, hardware, lights, clock } = await opened()
  hardware.hold()
  show(idle)
  const ended = lights[Symbol.asyncDispose]()
  await turns()
  clock.advance(500)
  await ended
  t.equal(hardware.closed, 1)
  hardware.release()
})

t.test('lamps', async (t) => {
  const clock = new FakeClock()
  const hardware = new FakeHardware<LampLevels>(clock)
  const lights = lampLights(hardware.piece, context(clock, { brightness: () => 0.5 }))
  lights.show(pressed.lights, pressed)
  await until(() => hardware.taken.length > 0)
  clock.advance(1000)
  await turns()
  const { satisfied, neutral, dissatisfied } = hardware.frames.at(-1)!
  t.equal(Math.round(255 * neutral), 128)
  t.equal(satisfied, dissatisfied)
  t.ok(satisfied > 0.03 && satisfied < 0.1)
  await lights[Symbol.asyncDispose]()
})

/** Any scenes, one after the other, as fast as the wildest hands could bring them about. */
const story = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(litScenes) as (keyof typeof litScenes)[])),
    fc.oneof(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 700 })),
  ),
  { minLength: 10, maxLength: 40 },
)

t.test('no face flashes more than three times a second, whoever does what', async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.boolean(), async (scenes, animation) => {
      const { show, hardware, lights, pass } = await opened({ animation })
      for (const [name, ms] of scenes) {
        show(litScenes[name])
        await pass(ms)
      }
      await pass(1000)
      await lights[Symbol.asyncDispose]()
      return faces.every((face) => {
        const series = hardware.taken.map(({ at, frame }) => [at, faceLuminance(frame, face, rings)] as const)
        return mostInASecond(rises(series, 0.02)) <= 3
      })
    }),
    { numRuns: 60 },
  )
})
