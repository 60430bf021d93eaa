import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { leds0Bytes } from '../../../src/panels/lights/leds0-layout.ts'
import { openLedSink } from '../../../src/panels/lights/linux-lamps.ts'
import { openLeds0Sink } from '../../../src/panels/lights/linux-leds0.ts'
import { openSpiSink, type SpiWorld } from '../../../src/panels/lights/linux-spi.ts'
import { restBytes, spiHz, streamLength, ws2812Stream } from '../../../src/panels/lights/ws2812-spi.ts'
import { decodeRevision } from '../../../src/panels/pi.ts'
import { ws2812Pictures } from '../../fakes/ws2812-wave.ts'

t.test('what goes over the SPI decodes to the pixels, also with a rest between bytes', async (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 3, maxLength: 300 }),
      fc.integer({ min: 0, max: 2 }),
      (bytes, rest) => {
        t.same(ws2812Pictures(ws2812Stream(bytes), spiHz, rest), [bytes])
      },
    ),
    { numRuns: 60 },
  )
  t.equal(streamLength(3 * 72), 864 + 2 * restBytes)
  t.ok((restBytes * 8 * 1e6) / spiHz >= 300, 'the line rests for 300 µs')
  t.ok(streamLength(3 * 320) <= 4096, '320 pixels fit into the usual buffer')
  const line = ws2812Stream(Uint8Array.of(1, 2, 3))
  t.same(new Set(line), new Set([0, 0x88, 0x8e, 0xe8, 0xee]))
})

t.test('the decoder sees what a pixel would not take', async (t) => {
  const good = ws2812Stream(Uint8Array.of(0xff, 0x00, 0x5a))
  t.throws(() => ws2812Pictures(good, 2_400_000 / 2), /high for/, 'too slow')
  t.throws(
    () => ws2812Pictures(good.subarray(0, -restBytes), spiHz),
    /did not rest|neither a bit nor the end/,
  )
  const torn = good.slice()
  torn[restBytes + 3] = 0
  t.throws(() => ws2812Pictures(torn, spiHz), /no whole bytes|neither/)
  // Three bits for each, 100 and 110, at 2.4 MHz: 0xff is 110110110…, and a rest tears a one apart.
  const three = [0b11011011, 0b01101101, 0b10110110]
  const thin = Uint8Array.from([...new Array(100).fill(0), ...three, ...new Array(100).fill(0)])
  t.same(ws2812Pictures(thin, 2_400_000), [Uint8Array.of(0xff)])
  t.not(String(tried(() => ws2812Pictures(thin, 2_400_000, 1))), '255', 'as is known of a Pi 4')
})

function tried<T>(what: () => T): T | Error {
  try {
    return what()
  } catch (error) {
    return error as Error
  }
}

t.test('/dev/leds0: red, green, blue, white, so that the kernel sends what the pixels take', async (t) => {
  const frame = Uint8Array.of(1, 2, 3, 4, 5, 6)
  t.same([...leds0Bytes(frame, 'GRB')], [1, 2, 3, 0, 4, 5, 6, 0])
  // What the kernel makes of its four bytes: green, red, blue.
  const sent = (bytes: Uint8Array) => [bytes[1], bytes[0], bytes[2]]
  const colours = { R: 10, G: 20, B: 30 }
  for (const order of ['GRB', 'RGB', 'BRG', 'RBG', 'GBR', 'BGR'] as const)
    t.same(
      sent(leds0Bytes(Uint8Array.of(10, 20, 30), order)),
      [...order].map((colour) => colours[colour as 'R' | 'G' | 'B']),
      order,
    )
})

/** An SPI that keeps what it is sent. */
function fakeSpi() {
  const sent: { bytes: Uint8Array; speedHz: number; sync: boolean }[] = []
  const state = { open: false, error: undefined as NodeJS.ErrnoException | undefined }
  type Message = { sendBuffer: Uint8Array; speedHz: number }[]
  const keep = ([one]: Message, sync: boolean) => {
    if (state.error) throw state.error
    sent.push({ bytes: Uint8Array.from(one!.sendBuffer), speedHz: one!.speedHz, sync })
  }
  const module = {
    openSync(bus: number, device: number, options: object) {
      if (state.error) throw state.error
      t.same([bus, device, options], [0, 0, { mode: 0, maxSpeedHz: spiHz }])
      state.open = true
      return {
        transfer(message: Message, done: (error?: Error) => void) {
          const failed = tried(() => keep(message, false))
          setImmediate(() => done(failed instanceof Error ? failed : undefined))
        },
        transferSync: (message: Message) => keep(message, true),
        closeSync: () => (state.open = false),
      }
    },
  }
  return { sent, state, module }
}

