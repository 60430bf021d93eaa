import t from 'tap'
import type { Language } from '../../../src/domain/words.ts'
import { openLcd } from '../../../src/panels/displays/lcd/open-lcd.ts'
import { openOled } from '../../../src/panels/displays/oled/open-oled.ts'
import { pageOf } from '../../../src/panels/displays/screen.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import { hex, type I2cBus, openI2c } from '../../../src/panels/i2c.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { LcdDecoder, LoggedBus, OledDecoder } from '../../fakes/i2c-chips.ts'
import { turns } from '../../fakes/until.ts'
import { moments } from './scenes.ts'

function setUp() {
  const clock = new FakeClock({ mono: 0 })
  const log = new FakeLog()
  const shared = new Map<string, Promise<AsyncDisposable>>()
  const context = {
    clock,
    log,
    share(name: string, open: () => AsyncDisposable) {
      if (!shared.has(name)) shared.set(name, Promise.resolve(open()))
      return shared.get(name)
    },
  } as unknown as PanelContext
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await turns()
      clock.advance(100)
    }
    await turns()
  }
  return { clock, log, context, pass }
}

const [idle, , asked, asking] = moments('it')
const named = (language: Language, name: string) =>
  moments(language).find((moment) => moment.name === name)!.scene
const oled = {
  bus: 1,
  address: 0x3c,
  chip: 'ssd1306',
  size: '128x64',
  upsideDown: 'no',
  contrastPercent: 60,
} as const

const lcd = { bus: 1, address: 0x27, size: '20x4' } as const

t.test('a display that is pulled out is missed within seconds, and redrawn when it is back', async (t) => {
  const { context, pass, log } = setUp()
  const bus = new LoggedBus()
  const display = openOled(oled, context, async () => bus)
  t.match(display.condition(), { is: 'broken' }, 'not before it has answered')
  display.show(idle!.scene)
  await pass(500)
  t.same(display.condition(), { is: 'good' })
  const before = new OledDecoder('ssd1306', 128, 64)
  for (const { bytes } of bus.messages.splice(0)) before.take(bytes)
  let changes = 0
  display.onCondition(() => changes++)
  bus.unplugged = true
  await pass(10_000)
  t.match(display.condition(), { is: 'broken', problem: '0x3c does not answer' })
  t.equal(
    log.entries.filter(({ event }) => event === 'part broken').length,
    1,
    'said once, however often tried',
  )
  bus.unplugged = false
  await pass(31_000)
  t.same(display.condition(), { is: 'good' })
  t.equal(changes, 2, 'broken, and good again')
  const after = new OledDecoder('ssd1306', 128, 64)
  for (const { bytes } of bus.messages) after.take(bytes)
  t.equal(after.text, before.text, 'a chip that has forgotten all shows it again')
  await display[Symbol.asyncDispose]()
  for (const { bytes } of bus.messages) after.take(bytes)
  t.notOk(after.on, 'and is switched off at the end')
})

t.test('a write that fails in between costs one opening', async (t) => {
  const { context, pass } = setUp()
  const bus = new LoggedBus()
  const display = openLcd(lcd, context, async () => bus)
  display.show(idle!.scene)
  await pass(500)
  bus.failures = 1
  display.show(asked!.scene)
  await pass(1_500)
  t.same(display.condition(), { is: 'good' })
  const decoder = new LcdDecoder(20, 4)
  for (const { bytes } of bus.messages) decoder.take(bytes)
  t.match(
    decoder.text(() => 'è'),
    /è andato bene/,
  )
  await display[Symbol.asyncDispose]()
})

t.test('a display that was without power for a moment is noticed, and shows what it did', async (t) => {
  for (const kind of ['oled', 'lcd'] as const) {
    const { context, pass, log } = setUp()
    const chip = kind === 'oled' ? new OledDecoder('sh1106', 128, 64) : new LcdDecoder(20, 4)
    const text = () => (chip instanceof OledDecoder ? chip.text : chip.text(() => '?'))
    const bus = new LoggedBus(chip)
    const display =
      kind === 'oled'
        ? openOled({ ...oled, chip: 'sh1106' }, context, async () => bus)
        : openLcd(lcd, context, async () => bus)
    display.show(idle!.scene)
    await pass(1_000)
    const before = text()
    t.match(before, kind === 'oled' ? /█/ : /Come valuta/)
    chip.losePower()
    t.not(text(), before, 'it has forgotten all')
    await pass(12_000)
    t.equal(text(), before, kind)
    const [problem] = log.of('part broken')
    t.match(problem, { problem: /at 0x(3C|27) was without power for a moment: look at its cable/ })
    await display[Symbol.asyncDispose]()
  }
})

