import t from 'tap'
import type { Edge } from '../../../src/domain/press-filter.ts'
import { HardwareError } from '../../../src/panels/errors.ts'
import { type LinuxKeysProfile, openLinuxKeys } from '../../../src/panels/keys/linux-keys.ts'
import type { Keys } from '../../../src/ports/panel.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeInputDevices } from '../../fakes/fake-input-devices.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { turns, until } from '../../fakes/until.ts'

const profile: LinuxKeysProfile = {
  device: 'auto',
  codes: {
    satisfied: 'BTN_TRIGGER_HAPPY1',
    neutral: 'BTN_TRIGGER_HAPPY2',
    dissatisfied: 'BTN_TRIGGER_HAPPY3',
    skip: 'BTN_TRIGGER_HAPPY8',
  },
  debounceMs: 20,
}
const faceCodes = [0x2c0, 0x2c1, 0x2c2]
const event0 = '/dev/input/event0'
const event1 = '/dev/input/event1'

function world(own: Partial<LinuxKeysProfile> = {}) {
  const computer = new FakeInputDevices()
  const clock = new FakeClock()
  const log = new FakeLog()
  const keys = openLinuxKeys({ ...profile, ...own }, { clock, log }, computer)
  const edges: Edge[] = []
  return {
    computer,
    clock,
    log,
    keys,
    said: () => edges.splice(0).map(({ key, edge }) => `${key} ${edge}`),
    listen: () => keys.listen((edge) => void edges.push(edge)),
  }
}

const isGood = (keys: Keys) => until(() => keys.condition().is === 'good', 'good')
const isBroken = (keys: Keys) => until(() => keys.condition().is === 'broken', 'broken')
function problem(keys: Keys): string {
  const condition = keys.condition()
  return condition.is === 'broken' ? condition.problem : condition.is
}

t.test('a device is opened, its keys are told, and it is let go of', async (t) => {
  const { computer, keys, said, listen } = world()
  computer.plug(event0, [...faceCodes, 0x2c7])
  computer.plug(event1, [30, 31], new Error('a keyboard is none of our business'))
  t.same(keys.keys, ['satisfied', 'neutral', 'dissatisfied', 'skip'])
  t.equal(keys.debounceMs, 20)
  listen()
  await isGood(keys)
  computer.send(event0, [1, 0x2c2, 1], [0, 0, 0], [1, 0x2c2, 0], [0, 0, 0], [1, 0x2c7, 1])
  t.same(said(), ['dissatisfied down', 'dissatisfied up', 'skip down'])
  await keys[Symbol.asyncDispose]()
  t.equal(computer.opened, 0)
  t.equal(computer.watching, 0)
})

t.test('none has the keys: the line of config.txt, and at once good when it is plugged in', async (t) => {
  const { computer, clock, keys, listen } = world()
  listen()
  await until(() => /dtoverlay=faccina-keys/.test(problem(keys)))
  t.match(problem(keys), /BTN_TRIGGER_HAPPY1 \(satisfied\), BTN_TRIGGER_HAPPY2 \(neutral\)/)
  t.match(problem(keys), /write dtoverlay=faccina-keys into \/boot\/firmware\/config\.txt/)
  const before = clock.now().mono
  computer.plug(event0, faceCodes)
  await isGood(keys)
  t.equal(clock.now().mono, before, 'without waiting for the next attempt')
  await keys[Symbol.asyncDispose]()
})

t.test('unplugged while a key is held: released, broken, and good again, twenty times', async (t) => {
  const { computer, keys, said, listen } = world()
  computer.plug(event0, faceCodes)
  listen()
  for (let round = 0; round < 20; round++) {
    await isGood(keys)
    computer.send(event0, [1, 0x2c1, 1])
    computer.unplug(event0)
    await isBroken(keys)
    t.same(said(), ['neutral down', 'neutral up'])
    t.match(problem(keys), /event0 is gone|dtoverlay/)
    computer.plug(event0, faceCodes)
  }
  await isGood(keys)
  t.equal(computer.opened, 1)
  await keys[Symbol.asyncDispose]()
  t.equal(computer.watching, 0)
})

t.test('a second device joins while the first works, and may go', async (t) => {
  const { computer, keys, said, listen } = world()
  computer.plug(event0, faceCodes)
  listen()
  await isGood(keys)
  computer.plug(event1, faceCodes)
  await until(() => computer.opened === 2)
  computer.send(event1, [1, 0x2c0, 1])
  computer.unplug(event1)
  await turns()
  t.equal(keys.condition().is, 'good')
  t.same(said(), ['satisfied down', 'satisfied up'], 'held by the one that went')
  computer.send(event0, [1, 0x2c0, 1])
  t.same(said(), ['satisfied down'])
  await keys[Symbol.asyncDispose]()
})

t.test('three devices of one key each are a panel, two of them are none', async (t) => {
  const { computer, keys, listen } = world()
  computer.plug(event0, [0x2c0])
  computer.plug(event1, [0x2c1])
  listen()
  await until(() => /no input device has BTN_TRIGGER_HAPPY3 \(dissatisfied\)/.test(problem(keys)))
  t.equal(computer.opened, 0, 'nothing is left open')
  computer.plug('/dev/input/event2', [0x2c2])
  await isGood(keys)
  t.equal(computer.opened, 3)
  computer.unplug(event1)
  await isBroken(keys)
  await keys[Symbol.asyncDispose]()
})

t.test('what cannot be opened says why, and is tried again when its rights change', async () => {
  const { computer, keys, listen } = world()
  computer.plug(event0, faceCodes, new HardwareError('the group input'))
  listen()
  await until(() => problem(keys) === 'the group input')
  computer.plug(event0, faceCodes)
  await isGood(keys)
  await keys[Symbol.asyncDispose]()
})

t.test('without a sign from the computer the pauses grow, and never end', async () => {
  const { computer, clock, keys, listen } = world()
  computer.watch = () => ({ [Symbol.dispose]() {} })
  listen()
  await until(() => /dtoverlay/.test(problem(keys)))
  for (let round = 0; round < 12; round++) {
    clock.advance(30_000)
    await turns()
  }
  computer.plug(event0, faceCodes)
  await turns()
  clock.advance(30_000)
  await isGood(keys)
  await keys[Symbol.asyncDispose]()
})

t.test('a device by its path', async (t) => {
  const device = '/dev/input/by-path/platform-faccina-keys-event'
  const { computer, keys, said, listen } = world({ device })
  computer.plug(event0, faceCodes)
  listen()
  await until(() => problem(keys).startsWith(device))
  t.match(problem(keys), /is not there: look at its plug and cable/)
  computer.plug(event1, [0x2c0])
  computer.links.set(device, event1)
  computer.changed()
  await until(() => /has no BTN_TRIGGER_HAPPY2 \(neutral\), .*: look with evtest/.test(problem(keys)))
  computer.plug(event1, faceCodes)
  await isGood(keys)
  computer.send(event0, [1, 0x2c0, 1])
  computer.send(event1, [1, 0x2c1, 1])
  t.same(said(), ['neutral down'], 'the other one is not ours')
  await keys[Symbol.asyncDispose]()
})

t.test('a code that is none is named', async () => {
  const { keys, listen } = world({ codes: { ...profile.codes, neutral: 'BTN_TRIGER' } })
  listen()
  await until(() => /code of neutral BTN_TRIGER, which is none: evtest/.test(problem(keys)))
  await keys[Symbol.asyncDispose]()
})
