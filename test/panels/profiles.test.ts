import t from 'tap'
import { faces } from '../../src/domain/words.ts'
import { ProfileError, parseProfile } from '../../src/panels/profile/profile.ts'
import { profileNames, readProfile } from '../../src/panels/profile/profile-files.ts'
import { profileNames as namesInSettings } from '../../src/settings/panel-schema.ts'

t.test('every profile that comes with Faccina can be read, and the settings know it', async (t) => {
  t.same(await profileNames(), [...namesInSettings].sort())
  for (const name of namesInSettings) {
    const profile = await readProfile(name)
    t.equal(profile.name, name)
    t.ok(profile.title)
  }
})

t.test('defaults are filled in', async (t) => {
  const { keys, lights, display } = await readProfile('arcade-linux')
  t.match(keys, { driver: 'linux', device: 'auto', debounceMs: 20 })
  t.match(lights, { driver: 'linux-spi', device: '/dev/spidev0.0', order: 'GRB', chain: faces })
  t.match(display, { driver: 'oled', bus: 1, address: 0x3c, chip: 'ssd1306', size: '128x64' })
})

const good = `title: Mine
keys: {driver: usb, pins: {satisfied: 2, neutral: 3, dissatisfied: 4}}
lights: {driver: none}
display: {driver: none}
`

/** A profile → what is said of it. */
const wrong: [string, RegExp][] = [
  [
    good.replace('driver: usb', 'driver: ubs'),
    /^p:2: keys\.driver: found "ubs"; allowed here: browser, raspi, /,
  ],
  [
    good.replace('satisfied: 2,', 'satisfied: 99,'),
    /^p:2: keys\.pins\.satisfied: found 99; allowed here: a whole number from 2 to 69/,
  ],
  [
    good.replace(', dissatisfied: 4', ''),
    /^p:2: keys\.pins\.dissatisfied: found nothing; .* It must be set\.$/,
  ],
  [
    good.replace('{driver: none}', '{driver: none, pin: 6}'),
    /^p:3: lights\.pin: found an unknown key; allowed here: driver/,
  ],
  [good.replace('lights: {driver: none}\n', ''), /^p:1: lights: found nothing; /],
  [
    good.replace(
      'lights: {driver: none}',
      'lights: {driver: linux-spi, shape: matrix, pixelsPerFace: 60, width: 8}',
    ),
    /^p:3: lights\.width: found 8 with 60 pixels; allowed here: a width that divides/,
  ],
  [
    good.replace(
      /keys: .*/,
      'keys: {driver: linux, codes: {satisfied: BTN_TRIGER, neutral: 289, dissatisfied: BTN_TOP}}',
    ),
    /^p:2: keys\.codes\.satisfied: found "BTN_TRIGER"; allowed here: the name or number of an input event code .* evtest shows/,
  ],
  ['', /^p: found no profile; allowed here: title, keys, lights, display\. Begin with one of those in/],
  ['- 1', /^p:1: found a list; allowed here: title, keys, lights, display\. Begin with/],
]

t.test('a wrong profile says where, what was found and what is allowed', async (t) => {
  t.equal(parseProfile(good, 'p', 'mine').title, 'Mine')
  for (const [text, said] of wrong)
    t.throws(() => parseProfile(text, 'p', 'mine'), { name: 'ProfileError', message: said })
  await t.rejects(readProfile('/nowhere/mine.yaml'), new ProfileError([]).constructor as never)
  await t.rejects(readProfile('/nowhere/mine.yaml'), { message: /\/nowhere\/mine\.yaml: found ENOENT/ })
})
