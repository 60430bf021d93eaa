import t from 'tap'
import { HardwareError } from '../../../src/panels/errors.ts'
import { openRaspiKeys, type RaspiKeysProfile } from '../../../src/panels/keys/raspi-keys.ts'
import { until } from '../../fakes/until.ts'
import { raspiRig } from './rig.ts'

const profile: RaspiKeysProfile = {
  pins: { satisfied: 17, neutral: 27, dissatisfied: 22, 'reason-1': 5 },
  pull: 'up',
  active: 'low',
  debounceMs: 20,
}

async function world(own = profile) {
  const rig = raspiRig()
  const keys = await openRaspiKeys(own, rig.context, rig.makeIo)
  const edges: string[] = []
  const listen = () => keys.listen(({ key, edge, at }) => edges.push(`${key} ${edge} ${at}`))
  return {
    rig,
    keys,
    listen,
    said: () => edges.splice(0),
    /** It listens, and each line has told of itself for the first time. */
    async ready(at: 0 | 1 = 1) {
      listen()
      await until(() => keys.condition().is === 'good')
      for (const line of Object.values(own.pins)) rig.io.drive(line, at)
    },
  }
}

t.test('edges of its own lines, pulled up, by johnny-five', async (t) => {
  const { rig, keys, ready, said } = await world()
  t.same(keys.keys, ['satisfied', 'neutral', 'dissatisfied', 'reason-1'])
  t.equal(keys.debounceMs, 20)
  t.equal(rig.made.length, 0, 'nothing is touched before somebody listens')
  await ready()
  t.same(
    rig.made.map(({ needs }) => needs),
    [{ lines: [5, 17, 22, 27], i2c: false }],
  )
  for (const line of [17, 27, 22, 5]) t.ok(rig.io.calls.includes(`pull ${line} up`), `GPIO ${line}`)
  rig.io.drive(17, 0)
  rig.clock.advance(5)
  rig.io.drive(17, 1)
  rig.clock.advance(1)
  rig.io.drive(5, 0)
  rig.io.drive(5, 0)
  t.same(said(), ['satisfied down 1000', 'satisfied up 1005', 'reason-1 down 1006'])
  await keys[Symbol.asyncDispose]()
  rig.io.drive(22, 0)
  t.same(said(), [], 'nothing after the end')
  await rig[Symbol.asyncDispose]()
  t.equal(rig.io.calls.at(-1), 'reset')
})

t.test('contacts to the supply, with a resistor of their own', async (t) => {
  const { rig, keys, ready, said } = await world({ ...profile, pull: 'none', active: 'high' })
  await ready(0)
  t.notOk(rig.io.calls.some((call) => call.startsWith('pull')))
  rig.io.drive(27, 1)
  t.same(said(), ['neutral down 1000'])
  await keys[Symbol.asyncDispose]()
})

t.test('a board that cannot be opened says why, votes go on, and it is tried again', async (t) => {
  const { rig, keys, listen, said } = await world()
  rig.trouble.error = new HardwareError('pigpio cannot start')
  listen()
  await until(() => rig.log.of('part broken').length === 1)
  t.same(keys.condition(), { is: 'broken', problem: 'pigpio cannot start' })
  delete rig.trouble.error
  rig.clock.advance(500)
  await until(() => keys.condition().is === 'good')
  rig.io.drive(17, 1)
  rig.io.drive(17, 0)
  t.same(said(), ['satisfied down 1500'])
  rig.io.emit('error', new Error('Attempted to read from a destroyed peripheral'))
  await until(() => keys.condition().is === 'broken')
  t.same(keys.condition(), {
    is: 'broken',
    problem: 'raspi-io: Attempted to read from a destroyed peripheral',
  })
  t.same(said(), ['satisfied up 1500'], 'it is not held for ever')
  rig.clock.advance(1000)
  await until(() => keys.condition().is === 'good')
  t.equal(rig.made.length, 2, 'another plugin')
  t.equal(rig.made[0]!.io.calls.at(-1), 'reset', 'and the first has let go')
  rig.io.drive(22, 1)
  rig.io.drive(22, 0)
  t.same(said(), ['dissatisfied down 2500'])
  await keys[Symbol.asyncDispose]()
})

t.test('a plugin that never becomes ready does not hold up the end', async (t) => {
  const { rig, keys, listen } = await world()
  rig.trouble.silent = true
  listen()
  await until(() => rig.made.length === 1)
  await keys[Symbol.asyncDispose]()
  await rig[Symbol.asyncDispose]()
  t.equal(rig.clock.waiting, 0, 'nobody waits any longer')
})

t.test('a line that is wanted twice', async (t) => {
  const { rig, keys, listen } = await world({ ...profile, pins: { ...profile.pins, skip: 27 } })
  listen()
  await until(() => rig.log.of('part broken').length === 1)
  t.match(keys.condition(), { problem: /^GPIO 27 is wanted twice, as key neutral and as key skip:/ })
  t.equal(rig.made.length, 0)
  await keys[Symbol.asyncDispose]()
})