t.test('what static has done is undone within a minute, without a word', async (t) => {
  const { context, pass, log, clock } = setUp()
  const chip = new LcdDecoder(20, 4, () => clock.now().mono)
  const display = openLcd(lcd, context, async () => new LoggedBus(chip))
  display.show(idle!.scene)
  await pass(1_000)
  const before = chip.text(() => '?')
  chip.stumble()
  t.not(
    chip.text(() => '?'),
    before,
  )
  await pass(70_000)
  t.equal(
    chip.text(() => '?'),
    before,
  )
  t.same(log.complaints, [])
  await display[Symbol.asyncDispose]()
  t.equal(chip.text(() => '?').trim(), '', 'cleared at the end')
  t.notOk(chip.backlight)
})

t.test('a chip that tells no status is believed to be there as long as it answers', async (t) => {
  const { context, pass } = setUp()
  const bus = new LoggedBus({ take() {}, answer: () => 0xff })
  const display = openOled(oled, context, async () => bus)
  display.show(idle!.scene)
  await pass(30_000)
  t.same(display.condition(), { is: 'good' })
  await display[Symbol.asyncDispose]()
})

t.test('what has no room comes a page at a time, from its beginning', async (t) => {
  const { context, pass } = setUp()
  const chip = new LcdDecoder(16, 2)
  const display = openLcd({ ...lcd, size: '16x2' }, context, async () => new LoggedBus(chip))
  const idle = named('en', 'idle')
  display.show({ ...idle, screen: { ...idle.screen, title: 'How would you rate what we did for you?' } })
  const seen: string[] = []
  const look = async (ms: number) => {
    await pass(ms)
    seen.push(
      chip
        .text(() => '?')
        .replace(/\s+/g, ' ')
        .trim(),
    )
  }
  await look(1_000)
  await look(2_500)
  await look(2_500)
  // Late enough for another page than the first, if pages were those of the hour.
  display.show(named('en', 'closed 0'))
  await look(1_000)
  await look(2_500)
  display.show({ ...named('en', 'closed 0') })
  await look(2_500)
  t.same(seen, [
    'How would you rate what',
    'we did for you?',
    'How would you rate what',
    'The counter is closed',
    'Rate us during opening hours',
    'The counter is closed',
  ])
  await display[Symbol.asyncDispose]()
})

t.test('a countdown is drawn by itself, and what stands still is not', async (t) => {
  const { context, pass, clock } = setUp()
  const bus = new LoggedBus()
  const display = openOled(oled, context, async () => bus)
  display.show(asking!.scene)
  await pass(4_000)
  const decoder = new OledDecoder('ssd1306', 128, 64)
  for (const { bytes } of bus.messages.splice(0)) decoder.take(bytes)
  const first = decoder.text
  await pass(6_000)
  for (const { bytes } of bus.messages.splice(0)) decoder.take(bytes)
  t.not(decoder.text, first, 'time has passed')
  display.show(idle!.scene)
  await pass(1_000)
  bus.messages.length = 0
  await pass(8_000)
  t.ok(bus.messages.length <= 1, `${bus.messages.length} messages in 8 s`)
  await display[Symbol.asyncDispose]()
  t.equal(clock.waiting, 0, 'no alarm is left')
})

/** How i2c-bus fails → what a technician reads. */
const troubles: [{ open?: string; write?: string }, RegExp][] = [
  [{ open: 'ENOENT' }, /no \/dev\/i2c-1: put dtparam=i2c_arm=on into \/boot\/firmware\/config\.txt/],
  [{ open: 'EACCES' }, /no permission for \/dev\/i2c-1: .* group i2c/],
  [
    { write: 'EREMOTEIO' },
    /chip at 0x3C on \/dev\/i2c-1 does not answer \(EREMOTEIO\): look at its cable .* again every 30 s .* votes go on/,
  ],
  [{ write: 'EIO' }, /chip at 0x3C .* is disturbed \(EIO\)/],
  [{ write: 'EBUSY' }, /belongs to a driver of the kernel/],
  // i2c-bus opens the device only at the first message.
  [{ write: 'ENOENT' }, /no \/dev\/i2c-1: put dtparam=i2c_arm=on into/],
  [{ write: 'EPROTO' }, /0x3C.* failed \(EPROTO\): /],
  [{ write: 'EACCES' }, /no permission for \/dev\/i2c-1: .* group i2c/],
]

