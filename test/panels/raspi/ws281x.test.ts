import t from 'tap'
import { openWs281x, type Ws281xOptions } from '../../../src/panels/lights/ws281x.ts'
import { decodeRevision } from '../../../src/panels/pi.ts'

/** As the package is used; keeps what it was told. */
function fakePackage(says: { begin?: string; render?: string } = {}) {
  const calls: unknown[] = []
  const array = new Uint32Array(3)
  const ws281x = Object.assign(
    (count: number, options: object) => {
      if (says.begin !== undefined) throw new Error(says.begin)
      calls.push(['begin', count, options])
      return { array }
    },
    {
      render: () => {
        calls.push(['render', ...array])
        if (says.render !== undefined) throw new Error(says.render)
      },
      finalize: () => void calls.push(['finalize']),
    },
  )
  return { calls, load: async (name: string) => ({ default: ws281x, name }) }
}

const pi3 = async () => decodeRevision(0xa02082)
const options: Ws281xOptions = { gpio: '10', count: 3, order: 'GRB' }

t.test('a frame becomes words of the package, on DMA channel 10, and the end is dark', async (t) => {
  const { calls, load } = fakePackage()
  const sink = await openWs281x(options, { uid: 0, pi: pi3, load })
  await sink.write(new Uint8Array([255, 0, 0, 0, 128, 1, 2, 3, 4]))
  await sink[Symbol.asyncDispose]()
  await sink[Symbol.asyncDispose]()
  await sink.write(new Uint8Array(9).fill(255))
  t.same(calls, [
    ['begin', 3, { dma: 10, freq: 800_000, gpio: 10, brightness: 255, stripType: 'ws2811-grb' }],
    ['render', 0xff0000, 0x008001, 0x020304],
    ['render', 0, 0, 0],
    ['finalize'],
  ])
})

t.test('a crash leaves it dark, too', async (t) => {
  const { calls, load } = fakePackage()
  const before = process.listeners('exit')
  const sink = await openWs281x(options, { uid: 0, pi: pi3, load })
  await sink.write(new Uint8Array(9).fill(255))
  const ours = () => process.listeners('exit').filter((listener) => !before.includes(listener))
  for (const atExit of ours()) atExit(1)
  t.same(calls.slice(-2), [['render', 0, 0, 0], ['finalize']])
  t.same(ours(), [], 'and nothing of it stays')
})

t.test('it is let go of also when it fails', async (t) => {
  const { calls, load } = fakePackage({ render: 'DMA error' })
  const sink = await openWs281x({ ...options, gpio: '21' }, { uid: 0, pi: pi3, load })
  await t.rejects(sink.write(new Uint8Array(9)), {
    name: 'HardwareError',
    message: 'rpi-ws281x-native: DMA error while it sent a frame',
  })
  await sink[Symbol.asyncDispose]()
  t.same(calls.at(-1), ['finalize'])
})

/** What begin says → what we say of it. */
const wrong: [string, RegExp][] = [
  [
    'Hardware revision is not supported',
    /^rpi-ws281x-native does not support the revision a02082 \(Pi 3B 1\.2\): choose lights over SPI, as the profile arcade-linux does$/,
  ],
  ['Unable to initialize SPI', /put dtparam=spi=on into \/boot\/firmware\/config\.txt/],
  ['mmap() failed', /^rpi-ws281x-native on GPIO 10: mmap\(\) failed: is another program/],
]

t.test('what the package says at the beginning says where to look', async (t) => {
  for (const [begin, message] of wrong) {
    const { load } = fakePackage({ begin })
    await t.rejects(openWs281x(options, { uid: 0, pi: pi3, load }), { name: 'HardwareError', message })
  }
})
