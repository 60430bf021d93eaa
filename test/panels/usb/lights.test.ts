import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { darkMessage, mostPixels } from '../../../src/panels/boards/pixel-messages.ts'
import type { UsbBoard } from '../../../src/panels/boards/usb-board.ts'
import { shareUsbBoard } from '../../../src/panels/boards/usb-board.ts'
import { openUsbKeys } from '../../../src/panels/keys/usb-keys.ts'
import { openUsbLamps } from '../../../src/panels/lights/usb-lamps.ts'
import { openPixelSink, openUsbPixels } from '../../../src/panels/lights/usb-pixels.ts'
import { randomBytes } from '../../fakes/random-bytes.ts'
import { Rig } from './rig.ts'

// An emulated Arduino is as fast as a real one only where the machine has time for it.
t.setTimeout(300_000)

const pin = 6
const pixels = {
  device: 'auto',
  pin,
  shape: 'ring',
  pixelsPerFace: 16,
  chain: ['satisfied', 'neutral', 'dissatisfied'],
  width: 8,
  rows: 'straight',
  order: 'GRB',
  brightnessPercent: 100,
  milliampsPerPixel: 60,
  maxMilliamps: 20_000,
} as const
const own = { ...pixels, chain: [...pixels.chain] }

async function boardOf(rig: Rig): Promise<UsbBoard> {
  const shared = await shareUsbBoard('auto', rig.context, rig.world)
  await rig.runUntil(() => shared.current !== undefined, 5_000)
  return shared.current!
}

t.test(
  'frames of 3 × 16 pixels arrive whole, however fast they come, with keys pressed meanwhile',
  async (t) => {
    const rig = new Rig(t)
    const board = await boardOf(rig)
    const keys = await openUsbKeys(
      {
        device: 'auto',
        pins: { satisfied: 2, neutral: 3, dissatisfied: 4 },
        pull: 'up',
        active: 'low',
        debounceMs: 20,
      },
      rig.context,
      rig.world,
    )
    let edges = 0
    keys.listen(() => edges++)
    const eye = rig.avr.look(pin)
    const opening = openPixelSink(own, board)
    await rig.end(opening)
    const sink = await opening
    const random = randomBytes(42)
    const frames = Array.from({ length: 8 }, () => random(3 * 48))
    const begun = rig.clock.now().mono
    const written = (async () => {
      for (const frame of frames) await sink.write(frame)
    })()
    let over = false
    written.then(() => {
      over = true
    })
    for (let i = 0; !over && i < 100; i++) {
      if (i % 2 === 0) rig.avr.close(2)
      else rig.avr.open(2)
      await rig.run(20)
    }
    await written
    const ms = (rig.clock.now().mono - begun) / frames.length
    t.ok(ms < 110, `a frame in which every pixel changes takes ${ms} ms`)
    await rig.run(5)
    t.same(eye.frames.at(0), new Uint8Array(3 * 48), 'dark at the start')
    t.same(
      eye.frames.slice(-8).map(rgbOf),
      frames.map((frame) => [...frame]),
    )
    t.equal(eye.oddPulses, 0)
    t.equal(rig.avr.overruns, 0, 'the receiver was never overrun')
    t.ok(edges >= 20, `the keys are heard meanwhile (${edges} edges)`)

    const same = new Uint8Array(3 * 48).fill(9)
    await rig.end(sink.write(same))
    const shown = eye.frames.length
    await rig.end(sink.write(same))
    await rig.run(5)
    t.equal(eye.frames.length, shown, 'what is shown already is not sent again')
    const noisy = [...Array(20)].map(() => randomBytes(7)(50))
    for (const bytes of noisy) rig.avr.receive(bytes.map((byte) => byte & 0x7f))
    await rig.noise(randomBytes(8)(50))
    await rig.run(1_500)
    t.same(rgbOf(eye.frames.at(-1)!), [...same], 'after noise it is shown once more')
    t.ok(eye.frames.length > shown)

    await rig.end(sink[Symbol.asyncDispose]())
    await rig.run(5)
    t.same(eye.frames.at(-1), new Uint8Array(3 * 48), 'dark at the end')
    await rig.end(keys[Symbol.asyncDispose]())
  },
)

/** The colours in the order of a frame, as pixels of the order GRB have them. */
function rgbOf(bytes: Uint8Array): number[] {
  const rgb: number[] = []
  for (let i = 0; i < bytes.length; i += 3) rgb.push(bytes[i + 1]!, bytes[i]!, bytes[i + 2]!)
  return rgb
}

