import t from 'tap'
import type { Edge } from '../../../src/domain/press-filter.ts'
import { openUsbTouch } from '../../../src/panels/keys/usb-touch.ts'
import type { I2cChip } from '../../fakes/avr-panel.ts'
import { FakeMpr121 } from '../../fakes/fake-mpr121.ts'
import { Rig } from './rig.ts'

/** The model of the chip, on the wires of the emulated Arduino. */
function onWires(chip: FakeMpr121): I2cChip {
  return {
    write: (register, value) => void chip.write(Uint8Array.of(register, value)),
    read(register) {
      void chip.writeRead(Uint8Array.of(register), 1)
      return chip.registers[register]!
    },
  }
}

t.test('touches of an MPR121 on the Arduino; a chip that is pulled off, and put on again', async (t) => {
  const chip = new FakeMpr121()
  const chips = new Map([[0x5a, onWires(chip)]])
  const rig = new Rig(t, { chips })
  const profile = { device: 'auto', address: 0x5a, electrodes: { satisfied: 0, neutral: 1, dissatisfied: 2 } }
  const keys = await openUsbTouch(profile, rig.context, rig.world)
  const edges: Edge[] = []
  keys.listen((edge) => edges.push(edge))
  await rig.runUntil(() => keys.condition().is === 'good', 6_000)
  await rig.run(60)
  t.same(edges, [])
  chip.touched = 1 << 1
  await rig.runUntil(() => edges.length === 1, 200)
  chip.touched = 0
  await rig.runUntil(() => edges.length === 2, 200)
  t.match(edges, [
    { key: 'neutral', edge: 'down' },
    { key: 'neutral', edge: 'up' },
  ])

  chips.delete(0x5a)
  await rig.runUntil(() => keys.condition().is === 'broken', 1_000)
  t.match(keys.condition(), {
    problem:
      'the chip at 0x5A did not answer (I2C: not acknowledged): look at its supply, and at SDA and SCL (A4 and A5 of an Uno or Nano, 20 and 21 of a Mega)',
  })
  chips.set(0x5a, onWires(chip))
  await rig.runUntil(() => keys.condition().is === 'good', 3_000)
  t.equal(rig.opened, 1, 'the Arduino itself was good all the time')
  await rig.end(keys[Symbol.asyncDispose]())
})

t.test('a chip that is not there is awaited', async (t) => {
  const rig = new Rig(t, { chips: new Map() })
  const profile = { device: 'auto', address: 0x5b, electrodes: { satisfied: 0, neutral: 1, dissatisfied: 2 } }
  const keys = await openUsbTouch(profile, rig.context, rig.world)
  keys.listen(() => {})
  await rig.runUntil(() => rig.log.of('part broken').length > 0, 6_000)
  t.match(keys.condition(), { problem: /the chip at 0x5B did not answer/ })
  await rig.end(keys[Symbol.asyncDispose]())
})
