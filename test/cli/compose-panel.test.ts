import t from 'tap'
import { lightingOf, profileOf } from '../../src/cli/compose-panel.ts'
import { parseSettings } from '../../src/settings/index.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { smallest } from '../settings/files.ts'

function settings(text: string) {
  const parsed = parseSettings(`${smallest}${text}`, 'test')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

t.test('a part of another profile takes the place of its own', async (t) => {
  const log = new FakeLog()
  const profile = await profileOf(settings('panel: arcade-linux\nparts: {display: arcade-usb}\n'), log)
  t.match(profile, { name: 'arcade-linux', keys: { driver: 'linux' }, display: { driver: 'lcd' } })
  t.same(log.complaints, [])
})

t.test('a profile of one’s own whose key lies on the data line is warned of', async (t) => {
  const log = new FakeLog()
  const directory = t.testdir({
    'mine.yaml': `title: Mine
keys: {driver: raspi, pins: {satisfied: 10, neutral: 27, dissatisfied: 22}}
lights: {driver: linux-spi, pixelsPerFace: 16}
display: {driver: none}
`,
  })
  const profile = await profileOf(settings(`panel: ${directory}/mine.yaml\n`), log)
  t.equal(profile.title, 'Mine')
  t.match(log.of('panel profile'), [{ problem: /^GPIO 10 \(pin 19\) is taken twice: / }])
})

t.test('lights are dimmed by night, where the clock knows that it is', async (t) => {
  const lights = 'lights: {night: 20:00-07:00, nightPercent: 20, brightnessPercent: 80}\n'
  const { brightness, animation } = lightingOf(settings(lights))
  const at = (text: string, synchronised = true) => ({ wall: Date.parse(text), mono: 0, synchronised })
  t.equal(brightness(at('2026-05-04T10:00:00Z')), 0.8)
  t.equal(brightness(at('2026-05-04T22:00:00Z')), 0.2)
  t.equal(
    brightness(at('2026-05-04T22:00:00Z', false)),
    0.8,
    'a clock that nobody set says nothing of the night',
  )
  t.ok(animation)
  t.notOk(lightingOf(settings('lights: {animation: "off"}\n')).animation)
})
