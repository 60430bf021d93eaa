import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import t from 'tap'
import { openPanel } from '../../src/panels/open-panel.ts'
import { parseProfile } from '../../src/panels/profile/profile.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'

const codes =
  '{driver: linux, codes: {satisfied: BTN_TRIGGER_HAPPY38, neutral: BTN_TRIGGER_HAPPY39, dissatisfied: BTN_TRIGGER_HAPPY40}}'
const profile = (display: string) =>
  parseProfile(`title: x\nkeys: ${codes}\nlights: {driver: none}\ndisplay: {driver: ${display}}\n`, 'x', 'x')

function options(port = 0) {
  const clock = new FakeClock()
  const browser = { listen: { host: '127.0.0.1', port } }
  return { clock, log: new FakeLog(), browser, lighting: { brightness: () => 1, animation: false } }
}

t.test('each part by its own driver; what a panel has not is no fault', async (t) => {
  const panel = await openPanel(profile('none'), options())
  t.same([panel.lights.condition(), panel.display.condition()], [{ is: 'none' }, { is: 'none' }])
  t.same(panel.keys.keys, ['satisfied', 'neutral', 'dissatisfied'])
  t.equal(panel.keys.condition().is, 'broken', 'nothing is plugged in here')
  let told = 0
  for (const part of [panel.lights, panel.display]) {
    using _ = part.onCondition(() => told++)
  }
  t.equal(told, 0)
  await panel[Symbol.asyncDispose]()
})

t.test('a part that cannot be opened at all lets go of the others', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const asked = options((other.address() as AddressInfo).port)
  await t.rejects(openPanel(profile('browser'), asked), { name: /ListenError|AssetsError/ })
  t.equal(asked.clock.waiting, 0)
  other.close()
})
