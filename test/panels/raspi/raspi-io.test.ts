import t from 'tap'
import { makeRaspiIo, takeSignalsBack } from '../../../src/panels/boards/raspi-io.ts'
import { RaspiLines } from '../../../src/panels/boards/raspi-lines.ts'
import { decodeRevision } from '../../../src/panels/pi.ts'
import { until } from '../../fakes/until.ts'

t.test('raspi-io is told of the lines that are used, and touches no others', async (t) => {
  const made: unknown[] = []
  class RaspiIO {
    constructor(options: unknown) {
      made.push(options)
    }
  }
  const world = {
    uid: 0,
    pi: async () => decodeRevision(0xa02082),
    load: async () => ({ default: { RaspiIO } }),
  }
  const io = await makeRaspiIo({ lines: [17, 27], i2c: true }, world)
  t.ok(io instanceof RaspiIO)
  t.same(made, [{ includePins: ['GPIO17', 'GPIO27'], enableI2C: true, enableSerial: false }])
})

t.test('what raspi-io itself says is handed on', async (t) => {
  class RaspiIO {
    constructor() {
      throw new Error('Invalid pin "GPIO40" specified in includePins')
    }
  }
  const world = { uid: 0, pi: async () => decodeRevision(0xa02082), load: async () => ({ RaspiIO }) }
  await t.rejects(makeRaspiIo({ lines: [40], i2c: false }, world), {
    name: 'HardwareError',
    message: 'raspi-io: Invalid pin "GPIO40" specified in includePins',
  })
})

t.test('signals are asked for anew, in their order, and once stays once', async (t) => {
  const heard: string[] = []
  const first = () => void heard.push('first')
  const second = () => void heard.push('second')
  process.on('SIGWINCH', first)
  process.once('SIGWINCH', second)
  t.teardown(() => process.removeListener('SIGWINCH', first))
  const before = process.rawListeners('SIGWINCH')
  takeSignalsBack()
  t.same(process.rawListeners('SIGWINCH'), before)
  for (const count of [2, 3]) {
    process.kill(process.pid, 'SIGWINCH')
    await until(() => heard.length === count)
  }
  t.same(heard, ['first', 'second', 'first'])
})

t.test('a line has one owner', async (t) => {
  const book = new RaspiLines()
  const keys = new Map([
    [17, 'key satisfied'],
    [10, 'key skip'],
  ])
  book.claim(keys)
  book.claim(keys)
  const lights = new Map([
    [9, 'SPI of the lights'],
    [10, 'data of the lights'],
  ])
  t.throws(() => book.claim(lights), {
    name: 'HardwareError',
    message: /^GPIO 10 is wanted twice, as key skip and as data of the lights: give one of them another line/,
  })
  book.claim(new Map([[9, 'key language']]))
})
