import t from 'tap'
import type { Edge } from '../../../src/domain/press-filter.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import { HardwareError } from '../../../src/panels/errors.ts'
import type { I2cBus } from '../../../src/panels/i2c.ts'
import { openLinuxTouch } from '../../../src/panels/keys/linux-touch.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FakeMpr121 } from '../../fakes/fake-mpr121.ts'
import { turns, until } from '../../fakes/until.ts'

const electrodes = { satisfied: 0, neutral: 1, dissatisfied: 2 }

function world() {
  const chip = new FakeMpr121()
  const clock = new FakeClock()
  let opened = 0
  const bus: I2cBus & AsyncDisposable & { open(): Promise<void> } = {
    async open() {
      opened++
    },
    write: async (address, bytes) => {
      t.equal(address, 0x5b)
      await chip.write(bytes)
    },
    writeRead: async (address, bytes, length) => {
      t.equal(address, 0x5b)
      return chip.writeRead(bytes, length)
    },
    read: async () => t.fail('nothing is read without saying what') as never,
    async [Symbol.asyncDispose]() {},
  }
  const context = {
    clock,
    log: new FakeLog(),
    share: async (name: string) => {
      t.equal(name, 'i2c-1')
      return bus
    },
  } as unknown as PanelContext
  const keys = openLinuxTouch({ bus: 1, address: 0x5b, electrodes }, context)
  const said: string[] = []
  keys.listen(({ key, edge }: Edge) => void said.push(`${key} ${edge}`))
  return { chip, clock, keys, said: () => said.splice(0), opened: () => opened }
}

t.test('touches become keys; a bus that fails is tried again, and who was held is let go', async (t) => {
  const { chip, clock, keys, said, opened } = world()
  const passes = async (ms: number) => {
    clock.advance(ms)
    await turns()
  }
  await until(() => keys.condition().is === 'good')
  t.same(keys.keys, ['satisfied', 'neutral', 'dissatisfied'])
  chip.touched = 0b10
  await passes(25)
  t.same(said(), ['neutral down'])
  chip.failAt = chip.messages + 1
  await passes(25)
  await until(() => keys.condition().is === 'broken')
  t.same(said(), ['neutral up'])
  t.equal(opened(), 1)
  await passes(500)
  await until(() => keys.condition().is === 'good')
  t.equal(opened(), 2)
  await passes(25)
  t.same(said(), ['neutral down'], 'it is still touched')
  await keys[Symbol.asyncDispose]()
})

t.test('what the chip says of itself names its place', async (t) => {
  const { chip, clock, keys } = world()
  await until(() => keys.condition().is === 'good')
  const problems: unknown[] = []
  keys.onCondition(() => problems.push(keys.condition()))
  chip.shorted = true
  for (let i = 0; i < 30; i++) {
    clock.advance(25)
    await turns(5)
  }
  t.match(problems[0], { problem: /^MPR121 at 0x5B on \/dev\/i2c-1: .*75 kΩ/ })
  await keys[Symbol.asyncDispose]()
})

t.test('an error of the bus is told as it is', async (t) => {
  const { chip, keys } = world()
  const words = 'the chip at 0x5B on /dev/i2c-1 does not answer'
  chip.write = async () => {
    throw new HardwareError(words)
  }
  const said = () => keys.condition() as { problem?: string }
  await until(() => said().problem === words)
  t.equal(said().problem, words)
  await keys[Symbol.asyncDispose]()
})
