import t, { type Test } from 'tap'
import type { Edge } from '../../src/domain/press-filter.ts'
import type { Key } from '../../src/domain/words.ts'
import { openUsbBoard } from '../../src/panels/boards/usb-board.ts'
import type { PanelContext } from '../../src/panels/drivers.ts'
import { openUsbKeys, type UsbKeysProfile } from '../../src/panels/keys/usb-keys.ts'
import { openPixelSink } from '../../src/panels/lights/usb-pixels.ts'
import type { Condition, Keys } from '../../src/ports/panel.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { randomBytes } from '../fakes/random-bytes.ts'
import { EmulatedArduino } from './avr/emulated-arduino.ts'

/**
 * The USB panel on a pseudo terminal: serialport, Firmata and johnny-five as they are, the firmware as it
 * is flashed, on an emulated Arduino that runs as fast as a real one.
 */

const pixelPin = 6
const pins = { satisfied: 2, neutral: 3, dissatisfied: 4, 'reason-1': 7, 'reason-2': 8, skip: 9 } as const

/** A machine that has other things to do is given time; what is measured is said. */
const patienceMs = 60_000

async function openKeys(t: Test, device: string, wired: UsbKeysProfile['pins'] = pins) {
  const clock = SystemClock.open({ source: 'system' })
  const log = new FakeLog()
  const shared: AsyncDisposable[] = []
  const context: PanelContext = {
    clock,
    log,
    browser: { listen: { host: '127.0.0.1', port: 0 } },
    lighting: { brightness: () => 1, animation: false },
    async share<T extends AsyncDisposable>(_: string, open: () => T | Promise<T>) {
      const opened = await open()
      shared.push(opened)
      return opened
    },
  }
  const keys = await openUsbKeys({ device, pins: wired, pull: 'up', active: 'low', debounceMs: 20 }, context)
  const heard = new Heard(keys)
  t.teardown(async () => {
    await keys[Symbol.asyncDispose]()
    for (const one of shared) await one[Symbol.asyncDispose]()
    clock[Symbol.dispose]()
  })
  return { keys, heard, log }
}

/** Waits for what keys say, and for what becomes of them. */
class Heard {
  readonly edges: Edge[] = []
  readonly #keys: Keys
  readonly #listeners = new Set<() => void>()

  constructor(keys: Keys) {
    this.#keys = keys
    keys.onCondition(() => this.#tell())
    keys.listen((edge) => {
      this.edges.push(edge)
      this.#tell()
    })
  }

  /** How long it took, in ms. */
  async becomes(is: Condition['is'], ms = patienceMs): Promise<number> {
    const begun = performance.now()
    await this.#until(() => this.#keys.condition().is === is, `${is}`, ms)
    return performance.now() - begun
  }

  async pressed(key: Key, ms = patienceMs): Promise<void> {
    const of = (edge: Edge['edge']) => this.edges.some((one) => one.key === key && one.edge === edge)
    await this.#until(() => of('down') && of('up'), `${key} pressed`, ms)
  }

  #until(so: () => boolean, what: string, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const look = () => so() && finish(resolve)
      const words = () => `not within ${ms} ms: ${what}; ${JSON.stringify(this.#keys.condition())}`
      const timer = setTimeout(() => finish(() => reject(new Error(words()))), ms)
      this.#listeners.add(look)
      look()
    })
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

t.test('keys: a press, a tap of 5 ms, noise, a hang, twenty times unplugged', async (t) => {
  await using arduino = await EmulatedArduino.start(pixelPin)
  const { keys, heard, log } = await openKeys(t, arduino.path)
  t.comment(`ready after ${Math.round(await heard.becomes('good'))} ms`)

  /** A touch of so long, until it is heard. */
  const touch = async (key: keyof typeof pins, us: number) => {
    heard.edges.length = 0
    await arduino.do(`tap ${pins[key]} ${us}`)
    await heard.pressed(key)
    return heard.edges.splice(0)
  }
  t.match(await touch('satisfied', 60_000), [{ edge: 'down' }, { edge: 'up' }])
  t.match(await touch('dissatisfied', 5_000), [{ edge: 'down' }, { edge: 'up' }], 'a tap of 5 ms is heard')

  const random = randomBytes(1789)
  for (let i = 0; i < 20; i++) await arduino.do(`noise ${Buffer.from(random(150)).toString('hex')}`)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await heard.becomes('good')
  t.same(heard.edges, [], 'noise is no edge')
  t.match(await touch('neutral', 60_000), [{ edge: 'down' }, { edge: 'up' }])

  await arduino.do('hang')
  const noticed = await heard.becomes('broken')
  t.ok(noticed < 5_000, `a hang is noticed after ${Math.round(noticed)} ms`)
  t.match(keys.condition(), { problem: /no longer answers: press its reset button/ })
  await arduino.do('reset')
  t.comment(`works again after ${Math.round(await heard.becomes('good'))} ms`)
  t.match(await touch('satisfied', 60_000), [{ edge: 'down' }, { edge: 'up' }])

  let slowest = 0
  for (let round = 1; round <= 20; round++) {
    await arduino.do('unplug')
    slowest = Math.max(slowest, await heard.becomes('broken'))
    t.match(keys.condition(), { problem: /is gone: it is awaited|is not there: it is awaited/ })
    await arduino.do('plug')
    await heard.becomes('good')
    t.match(
      await touch('satisfied', 40_000),
      [{ edge: 'down' }, { edge: 'up' }],
      `works again, round ${round}`,
    )
  }
  t.comment(`unplugged: noticed after ${Math.round(slowest)} ms at most`)
  t.ok(slowest < 5_000)
  t.equal(log.entries.filter(({ level }) => level === 'error').length, 0)
})

t.test('a Mega: keys on its many pins', async (t) => {
  const far = { satisfied: 22, neutral: 37, dissatisfied: 49, skip: 69 } as const
  await using arduino = await EmulatedArduino.start(pixelPin, 'atmega2560')
  const { heard } = await openKeys(t, arduino.path, far)
  await heard.becomes('good')
  for (const key of ['satisfied', 'neutral', 'dissatisfied', 'skip'] as const) {
    heard.edges.length = 0
    await arduino.do(`tap ${far[key]} 60000`)
    await heard.pressed(key)
    t.match(heard.edges, [
      { key, edge: 'down' },
      { key, edge: 'up' },
    ])
  }
})

t.test('a Mega: pixels on a port that no short instruction reaches', async (t) => {
  const pin = 9
  await using arduino = await EmulatedArduino.start(pin, 'atmega2560')
  using clock = SystemClock.open({ source: 'system' })
  const fail = (error: Error) => t.fail(error.message)
  const { signal } = new AbortController()
  await using board = await openUsbBoard({ path: arduino.path, fail, signal, clock })
  t.equal(board.firmware, 'faccina-panel')
  const sink = await openPixelSink(
    {
      device: arduino.path,
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
    },
    board,
  )
  const frame = randomBytes(2560)(3 * 48)
  await sink.write(frame)
  // The next answer comes behind the frame.
  await board.wire.request(new Uint8Array())
  await arduino.do('open 2')
  t.same(arduino.frame(48), [...frame])
  await sink[Symbol.asyncDispose]()
  await arduino.do('open 2')
  t.same(arduino.frame(48), Array(3 * 48).fill(0), 'dark at the end')
})
