import t from 'tap'
import { faces } from '../../src/domain/words.ts'
import { parseProfile } from '../../src/panels/profile/profile.ts'
import { profileNames, readProfile } from '../../src/panels/profile/profile-files.ts'
import { systemNeeds } from '../../src/panels/wiring/config-lines.ts'
import { plateSvg, plates } from '../../src/panels/wiring/front-plate.ts'
import { withSection } from '../../src/panels/wiring/generated.ts'
import { partsOf } from '../../src/panels/wiring/parts-list.ts'
import { lightsPower } from '../../src/panels/wiring/power.ts'

const withPixels = (more: string) =>
  parseProfile(
    `title: x
keys: {driver: usb, pins: {satisfied: 2, neutral: 3, dissatisfied: 4}}
lights: {driver: linux-spi, ${more}}
display: {driver: none}
`,
    'x',
    'x',
  )

/** What the lights of a profile say → load, supply, fuse, wire; worked out by hand. */
const sums: [string, { milliamps: number; supplyAmps: number; fuseAmps: number; crossSection: number }][] = [
  // 1500 + 48; × 1.25 = 1.94 → 2 A; × 1.3 = 2.01 → 3 A; 0.0175 · 2 · 1.548 / 0.15 = 0.36 mm² → 0.5
  [
    'pixelsPerFace: 16, maxMilliamps: 1500',
    { milliamps: 1548, supplyAmps: 3, fuseAmps: 2, crossSection: 0.5 },
  ],
  // 2000 + 192; 2.74 → 3.15 A; 2.85 and the fuse → 4 A; 0.51 mm² → 0.75
  [
    'pixelsPerFace: 64, maxMilliamps: 2000',
    { milliamps: 2192, supplyAmps: 4, fuseAmps: 3.15, crossSection: 0.75 },
  ],
  // Three pixels cannot take the budget: 180 + 3
  [
    'pixelsPerFace: 1, maxMilliamps: 1500',
    { milliamps: 183, supplyAmps: 1, fuseAmps: 0.5, crossSection: 0.5 },
  ],
  // 10,000 + 768; 13.46 → 16 A; 20 A; 2.51 mm² → 4
  [
    'pixelsPerFace: 256, maxMilliamps: 10000',
    { milliamps: 10_768, supplyAmps: 20, fuseAmps: 16, crossSection: 4 },
  ],
]

t.test('supply, fuse and wire follow from the budget', async (t) => {
  for (const [pixels, expected] of sums) t.match(lightsPower(withPixels(pixels)), expected, pixels)
  t.equal(lightsPower(await readProfile('faces-only')), undefined)
})

t.test('a supply can blow its fuse, a fuse bears its load, a wire bears its fuse', async (t) => {
  const carries: Record<number, number> = { 0.5: 3, 0.75: 6, 1: 10, 1.5: 16, 2.5: 25, 4: 32 }
  for (let budget = 50; budget <= 20_000; budget += 190) {
    const power = lightsPower(withPixels(`pixelsPerFace: 256, maxMilliamps: ${budget}`))!
    t.ok(power.fuseAmps <= power.supplyAmps, `${budget}: fuse and supply`)
    t.ok(power.fuseAmps * 1000 >= 1.2 * power.milliamps, `${budget}: fuse and load`)
    t.ok(carries[power.crossSection]! >= power.fuseAmps, `${budget}: wire and fuse`)
  }
})

t.test('a bill has one button, or one pad, for each key', async (t) => {
  const counts = async (name: string, part: RegExp) =>
    partsOf(await readProfile(name))
      .filter((one) => part.test(one.name))
      .map(({ count }) => count)
  for (const name of ['arcade-linux', 'arcade-pi5', 'arcade-raspi', 'arcade-usb', 'encoder-usb'])
    t.same(await counts(name, /^push button/), [3, 6], name)
  t.same(await counts('faces-only', /^push button/), [3])
  for (const name of ['touch-linux', 'touch-raspi', 'touch-usb']) {
    t.same(await counts(name, /^touch pad/), [3, 6], name)
    t.same(await counts(name, /^push button/), [], name)
  }
  t.same(await counts('arcade-usb', /level shifter/), [], 'an Arduino needs none')
  t.same(await counts('arcade-linux', /level shifter/), [1])
  t.same(await counts('arcade-usb', /level converter/), [1], 'an LCD of 5 V never without')
  for (const name of await profileNames()) t.same(await counts(name, /^Raspberry Pi$/), [1], name)
})

/** Profile → lines of config.txt, groups. */
const needs: Record<string, { config: string[]; groups: string[]; root?: true }> = {
  'arcade-linux': {
    config: ['dtparam=i2c_arm=on', 'dtoverlay=faccina-keys', 'dtparam=spi=on'],
    groups: ['input', 'i2c', 'spi'],
  },
  'arcade-pi5': {
    config: ['dtparam=i2c_arm=on', 'dtoverlay=faccina-keys', 'dtoverlay=ws2812-pio,gpio=10,num_leds=48'],
    groups: ['input', 'i2c', 'gpio'],
  },
  'arcade-raspi': { config: ['dtparam=i2c_arm=on', 'dtparam=spi=on'], groups: [], root: true },
  'arcade-usb': { config: ['dtparam=i2c_arm=on'], groups: ['i2c', 'dialout'] },
  'encoder-usb': { config: ['dtparam=i2c_arm=on'], groups: ['input', 'i2c'] },
  'faces-only': { config: ['dtoverlay=faccina-keys', 'dtoverlay=faccina-lamps'], groups: ['input', 'gpio'] },
  'touch-raspi': { config: ['dtparam=i2c_arm=on'], groups: [], root: true },
  nextion: { config: ['enable_uart=1'], groups: ['dialout'] },
  browser: { config: [], groups: [] },
}

