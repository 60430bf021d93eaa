import t from 'tap'
import { openMpr121 } from '../../../src/panels/keys/mpr121.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeMpr121 } from '../../fakes/fake-mpr121.ts'
import { turns } from '../../fakes/until.ts'

const electrodes = { satisfied: 0, neutral: 1, dissatisfied: 2, 'reason-1': 8, skip: 11 } as const
const pollMs = 25

async function world(chip = new FakeMpr121()) {
  const clock = new FakeClock()
  const said: string[] = []
  const failures: Error[] = []
  const opened = await openMpr121(
    chip,
    electrodes,
    (key, edge) => void said.push(`${key} ${edge}`),
    (error) => void failures.push(error),
    clock,
  )
  return {
    chip,
    clock,
    failures,
    opened,
    said: () => said.splice(0),
    async polls(count = 1) {
      for (let i = 0; i < count; i++) {
        clock.advance(pollMs)
        await turns(5)
      }
    },
  }
}

t.test('the chip is reset, set up while it stands still, and started last', async (t) => {
  const { chip, opened } = await world()
  t.equal(chip.resets, 1)
  t.ok(chip.runs)
  t.equal(chip.registers[0x5e], 0x8c, 'all twelve: the last key is on electrode 11')
  t.same([...chip.registers.slice(0x41, 0x45)], [12, 6, 12, 6], 'thresholds')
  t.same([...chip.registers.slice(0x57, 0x59)], [12, 6], 'also of the last')
  t.same([...chip.registers.slice(0x2b, 0x36)], [1, 1, 0, 0, 1, 1, 0xff, 2, 0, 0, 0], 'baseline filter')
  const [upper = 0, lower = 0, target = 0] = chip.registers.slice(0x7d, 0x80)
  t.equal(upper, Math.trunc(((3.3 - 0.7) / 3.3) * 256), 'upper limit')
  t.equal(target, Math.round(upper * 0.9), 'target')
  t.equal(lower, Math.round(upper * 0.65), 'lower limit')
  await opened[Symbol.asyncDispose]()
})

t.test('touches are told as they come and go, each once', async (t) => {
  const { chip, said, polls, opened, clock } = await world()
  await polls(3)
  t.same(said(), [])
  chip.touched = 0b100
  await polls(3)
  t.same(said(), ['dissatisfied down'])
  chip.touched = 0b1001_0000_0001
  await polls()
  t.same(said(), ['satisfied down', 'dissatisfied up', 'reason-1 down', 'skip down'])
  chip.touched = 0b1000
  await polls()
  t.same(said(), ['satisfied up', 'reason-1 up', 'skip up'], 'electrode 3 is nobody’s')
  await opened[Symbol.asyncDispose]()
  const before = chip.reads
  clock.advance(1000)
  await turns()
  t.equal(chip.reads, before, 'the end is the end')
  t.equal(clock.waiting, 0)
})

t.test('another chip at its address', async (t) => {
  const chip = new FakeMpr121()
  chip.writeRead = async () => Uint8Array.of(0xff, 0xff)
  await t.rejects(world(chip), { name: 'HardwareError', message: /no MPR121 .*5C and 5D hold FF FF.*ADDR/ })
})

t.test('a bus that fails at each step of the start', async (t) => {
  const { chip: counting, opened } = await world()
  await opened[Symbol.asyncDispose]()
  const { messages } = counting
  t.ok(messages > 5)
  for (let step = 1; step <= messages; step++) {
    const chip = new FakeMpr121()
    chip.failAt = step
    await t.rejects(world(chip), { name: 'HardwareError', message: 'EREMOTEIO at 5A' }, `message ${step}`)
  }
})

t.test('a bus that fails later is told once, and no longer asked', async (t) => {
  const { chip, failures, polls, opened } = await world()
  await polls(2)
  chip.failAt = chip.messages + 1
  await polls(5)
  t.same(
    failures.map(({ message }) => message),
    ['EREMOTEIO at 5A'],
  )
  await opened[Symbol.asyncDispose]()
})

t.test('a moment without supply: the chip is set up anew within a second', async (t) => {
  const { chip, said, polls, failures, opened } = await world()
  chip.touched = 1
  await polls()
  chip.losePower()
  await polls(41)
  t.ok(chip.runs)
  t.equal(chip.resets, 2)
  await polls()
  t.same(said(), ['satisfied down', 'satisfied up', 'satisfied down'])
  t.same(failures, [])
  await opened[Symbol.asyncDispose]()
})

t.test('over-current: started again, and a matter for a technician when it stays', async (t) => {
  const passing = await world()
  passing.chip.shorted = true
  await passing.polls()
  passing.chip.shorted = false
  await passing.polls(20)
  t.ok(passing.chip.runs)
  t.same(passing.failures, [])
  passing.chip.touched = 1
  await passing.polls()
  t.same(passing.said(), ['satisfied down'])
  await passing.opened[Symbol.asyncDispose]()

  const lasting = await world()
  lasting.chip.shorted = true
  await lasting.polls(30)
  t.match(lasting.failures[0]?.message, /over-current .* 75 kΩ resistor on its REXT pin/)
  t.equal(lasting.failures.length, 1)
  await lasting.opened[Symbol.asyncDispose]()
})

t.test('an electrode that cannot be tuned matters when it is a face', async (t) => {
  const { chip, failures, polls, opened } = await world()
  chip.outOfRange = 0b1_0000_0000
  await polls(30)
  t.same(failures, [], 'a reason can be done without')
  chip.outOfRange = 0b10
  await polls(5)
  chip.outOfRange = 0
  await polls(5)
  t.same(failures, [], 'while it tunes itself it may say a lot')
  chip.outOfRange = 0b110
  await polls(10)
  t.match(failures[0]?.message, /cannot tune electrode 1 \(neutral\), 2 \(dissatisfied\): look for a wire/)
  await opened[Symbol.asyncDispose]()
})