const errno = (code: string) => Object.assign(new Error(code), { code })
const options = { device: '/dev/spidev0.0', count: 2, order: 'GRB' } as const

function spiWorld(module: object, world: SpiWorld = {}): SpiWorld {
  return {
    load: async () => module,
    isThere: async () => true,
    pi: async () => undefined,
    bufferBytes: async () => 4096,
    ...world,
  }
}

t.test('pixels over SPI are shown in their order, and dark at the end', async (t) => {
  const { sent, state, module } = fakeSpi()
  const before = process.listeners('exit')
  const sink = await openSpiSink(options, spiWorld(module))
  await sink.write(Uint8Array.of(1, 2, 3, 4, 5, 6))
  t.same(ws2812Pictures(sent[0]!.bytes, spiHz), [Uint8Array.of(2, 1, 3, 5, 4, 6)])
  t.equal(sent[0]?.speedHz, spiHz)
  state.error = errno('EIO')
  await t.rejects(sink.write(new Uint8Array(6)), { name: 'HardwareError', message: /spidev0\.0 .*\(EIO\)/ })
  state.error = undefined
  await sink[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
  t.equal(sent.length, 2)
  t.same(ws2812Pictures(sent[1]!.bytes, spiHz), [new Uint8Array(6)], 'dark')
  t.equal(state.open, false)
  await sink.write(Uint8Array.of(1, 2, 3, 4, 5, 6))
  t.equal(sent.length, 2, 'it is over')
  t.same(
    process.listeners('exit').filter((listener) => !before.includes(listener)),
    [],
  )
})

t.test('a frame that the SPI does not even take is not sent', async (t) => {
  const { module } = fakeSpi()
  const openSync = (...args: Parameters<typeof module.openSync>) => ({
    ...module.openSync(...args),
    transfer() {
      throw errno('EMSGSIZE')
    },
  })
  const sink = await openSpiSink(options, spiWorld({ openSync }))
  await t.rejects(sink.write(new Uint8Array(6)), { message: /did not send a frame \(EMSGSIZE\)/ })
  await sink[Symbol.asyncDispose]()
})

t.test('pixels are dark when the program ends without a word', async (t) => {
  const { sent, module } = fakeSpi()
  const before = process.listeners('exit')
  const sink = await openSpiSink(options, spiWorld(module))
  const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener))
  atExit?.call(process, 1)
  t.same(ws2812Pictures(sent.at(-1)!.bytes, spiHz), [new Uint8Array(6)])
  t.equal(sent.at(-1)?.sync, true, 'nothing comes after the end')
  await sink[Symbol.asyncDispose]()
})

/** What is found → what is said. */
const spiWords: [string, SpiWorld, RegExp][] = [
  [
    'no SPI',
    { isThere: async () => false },
    /spidev0\.0 is not there: write dtparam=spi=on into \/boot\/firmware\/config\.txt and restart$/,
  ],
  [
    'on a Pi 3',
    { isThere: async () => false, pi: async () => decodeRevision(0xa02082) },
    /write dtparam=spi=on, core_freq=250 into/,
  ],
  [
    'on a Pi 4',
    { isThere: async () => false, pi: async () => decodeRevision(0xc03114) },
    /write dtparam=spi=on, core_freq=500, core_freq_min=500 into/,
  ],
  [
    'on a Pi 5',
    { isThere: async () => false, pi: async () => decodeRevision(0xc04170) },
    /choose the lights of the profile arcade-pi5/,
  ],
  [
    'a small buffer',
    { bufferBytes: async () => 256 },
    /2 pixels need 280 bytes at once, and spidev sends 256: write spidev\.bufsiz=512 into \/boot\/firmware\/cmdline\.txt/,
  ],
  [
    'no module',
    { load: () => import('faccina-has-no-spi-device' as string) },
    /the module spi-device is .*this image or installation lacks/,
  ],
]

t.test('what is wrong with the SPI is said', async (t) => {
  const { module, state } = fakeSpi()
  for (const [what, world, words] of spiWords)
    await t.rejects(
      openSpiSink(options, spiWorld(module, world)),
      { name: 'HardwareError', message: words },
      what,
    )
  state.error = errno('EACCES')
  await t.rejects(openSpiSink(options, spiWorld(module)), { message: /group spi \(usermod -aG spi USER\)/ })
  state.error = errno('EBUSY')
  await t.rejects(openSpiSink(options, spiWorld(module)), {
    message: /spidev0\.0 is used by another program/,
  })
  state.error = errno('EIO')
  await t.rejects(openSpiSink(options, spiWorld(module)), { message: /cannot be opened \(EIO\)/ })
  await t.rejects(openSpiSink({ ...options, device: '/dev/leds0' }, spiWorld(module)), {
    message: /is no SPI/,
  })
})

