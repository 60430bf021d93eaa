import t from 'tap'
import type { UsbBoard } from '../../../src/panels/boards/usb-board.ts'
import { shareUsbBoard } from '../../../src/panels/boards/usb-board.ts'
import { openUsbKeys } from '../../../src/panels/keys/usb-keys.ts'
import type { Mended } from '../../../src/panels/mended.ts'
import { until } from '../../fakes/until.ts'
import { byId, Rig } from './rig.ts'

const profile = {
  device: 'auto',
  pins: { satisfied: 2, neutral: 3, dissatisfied: 4 },
  pull: 'up',
  active: 'low',
  debounceMs: 20,
} as const

/** What is said of the board once something is; files are looked for in real time, while the clock runs. */
async function problem(shared: Mended<UsbBoard>, rig: Rig): Promise<string> {
  const end = performance.now() + 20_000
  for (;;) {
    const condition = shared.condition()
    const words = condition.is === 'broken' ? condition.problem : condition.is
    if (!words.endsWith(': being opened') || performance.now() > end) return words
    await rig.wait(25)
  }
}

t.test('what cannot be opened says what to look at', async (t) => {
  await t.test('not in the group', async (t) => {
    const rig = new Rig(t)
    rig.refusal = `Error: Permission denied, cannot open ${byId}`
    const shared = await shareUsbBoard('auto', rig.context, rig.world)
    t.match(await problem(shared, rig), /may not be opened: .* group dialout \(sudo usermod -aG dialout USER/)
  })

  await t.test('not plugged in', async (t) => {
    const rig = new Rig(t)
    await rig.unplug('silently')
    const shared = await shareUsbBoard('auto', rig.context, rig.world)
    t.match(
      await problem(shared, rig),
      /nothing is in \/dev\/serial\/by-id: plug the USB cable of the Arduino in/,
    )
  })

  await t.test('pulled out while it is set up', async (t) => {
    const rig = new Rig(t)
    const shared = await shareUsbBoard('auto', rig.context, rig.world)
    await rig.runUntil(() => rig.opened === 1, 1_000)
    await rig.unplug('told')
    t.match(await problem(shared, rig), /is gone/)
  })

  await t.test('something else, or a firmware that hangs', async (t) => {
    const rig = new Rig(t)
    rig.avr.hang()
    const shared = await shareUsbBoard('auto', rig.context, rig.world)
    await until(() => rig.opened === 1)
    t.match(await problem(shared, rig), /does not speak Firmata: .*hardware\/firmware\/README.md/)
    t.equal(rig.opened, 1)
  })
})

t.test('johnny-five is what the keys are read by', async (t) => {
  const rig = new Rig(t)
  const asked: string[] = []
  const reads: unknown[] = []
  let missing = true
  const load = async (name: string) => {
    asked.push(name)
    if (name === 'johnny-five' && missing) throw new Error(`Cannot find package '${name}' imported from here`)
    const loaded = await import(name)
    if (name !== 'johnny-five') return loaded
    return { default: { ...loaded.default, Board: spied(loaded.default.Board, reads) } }
  }
  const keys = await openUsbKeys(profile, rig.context, { ...rig.world, load })
  const edges: unknown[] = []
  keys.listen((edge) => edges.push(edge))
  await rig.runUntil(() => rig.log.of('part broken').length > 0, 6_000)
  t.match(keys.condition(), { is: 'broken', problem: /^the module johnny-five is not there/ })
  missing = false
  await rig.runUntil(() => keys.condition().is === 'good', 4_000)
  t.same([...new Set(asked)], ['firmata', 'johnny-five'])
  t.same(reads, [2, 3, 4])
  await rig.run(20)
  rig.avr.close(3)
  await rig.run(5)
  t.match(edges, [{ key: 'neutral', edge: 'down' }])

  await t.test('a board that starts again by itself is set up again', async (t) => {
    rig.avr.reset()
    await rig.runUntil(() => keys.condition().is === 'broken', 3_000)
    t.match(keys.condition(), { problem: /has started again by itself: look at its supply/ })
    await rig.runUntil(() => keys.condition().is === 'good', 4_000)
  })

  await t.test('so is one whose program stood still, until its watchdog saw it', async (t) => {
    rig.avr.freeze('interruptible')
    await rig.run(800)
    rig.avr.thaw()
    await rig.runUntil(() => keys.condition().is === 'broken', 1_000)
    t.match(keys.condition(), {
      problem: /stood still, and its watchdog has started it again: look at its supply/,
    })
    await rig.runUntil(() => keys.condition().is === 'good', 4_000)
  })

  await t.test('so is one that has forgotten what its pins are for', async (t) => {
    await rig.run(20)
    // SYSTEM_RESET of Firmata, of which the board says nothing.
    rig.avr.receive([0xff])
    await rig.runUntil(() => keys.condition().is === 'broken', 2_000)
    t.match(keys.condition(), { problem: /no longer knows what pin \d is for/ })
    // Each time that it fails again so soon, it is given more time.
    await rig.runUntil(() => keys.condition().is === 'good', 12_000)
  })

  t.notMatch(edges, [{ key: 'satisfied' }], 'none of that was a press')
  await rig.end(keys[Symbol.asyncDispose]())
})

t.test('closed while the board has not yet said what its keys are', async (t) => {
  const rig = new Rig(t)
  let asked = 0
  const load = async (name: string) => {
    const loaded = await import(name)
    if (name !== 'johnny-five') return loaded
    return { default: { ...loaded.default, Board: silent(loaded.default.Board, () => asked++) } }
  }
  const keys = await openUsbKeys(profile, rig.context, { ...rig.world, load })
  keys.listen(() => t.fail('told of a key that was never heard of'))
  await rig.runUntil(() => asked === 3, 6_000)
  await rig.end(keys[Symbol.asyncDispose]())
  t.equal(keys.condition().is, 'broken')
})

/** johnny-five's Board, whose pins never say what they are. */
function silent(Board: new (options: object) => object, asked: () => void) {
  return class extends Board {
    digitalRead() {
      asked()
    }
  }
}

/** johnny-five's Board, which tells of what goes through it. */
function spied(Board: new (options: object) => object, reads: unknown[]) {
  return class extends Board {
    digitalRead(pin: number, tell: (value: number) => void) {
      reads.push(pin)
      return (super['digitalRead' as never] as (...args: unknown[]) => unknown).call(this, pin, tell)
    }
  }
}

t.test('a pin that the board does not have', async (t) => {
  const rig = new Rig(t)
  const pins = { ...profile.pins, skip: 40 }
  const keys = await openUsbKeys({ ...profile, pins }, rig.context, rig.world)
  keys.listen(() => {})
  const words = () => {
    const condition = keys.condition()
    return condition.is === 'broken' ? condition.problem : ''
  }
  await rig.runUntil(() => /pin/.test(words()), 5_000)
  t.match(words(), /Firmata: pin 40 cannot be used as key skip: choose another one in the profile/)
  await rig.end(keys[Symbol.asyncDispose]())
})