t.test('each profile names its lines of config.txt and its groups', async (t) => {
  for (const [name, { config, groups, root = false }] of Object.entries(needs)) {
    const found = systemNeeds(await readProfile(name))
    t.same(
      found.config.filter((line) => /^(dt|enable)/.test(line) && !/uart0/.test(line)),
      config,
      name,
    )
    t.same({ groups: found.groups, root: found.root }, { groups, root }, name)
  }
  const spi = systemNeeds(await readProfile('arcade-linux')).config
  t.same(spi.slice(spi.indexOf('[pi4]'), spi.indexOf('[all]')), [
    '[pi4]',
    'core_freq=500',
    'core_freq_min=500',
  ])
  t.notMatch(systemNeeds(await readProfile('arcade-pi5')).config, ['dtparam=spi=on'])
})

t.test('lamps of other names, and keys on other lines, are told', async (t) => {
  const profile = await readProfile('faces-only')
  const other = {
    ...profile,
    lights: {
      driver: 'linux-lamps' as const,
      leds: { satisfied: 'a', neutral: 'b', dissatisfied: 'c' },
    },
  }
  t.match(systemNeeds(other).config.slice(1), [
    'dtoverlay=gpio-led,gpio=23,label=a',
    'dtoverlay=gpio-led,gpio=24,label=b',
    'dtoverlay=gpio-led,gpio=25,label=c',
  ])
  const moved = parseProfile(
    'title: x\nkeys: {driver: linux, codes: {satisfied: BTN_0, neutral: BTN_1, dissatisfied: BTN_2}, pins: {satisfied: 4, neutral: 27, dissatisfied: 22}}\nlights: {driver: none}\ndisplay: {driver: none}\n',
    'x',
    'x',
  )
  t.match(systemNeeds(moved).also.join(' '), /not those of the overlay/)
  t.notMatch(systemNeeds(profile).also.join(' '), /not those of the overlay/)
})

t.test('a front plate fits on A4, holds its buttons apart, and is drawn in millimetres', async (t) => {
  for (const plate of plates) {
    const svg = plateSvg(plate)
    const [, width, height, boxWidth, boxHeight] = svg.match(
      /width="(\d+)mm" height="(\d+)mm" viewBox="-2 -2 (\d+) (\d+)"/,
    )!
    t.same([width, height], [boxWidth, boxHeight], `${plate.name}: one unit is a millimetre`)
    t.ok(Number(width) <= 287 && Number(height) <= 205, `${plate.name}: fits`)
    t.notMatch(svg, /<text[^>]*>[^<]*[^\d<]/, `${plate.name}: numbers, and no words`)
    for (const face of faces) t.match(svg, `data-face="${face}"`)
    const { buttons, window } = plate
    for (const [i, a] of buttons.entries()) {
      const edge = a.size.collar / 2
      t.ok(a.x - edge >= 5 && a.x + edge <= plate.width - 5, `${plate.name}: ${a.key} on the plate`)
      t.ok(a.y - edge >= 5 && a.y + edge <= plate.height - 5, `${plate.name}: ${a.key} on the plate`)
      for (const b of buttons.slice(i + 1)) {
        const apart = Math.hypot(a.x - b.x, a.y - b.y) - (a.size.collar + b.size.collar) / 2
        const both =
          (faces as readonly string[]).includes(a.key) && (faces as readonly string[]).includes(b.key)
        t.ok(apart >= (both ? 20 : 10), `${plate.name}: ${a.key} and ${b.key}, ${apart} mm`)
      }
      if (window)
        t.ok(
          a.x + edge < window.x ||
            a.x - edge > window.x + window.width ||
            a.y - edge > window.y + window.height,
          `${plate.name}: ${a.key} beside the window`,
        )
    }
    for (const drawing of plate.drawings) {
      const own = buttons.find(({ key }) => key === drawing.face)!
      t.equal(drawing.x + drawing.side / 2, own.x, `${plate.name}: ${drawing.face} above its button`)
      t.ok(drawing.y > 5 && drawing.y + drawing.side < own.y - own.size.collar / 2)
    }
  }
})

t.test('a part of a page is renewed, and nothing else', async (t) => {
  const page = 'a\n<!-- x: made -->\nold\n<!-- x: end -->\nb\n'
  t.equal(withSection(page, 'x', 'new'), 'a\n<!-- x: made -->\n\nnew\n<!-- x: end -->\nb\n')
  t.throws(() => withSection(page, 'y', ''), /no part y/)
})