t.test('what is wrong with /dev/leds0 is said', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'faccina-leds-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const device = join(folder, 'leds0')
  const order = 'GRB'
  await t.rejects(openLeds0Sink({ device, count: 48, order }), {
    name: 'HardwareError',
    message: /is not there: write dtoverlay=ws2812-pio,gpio=10,num_leds=48 into .*newer than 6\.12\.55/,
  })
  await writeFile(device, '')
  for (const kernel of ['6.12.55-v8+', '6.6.51+rpt-rpi-2712', '5.15.0'])
    await t.rejects(openLeds0Sink({ device, count: 1, order }, { kernel }), {
      message: `the kernel ${kernel} would change the colours on ${device}: it must be newer than 6.12.55 (apt full-upgrade)`,
    })
  for (const kernel of ['6.12.56-v8+', '6.18.0', '7.0']) {
    const sink = await openLeds0Sink({ device, count: 1, order }, { kernel })
    await sink.write(Uint8Array.of(7, 8, 9))
    t.same([...(await readFile(device))], [7, 8, 9, 0], 'written at the beginning')
    await sink[Symbol.asyncDispose]()
    t.same([...(await readFile(device))], [0, 0, 0, 0], 'dark')
  }
})

t.test('a chain that is longer than its overlay says', async (t) => {
  // It takes nothing, as the kernel does behind the last pixel.
  await t.rejects(openLeds0Sink({ device: '/dev/full', count: 48, order: 'GRB' }, { kernel: '7.0' }), {
    name: 'HardwareError',
    message: /has fewer pixels than the profile, which has 48: write .*num_leds=48/,
  })
  await t.rejects(openLeds0Sink({ device: t.testdir(), count: 1, order: 'GRB' }, { kernel: '7.0' }), {
    message: /did not take a frame \(EISDIR\)/,
  })
})

t.test('a lamp that goes, or is none', async (t) => {
  const lamp = (more = {}) => ({ max_brightness: '1\n', brightness: '1', ...more })
  const names = { satisfied: 'g', neutral: 'y', dissatisfied: 'r' }
  const folder = t.testdir({ g: lamp(), y: lamp(), r: lamp() })
  const sink = await openLedSink(names, folder)
  t.equal(sink.onOff, true, 'the kernel knows no more than on and off of them')
  await rm(folder, { recursive: true })
  await t.rejects(sink.write({ satisfied: 1, neutral: 0, dissatisfied: 0 }), {
    name: 'HardwareError',
    message: /the lamp \/sys\/class\/leds\/g \(satisfied\) is not there/,
  })
  await sink[Symbol.asyncDispose]()
  for (const wrong of [{ trigger: {} }, { brightness: {} }])
    await t.rejects(openLedSink(names, t.testdir({ g: lamp(), y: lamp(wrong), r: lamp() })), {
      message: /y \(neutral\) cannot be set \(EISDIR\)/,
    })
})

t.test('lamps of the kernel', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'faccina-lamps-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const names = { satisfied: 'a:green', neutral: 'a:yellow', dissatisfied: 'a:red' }
  await t.rejects(openLedSink(names, folder), {
    name: 'HardwareError',
    message: /the lamp .*a:green \(satisfied\) is not there: .* dtoverlay=faccina-lamps/,
  })
  for (const [i, name] of Object.values(names).entries()) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'max_brightness'), `${[1, 255, 100][i]}\n`)
    await writeFile(join(folder, name, 'brightness'), '1')
    await writeFile(join(folder, name, 'trigger'), 'timer')
  }
  const found = async () =>
    Promise.all(Object.values(names).map((name) => readFile(join(folder, name, 'brightness'), 'utf8')))
  const sink = await openLedSink(names, folder)
  t.same(await found(), ['0', '0', '0'])
  t.equal(await readFile(join(folder, 'a:red', 'trigger'), 'utf8'), 'none', 'nobody else blinks it')
  await sink.write({ satisfied: 0.5, neutral: 0.5, dissatisfied: 0.25 })
  t.same(await found(), ['1', '128', '25'])
  await sink.write({ satisfied: 0.49, neutral: 1, dissatisfied: 0 })
  t.same(await found(), ['0', '255', '0'])
  await sink[Symbol.asyncDispose]()
  t.same(await found(), ['0', '0', '0'])
  await rm(join(folder, 'a:red'), { recursive: true })
  await t.rejects(openLedSink(names, folder), { message: /a:red \(dissatisfied\)/ })
})