t.test('the lights of a scene are those on the data line', async (t) => {
  const rig = new Rig(t)
  const lights = await openUsbPixels(own, rig.context, rig.world)
  await rig.runUntil(() => lights.condition().is === 'good', 5_000)
  const eye = rig.avr.look(pin)
  const screen = { title: '', choices: [], languages: [] }
  const scene = {
    at: 'recording',
    language: 'it',
    lights: { satisfied: 'pressed', neutral: 'off', dissatisfied: 'off' },
    screen,
  } as const
  lights.show(scene.lights, scene as never)
  await rig.run(1_200)
  const frame = rgbOf(eye.frames.at(-1)!)
  const [red = 0, green = 0, blue = 0] = frame
  t.ok(green > 60 && green > red && green > blue, `green is lit (${[red, green, blue]})`)
  t.same(frame.slice(3 * 16), Array(3 * 32).fill(0), 'the others are not')
  await rig.end(lights[Symbol.asyncDispose]())
  await rig.run(5)
  t.same(eye.frames.at(-1), new Uint8Array(3 * 48), 'dark at the end')
})

t.test('pixels are dark when the program ends without a word', async (t) => {
  const rig = new Rig(t)
  const line = join(t.testdir(), 'line')
  rig.fd = openSync(line, 'w')
  const board = await boardOf(rig)
  const before = process.listeners('exit')
  const opening = openPixelSink(own, board)
  await rig.end(opening)
  const sink = await opening
  const ours = process.listeners('exit').filter((listener) => !before.includes(listener))
  for (const atExit of ours) atExit.call(process, 1)
  t.same(readFileSync(line), Buffer.from(darkMessage), 'written at once: nothing comes after the end')
  closeSync(rig.fd)
  for (const atExit of ours) atExit.call(process, 1)
  await rig.end(sink[Symbol.asyncDispose]())
  t.same(process.listeners('exit'), before)
})

t.test('lamps: dimmed where the pin can, dark at the end', async (t) => {
  const rig = new Rig(t)
  const lamps = await openUsbLamps(
    { device: 'auto', pins: { satisfied: 7, neutral: 8, dissatisfied: 12 }, active: 'high' },
    rig.context,
    rig.world,
  )
  await rig.runUntil(() => lamps.condition().is === 'good', 5_000)
  const lit = { satisfied: 'off', neutral: 'pressed', dissatisfied: 'off' } as const
  lamps.show(lit, {
    at: 'recording',
    language: 'it',
    lights: lit,
    screen: { title: '', choices: [], languages: [] },
  })
  await rig.run(1_200)
  t.same(
    [7, 8, 12].map((pin) => rig.avr.isHigh(pin)),
    [false, true, false],
  )
  await rig.end(lamps[Symbol.asyncDispose]())
  await rig.run(5)
  t.same(
    [7, 8, 12].map((pin) => rig.avr.isHigh(pin)),
    [false, false, false],
  )
})

t.test('what cannot be is said: another firmware, another pin, too many pixels', async (t) => {
  const rig = new Rig(t)
  const known = await boardOf(rig)
  t.equal(known.firmware, 'faccina-panel')
  await t.rejects(openPixelSink(own, { ...known, firmware: 'StandardFirmata.ino' }), {
    message: /firmware \(StandardFirmata.ino\) knows no pixels: flash .*hardware\/firmware\/README.md/,
  })
  await t.rejects(openPixelSink({ ...own, pin: 40 }, known), { message: /pins 2 to 31, not on 40/ })
  await t.rejects(openPixelSink({ ...own, pixelsPerFace: 100 }, known), {
    message: new RegExp(`300 pixels .*${mostPixels}`),
  })
})

t.test('parts that cannot be on this Arduino are broken, and say why; the others go on', async (t) => {
  const rig = new Rig(t)
  const lamps = {
    device: 'auto',
    pins: { satisfied: 7, neutral: 8, dissatisfied: 99 },
    active: 'high',
  } as const
  const parts = [
    await openUsbLamps(lamps, rig.context, rig.world),
    await openUsbPixels({ ...own, pin: 40 }, rig.context, rig.world),
  ]
  await rig.runUntil(() => rig.log.of('part broken').length >= 2, 5_000)
  t.match(
    parts.map((part) => part.condition()),
    [{ problem: /99/ }, { problem: /pins 2 to 31, not on 40/ }],
  )
  const shared = await shareUsbBoard('auto', rig.context, rig.world)
  t.equal(shared.condition().is, 'good')
  for (const part of parts) await rig.end(part[Symbol.asyncDispose]())
  await rig.end(shared[Symbol.asyncDispose]())
  t.equal(rig.opened, 1)
})

t.test('a message that johnny-five cannot take is noise', async (t) => {
  const rig = new Rig(t)
  const { wire } = await boardOf(rig)
  let noise = 0
  wire.onNoise(() => noise++)
  wire.once('data', () => {
    throw new Error('no such pin')
  })
  await rig.run(1_500)
  t.equal(noise, 1)
  t.ok(wire.isOpen)
})

t.test('what is asked of a board that is gone is at an end', async (t) => {
  const rig = new Rig(t)
  const { wire } = await boardOf(rig)
  await rig.unplug('told')
  await wire.request(Uint8Array.of(1))
  t.notOk(wire.isOpen)
})
