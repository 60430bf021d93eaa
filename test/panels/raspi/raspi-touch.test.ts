import t from 'tap'
import { openRaspiTouch } from '../../../src/panels/keys/raspi-touch.ts'
import { FakeMpr121 } from '../../fakes/fake-mpr121.ts'
import { turns, until } from '../../fakes/until.ts'
import { raspiRig } from './rig.ts'

const profile = {
  address: 0x5a,
  electrodes: { satisfied: 0, neutral: 1, dissatisfied: 2, 'reason-1': 8 },
} as const

t.test('an MPR121 by johnny-five: touched, unplugged, plugged in again', async (t) => {
  const chip = new FakeMpr121()
  const rig = raspiRig(new Map([[0x5a, chip]]))
  const keys = await openRaspiTouch(profile, rig.context, rig.makeIo)
  const edges: string[] = []
  const polls = async (count: number) => {
    for (let i = 0; i < count; i++) {
      rig.clock.advance(25)
      await turns()
    }
  }
  keys.listen(({ key, edge }) => edges.push(`${key} ${edge}`))
  await until(() => keys.condition().is === 'good')
  t.same(
    rig.made.map(({ needs }) => needs),
    [{ lines: [], i2c: true }],
  )
  t.equal(keys.debounceMs, 0)
  chip.touched = 0b1_0000_0010
  await polls(2)
  t.same(edges.splice(0), ['neutral down', 'reason-1 down'])

  rig.chips.delete(0x5a)
  await polls(2)
  t.match(keys.condition(), {
    is: 'broken',
    problem:
      /^the chip at 0x5A did not answer \(EREMOTEIO.*\): look at its supply, .*GPIO 2 and 3, pins 3 and 5/,
  })
  t.same(edges.splice(0), ['neutral up', 'reason-1 up'])

  chip.losePower()
  chip.touched = 0
  rig.chips.set(0x5a, chip)
  rig.clock.advance(1000)
  await until(() => keys.condition().is === 'good')
  t.equal(rig.made.length, 1, 'the board is the same')
  chip.touched = 1
  await polls(2)
  t.same(edges, ['satisfied down'])
  await keys[Symbol.asyncDispose]()
  await rig[Symbol.asyncDispose]()
  t.equal(rig.clock.waiting, 0)
})

t.test('a chip that is not there, or another one', async (t) => {
  const rig = raspiRig()
  const keys = await openRaspiTouch(profile, rig.context, rig.makeIo)
  keys.listen(() => t.fail('a touch of nothing'))
  await until(() => rig.log.of('part broken').length === 1)
  t.match(keys.condition(), { is: 'broken', problem: /0x5A did not answer/ })
  rig.chips.set(0x5a, { write: async () => {}, writeRead: async (_, count) => new Uint8Array(count) })
  rig.clock.advance(500)
  await until(() => rig.log.of('part broken').length === 2)
  t.match(keys.condition(), { is: 'broken', problem: /^what answers is no MPR121/ })
  await keys[Symbol.asyncDispose]()
})
