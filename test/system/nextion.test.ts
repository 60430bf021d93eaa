import { join } from 'node:path'
import t, { type Test } from 'tap'
import { languages } from '../../src/domain/words.ts'
import { openNextionDisplay } from '../../src/panels/displays/nextion/open-nextion.ts'
import { openNextionKeys } from '../../src/panels/keys/nextion-keys.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { NextionModel, type NextionModelOptions } from '../fakes/nextion-model.ts'
import { until } from '../fakes/until.ts'
import { panelContext, sceneAt } from '../panels/nextion/rig.ts'
import { folder } from './folder.ts'
import { SerialDevice } from './serial-device.ts'

/** The display's model on a pty that serialport opens as it would an adapter. Needs python3. */

const id = 'usb-1a86_USB_Serial-if00-port0'

async function rig(t: Test, options: NextionModelOptions & { device?: string } = {}) {
  const root = await folder(t)
  const model = new NextionModel(options)
  const device = await SerialDevice.make(t, root, id, model)
  const clock = SystemClock.open({ source: 'system' })
  t.teardown(() => clock[Symbol.dispose]())
  const log = new FakeLog()
  const context = panelContext(clock, log)
  const profile = { device: options.device ?? 'auto', baud: '115200' }
  const keys = await openNextionKeys(profile, context, { root })
  const display = await openNextionDisplay(profile, context, { root })
  const edges: string[] = []
  keys.listen(({ key, edge }) => edges.push(`${key} ${edge}`))
  t.teardown(() => Promise.all([keys[Symbol.asyncDispose](), display[Symbol.asyncDispose]()]))
  const problem = () => {
    const condition = display.condition()
    return condition.is === 'broken' ? condition.problem : ''
  }
  const good = (ms?: number) => until(() => display.condition().is === 'good', `good: ${problem()}`, ms)
  const shows = (page: string, ms?: number) =>
    until(
      () => model.page === page && model.texts.title !== undefined && model.texts.language !== undefined,
      page,
      ms,
    )
  const soon = () => clock.now().mono + 20_000
  return { soon, model, device, log, keys, display, edges, problem, good, shows }
}

t.test('a press becomes an edge, and each screen is on the glass, in five languages', async (t) => {
  const { model, device, good, shows, display, edges, log, soon } = await rig(t)
  await device.plugIn()
  await good()
  const took: number[] = []
  for (const language of languages) {
    display.show(sceneAt('idle', language))
    await shows('faces')
    const begun = performance.now()
    model.press('dissatisfied')
    await until(() => edges.length === 1)
    took.push(performance.now() - begun)
    model.release()
    await until(() => edges.length === 2)
    display.show(sceneAt('asking', language, languages, soon()))
    await shows('reasons')
    model.press('reason-4')
    model.release()
    await until(() => edges.length === 4)
    t.strictSame(edges.splice(0), ['dissatisfied down', 'dissatisfied up', 'reason-4 down', 'reason-4 up'])
    display.show(sceneAt('thanking', language))
    await until(() => model.page === 'message' && model.texts.hint !== undefined)
  }
  t.ok(Math.min(...took) < 50, `to the edge: ${took.map((ms) => ms.toFixed(1)).join(', ')} ms`)
  t.equal(model.overflows, 0)
  t.ok(log.complaints.length <= 1, 'no complaint but that it was not plugged in')
})

t.test('unplugged and plugged in again, 20 times: works again 20 times', async (t) => {
  const { model, device, good, shows, display, edges, problem, log } = await rig(t)
  await until(() => /enable_uart=1|nothing is in/.test(problem()))
  display.show(sceneAt('idle'))
  const took: number[] = []
  for (let i = 0; i < 20; i++) {
    model.restartUnheard()
    const begun = performance.now()
    await device.plugIn()
    await shows('faces', 20_000)
    await good()
    took.push(performance.now() - begun)
    model.press('neutral')
    await until(() => edges.length === 2 * i + 1)
    await device.unplug()
    await until(() => edges.length === 2 * i + 2, 'let go of', 6_000)
    await until(() => /is gone.*awaited/.test(problem()), 'said so', 6_000)
  }
  t.equal(edges.length, 40)
  t.match(problem(), new RegExp(`${id}.* is gone`))
  t.equal(log.of('part ready').length, 20)
  t.comment(`back after ${Math.round(Math.min(...took))} to ${Math.round(Math.max(...took))} ms`)
})

t.test('a display that hangs: noticed within 5 s, well again when it is', async (t) => {
  const { model, device, good, shows, display, edges, problem } = await rig(t)
  await device.plugIn()
  display.show(sceneAt('idle'))
  await good()
  await shows('faces')
  model.press('satisfied')
  await until(() => edges.length === 1)
  model.hung = true
  const begun = performance.now()
  await until(() => display.condition().is === 'broken', 'noticed', 6_000)
  t.ok(performance.now() - begun < 5_000, `${Math.round(performance.now() - begun)} ms`)
  t.match(problem(), /stopped answering/)
  t.strictSame(edges, ['satisfied down', 'satisfied up'])
  model.powerCycle()
  await good(20_000)
  await shows('faces')
})

t.test('noise on the wire and half messages: no crash, no key', async (t) => {
  const { model, device, good, shows, display, edges } = await rig(t)
  await device.plugIn()
  display.show(sceneAt('idle'))
  await good()
  await shows('faces')
  let seed = 5
  const byte = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 24
  }
  for (let i = 0; i < 300; i++) {
    model.send(Buffer.from(Array.from({ length: 64 }, byte)))
    if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  model.send(Buffer.from([0xff, 0xff, 0xff, 0x65, 0x01]))
  const heard = model.instructions.length
  // The next heartbeat has been answered: the noise is behind us.
  await until(() => model.instructions.length > heard, 'asked', 5_000)
  t.strictSame(edges, [])
  await good()
  model.press('neutral')
  model.release()
  await until(() => edges.length === 2)
  t.strictSame(edges, ['neutral down', 'neutral up'])
})

t.test('the power of the display goes and comes: it shows the same again', async (t) => {
  const { model, device, good, shows, display, log, soon } = await rig(t)
  await device.plugIn()
  display.show(sceneAt('asking', 'it', languages, soon()))
  await good()
  await shows('reasons')
  model.powerCycle()
  t.equal(model.page, 'message')
  await shows('reasons', 5_000)
  t.equal(log.of('part ready').length, 1, 'the port stayed open')
})

t.test('a path that is not there yet is awaited, by its name', async (t) => {
  const root = await folder(t)
  const path = join(root, 'dev/serial/by-id', id)
  const { problem } = await rig(t, { device: path })
  await until(() => problem().includes(`${path} is not there`), 'said', 5_000)
})