t.test('a display that is gone at the end holds nothing up', async (t) => {
  for (const open of [
    (bus: LoggedBus, context: PanelContext) => openOled(oled, context, async () => bus),
    (bus: LoggedBus, context: PanelContext) => openLcd(lcd, context, async () => bus),
  ]) {
    const { clock, context, pass } = setUp()
    const bus = new LoggedBus()
    const display = open(bus, context)
    display.show(idle!.scene)
    await pass(500)
    bus.unplugged = true
    await display[Symbol.asyncDispose]()
    t.equal(clock.waiting, 0)
  }
})

t.test('a time that is counted down beside a text', async (t) => {
  const scene = {
    ...idle!.scene,
    screen: { ...idle!.scene.screen, countdown: { until: 5_000, totalMs: 5_000 } },
  }
  const titles = (now: number) => {
    const page = pageOf(scene, now, 4)
    return page.is === 'message' ? page.titles[0] : page.is
  }
  const { title } = idle!.scene.screen
  t.same(
    [0, 1, 4_999, 5_000, 9_000].map(titles),
    [5, 5, 1, 0, 0].map((seconds) => `${title}: ${seconds}`),
  )
})

t.test('what is wrong with the bus or a chip, in words', async (t) => {
  const error = (code: string) => Object.assign(new Error(code), { code })
  for (const [{ open, write }, words] of troubles) {
    const { context } = setUp()
    const handle = {
      i2cWrite: async (_: number, length: number) => {
        if (write) throw error(write)
        return { bytesWritten: length }
      },
      i2cRead: async (_: number, length: number) => ({ bytesRead: length }),
      close: async () => {},
    }
    const load = async () => ({
      openPromisified: async () => {
        if (open) throw error(open)
        return handle
      },
    })
    const using = openI2c(1, context, load).then((bus) => bus.write(0x3c, Uint8Array.of(1)))
    await t.rejects(using, { name: 'HardwareError', message: words })
  }
  const { context } = setUp()
  const absent = openI2c(1, context, async () => {
    throw new Error("Cannot find package 'i2c-bus' imported from here")
  })
  await t.rejects(absent, { message: /the module i2c-bus is not there/ })
  t.equal(hex(0x5a), '0x5A')
})

t.test('a bus that failed is opened anew', async (t) => {
  const { context } = setUp()
  const trouble = { code: 'EBUSY' as string | undefined }
  let opened = 0
  let closed = 0
  const handle = {
    i2cWrite: async (_: number, length: number) => {
      if (trouble.code) throw Object.assign(new Error('it failed'), trouble)
      return { bytesWritten: length }
    },
    i2cRead: async (_: number, length: number) => ({ bytesRead: length }),
    close: async () => void closed++,
  }
  const load = async () => ({
    openPromisified: async () => {
      opened++
      return handle
    },
  })
  const bus = await openI2c(1, context, load)
  await t.rejects(bus.write(0x3c, Uint8Array.of(1)), { name: 'HardwareError' })
  trouble.code = undefined
  await bus.write(0x3c, Uint8Array.of(1))
  t.equal(opened, 2)
  t.equal(closed, 1)
  await (bus as I2cBus & AsyncDisposable)[Symbol.asyncDispose]()
  t.equal(closed, 2, 'closed at the end')
})

t.test('transactions of one bus take place one after the other', async (t) => {
  const { context } = setUp()
  let under = 0
  let most = 0
  const slowly = async () => {
    most = Math.max(most, ++under)
    await turns()
    under--
  }
  const handle = {
    i2cWrite: async (_: number, length: number) => {
      await slowly()
      return { bytesWritten: length }
    },
    i2cRead: async (_: number, length: number) => {
      await slowly()
      return { bytesRead: length }
    },
    close: async () => {},
  }
  const load = async () => ({ openPromisified: async () => handle })
  const [one, two] = [await openI2c(1, context, load), await openI2c(1, context, load)]
  t.equal(one, two, 'shared')
  await Promise.all([one.write(1, Uint8Array.of(1)), two.writeRead(2, Uint8Array.of(2), 3), one.read(3, 1)])
  t.equal(most, 1)
})
