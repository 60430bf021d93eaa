import { mkdir, readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { type Face, faces, type Key } from '../../src/domain/words.ts'
import { parseProfile } from '../../src/panels/profile/profile.ts'
import { profileNames, readProfile } from '../../src/panels/profile/profile-files.ts'
import { wiringFiles, wiringSections, withSection } from '../../src/panels/wiring/generated.ts'
import { wiringSvg } from '../../src/panels/wiring/picture.ts'
import { pinConflicts } from '../../src/panels/wiring/pin-conflicts.ts'
import { crossings, type Drawing, drawingOf, overlaps } from './wiring-drawing.ts'

const root = new URL('../../', import.meta.url)
const names = await profileNames()
const profiles = await Promise.all(names.map((name) => readProfile(name)))

/** The header of a Pi, written down a second time, by hand: GPIO → pin. */
const pinOf: Record<number, number> = {
  2: 3,
  3: 5,
  4: 7,
  14: 8,
  15: 10,
  17: 11,
  18: 12,
  27: 13,
  22: 15,
  23: 16,
  24: 18,
  10: 19,
  9: 21,
  25: 22,
  11: 23,
  8: 24,
  7: 26,
  0: 27,
  1: 28,
  5: 29,
  6: 31,
  12: 32,
  13: 33,
  19: 35,
  16: 36,
  26: 37,
  20: 38,
  21: 40,
}
const said = (key: Key) => key.replace('-', ' ')

t.test('the committed drawings and pages are up to date (FACCINA_WRITE=1 writes them)', async (t) => {
  for (const [path, content] of Object.entries(wiringFiles(profiles))) {
    const file = new URL(path, root)
    if (process.env.FACCINA_WRITE) {
      await mkdir(new URL('.', file), { recursive: true })
      await writeFile(file, content)
    }
    t.equal(await readFile(file, 'utf8'), content, path)
  }
  for (const [path, sections] of Object.entries(wiringSections(profiles))) {
    const file = new URL(path, root)
    const page = await readFile(file, 'utf8')
    let renewed = page
    for (const [name, content] of Object.entries(sections)) renewed = withSection(renewed, name, content)
    if (process.env.FACCINA_WRITE) await writeFile(file, renewed)
    t.equal(await readFile(file, 'utf8'), renewed, path)
  }
})

/** Board and pin → contact, as the profile has it; what the house adds (ground, supply) apart. */
function wanted(name: string): [pin: string, to: string][] {
  const { keys, lights, display } = profiles[names.indexOf(name)]!
  const all: [string, string][] = []
  const each = <T>(mapping: Partial<Record<Key, T>>, add: (key: Key, value: T) => [string, string]) => {
    for (const [key, value] of Object.entries(mapping)) all.push(add(key as Key, value as T))
  }
  if ((keys.driver === 'linux' || keys.driver === 'raspi') && keys.pins)
    each(keys.pins, (key, gpio) => [`pi ${pinOf[gpio]}`, `key ${said(key)}: signal`])
  if (keys.driver === 'usb') each(keys.pins, (key, pin) => [`arduino ${pin}`, `key ${said(key)}: signal`])
  if (keys.driver === 'linux' && !keys.pins)
    Object.keys(keys.codes).forEach((key, i) => {
      all.push([`input ${i + 1}, ${keys.codes[key as Face]}`, `key ${said(key as Key)}`])
    })
  if ('electrodes' in keys)
    each(keys.electrodes, (key, electrode) => [`MPR121: electrode ${electrode}`, `pad ${said(key)}`])
  if (lights.driver === 'linux-spi' || lights.driver === 'linux-leds0')
    all.push(['pi 19', '74AHCT125: 2, 1A'])
  if (lights.driver === 'raspi') all.push([`pi ${pinOf[Number(lights.gpio)]}`, '74AHCT125: 2, 1A'])
  if (lights.driver === 'usb') all.push([`arduino ${lights.pin}`, '330 Ω resistor'])
  if (lights.driver === 'raspi-lamps')
    each(lights.pins, (face, gpio) => [`pi ${pinOf[gpio]}`, `driver: ${face} in`])
  if (lights.driver === 'usb-lamps') each(lights.pins, (face, pin) => [`arduino ${pin}`, `lamp ${face}: +`])
  if (lights.driver === 'linux-lamps')
    faces.forEach((face, i) => {
      all.push([`pi ${[16, 18, 22][i]}`, `driver: ${face} in, ${lights.leds[face]}`])
    })
  if (display.driver === 'oled')
    all.push(['pi 1', 'OLED 128×64: 3.3 V'], ['pi 3', 'OLED 128×64: SDA'], ['pi 5', 'OLED 128×64: SCL'])
  if (display.driver === 'lcd')
    all.push(
      ['pi 2', 'converter: HV, 5 V'],
      ['pi 3', 'converter, LV side: SDA'],
      ['pi 5', 'converter, LV side: SCL'],
    )
  if (display.driver === 'nextion')
    all.push(
      ['pi 8', 'Nextion display: RX'],
      ['pi 10', 'divider: 1 kΩ and 2.2 kΩ'],
      ['pi 4', 'Nextion display: 5 V'],
    )
  if (keys.driver === 'usb-touch') all.push(['arduino A4', 'MPR121: SDA'], ['arduino A5', 'MPR121: SCL'])
  return all
}

/** What the wires of a drawing connect, by where their lines really begin and end. */
function connected({ wires, pins, terminals }: Drawing): [string, string][] {
  const at = (x: number, y: number) => {
    const near = (spot: { x: number; y: number }) => Math.hypot(spot.x - x, spot.y - y) < 0.2
    return pins.find(near)?.name ?? terminals.filter(near).map(({ name }) => name)
  }
  return wires.flatMap(({ points, from, to }) => {
    if (from === undefined || to === undefined) return []
    const [begin, end] = [points[0]!, points.at(-1)!].map(([x, y]) => [at(x, y)].flat())
    const [a, b] = begin!.includes(from) ? [begin!, end!] : [end!, begin!]
    return [
      [a.includes(from) ? from : `nothing (${from})`, b.includes(to) ? to : `nothing (${to})`] as [
        string,
        string,
      ],
    ]
  })
}

for (const [i, name] of names.entries()) {
  t.test(`${name}: every pin of the profile is wired where the profile says`, async (t) => {
    const svg = wiringSvg(profiles[i]!)
    const drawing = drawingOf(svg)
    const lines = connected(drawing)
    for (const [pin, to] of wanted(name))
      t.ok(
        lines.some(([a, b]) => a === pin && b === to),
        `${pin} → ${to}`,
      )
    t.same(
      lines.flat().filter((end) => end.startsWith('nothing')),
      [],
      'each line ends at a pin or a contact',
    )
  })

  t.test(`${name}: no pin takes two wires, and the pins in use are the filled ones`, async (t) => {
    const drawing = drawingOf(wiringSvg(profiles[i]!))
    const taken = connected(drawing)
      .map(([pin]) => pin)
      .filter((pin) => /^(pi|arduino) /.test(pin))
    t.same(taken, [...new Set(taken)])
    t.same(
      drawing.pins
        .filter(({ used }) => used)
        .map(({ name }) => name)
        .sort(),
      [...taken].sort(),
    )
  })

  t.test(`${name}: the table tells each wire that is drawn`, async (t) => {
    const drawing = drawingOf(wiringSvg(profiles[i]!))
    const rows = drawing.texts.map(({ words }) => words)
    for (const { to, from } of drawing.wires) {
      if (to === undefined || from === undefined) continue
      t.ok(rows.includes(to), `${from} → ${to}`)
    }
  })

  t.test(`${name}: wires never cross, words never overlap`, async (t) => {
    const drawing = drawingOf(wiringSvg(profiles[i]!))
    t.same(crossings(drawing), [])
    t.same(overlaps(drawing), [])
  })

  t.test(`${name}: has no conflicts`, async (t) => t.same(pinConflicts(profiles[i]!), []))
}

t.test('a touch chip beside a display of 5 V is behind its converter, and gets no 3.3 V', async (t) => {
  const touch = '{driver: linux-touch, electrodes: {satisfied: 0, neutral: 1, dissatisfied: 2}}'
  const drawing = drawingOf(wiringSvg(base({ keys: touch, display: '{driver: lcd}' })))
  const ends = connected(drawing).filter(([, to]) => to.startsWith('MPR121: '))
  t.same(
    ends.map(([from, to]) => [from.replace(/, second$/, ''), to]),
    ['5 V', 'SDA', 'SCL', 'ground'].map((name) => [`LCD 20×4: ${name}`, `MPR121: ${name}`]),
  )
  t.ok(drawing.texts.some(({ words }) => words === '5 V board, address 0x5A'))
  t.same(crossings(drawing), [])
})

t.test('an Arduino with more pins: each by its number', async (t) => {
  const keys = '{driver: usb, pins: {satisfied: 30, neutral: 32, dissatisfied: 34}}'
  const drawing = drawingOf(wiringSvg(base({ keys })))
  t.same(
    connected(drawing).filter(([, to]) => to.endsWith(': signal')),
    [
      ['arduino 30', 'key satisfied: signal'],
      ['arduino 32', 'key neutral: signal'],
      ['arduino 34', 'key dissatisfied: signal'],
    ],
  )
  t.same([crossings(drawing), overlaps(drawing)], [[], []])
})

t.test('a touch chip on such an Arduino', async (t) => {
  const drawing = drawingOf(
    wiringSvg(
      base({
        keys: '{driver: usb-touch, electrodes: {satisfied: 0, neutral: 1, dissatisfied: 2}}',
        lights: '{driver: usb-lamps, pins: {satisfied: 44, neutral: 45, dissatisfied: 46}}',
      }),
    ),
  )
  t.same(
    connected(drawing).filter(([pin, to]) => pin.startsWith('arduino ') && to.startsWith('MPR121')),
    ['GND', '5V', 'SDA', 'SCL'].map((pin, i) => [
      `arduino ${pin}`,
      `MPR121: ${['ground', '5 V', 'SDA', 'SCL'][i]}`,
    ]),
  )
  t.same([crossings(drawing), overlaps(drawing)], [[], []])
})

t.test('keys that are closed to the supply get 3.3 V, and no ground', async (t) => {
  const pins = 'pins: {satisfied: 17, neutral: 27, dissatisfied: 22}'
  const drawing = drawingOf(wiringSvg(base({ keys: `{driver: raspi, ${pins}, pull: none, active: high}` })))
  t.same(
    connected(drawing).filter(([pin]) => /^pi (1|17|6|9|14|20|25|30|34|39)$/.test(pin)),
    [['pi 17', 'all keys here: 3.3 V']],
  )
  t.same([crossings(drawing), overlaps(drawing)], [[], []])
})

t.test('a drawing with mistakes is found out', async (t) => {
  const svg = wiringSvg(profiles[names.indexOf('arcade-linux')]!)
  const moved = svg.replace(
    /data-pin="pi 11" data-used="true" x="([\d.]+)"/,
    (_, x) => `data-pin="pi 11" data-used="true" x="${Number(x) + 3}"`,
  )
  t.not(moved, svg)
  t.notOk(connected(drawingOf(moved)).some(([pin]) => pin === 'pi 11'))
  const crossing = svg.replace(
    '</svg>',
    '<path class="wire" d="M1000 0L1000 700" data-from="a" data-to="b"/></svg>',
  )
  t.not(crossings(drawingOf(crossing)).length, 0)
  const twice = svg.replace('</svg>', '<text x="36" y="46" font-size="28" text-anchor="start">x</text></svg>')
  t.not(overlaps(drawingOf(twice)).length, 0)
})

const base = (parts: { keys?: string; lights?: string; display?: string }) =>
  parseProfile(
    `title: x
keys: ${parts.keys ?? '{driver: raspi, pins: {satisfied: 17, neutral: 27, dissatisfied: 22}}'}
lights: ${parts.lights ?? '{driver: none}'}
display: ${parts.display ?? '{driver: none}'}
`,
    'x',
    'x',
  )
const keysAt = (gpio: number) => `{driver: raspi, pins: {satisfied: 17, neutral: 27, dissatisfied: ${gpio}}}`
const pixels = (driver: string, more = '') => `{driver: ${driver}, pixelsPerFace: 16${more}}`

const conflicts: [what: string, parts: Parameters<typeof base>[0], expected: RegExp[]][] = [
  ['nothing', {}, []],
  [
    'a key twice',
    { keys: keysAt(17) },
    [/^GPIO 17 \(pin 11\) is taken twice: key satisfied, key dissatisfied$/],
  ],
  [
    'a key on the LED data',
    { keys: keysAt(10), lights: pixels('linux-spi') },
    [/^GPIO 10 \(pin 19\).*key dissatisfied, LED data$/],
  ],
  [
    'a key on the chip enable',
    { keys: keysAt(8), lights: pixels('linux-spi') },
    [/^GPIO 8 .*key dissatisfied, SPI CE0$/],
  ],
  [
    'a key on the second SPI',
    { keys: keysAt(20), lights: pixels('linux-spi', ', device: /dev/spidev1.0') },
    [/^GPIO 20 .*key dissatisfied, LED data$/],
  ],
  [
    'a key on its chip enable',
    { keys: keysAt(18), lights: pixels('linux-spi', ', device: /dev/spidev1.0') },
    [/^GPIO 18 .*key dissatisfied, SPI CE0$/],
  ],
  ['the same beside a PIO', { keys: keysAt(8), lights: pixels('linux-leds0') }, []],
  [
    'a key on the PCM',
    { keys: keysAt(21), lights: pixels('raspi', ', gpio: "21"') },
    [/^GPIO 21 .*LED data$/],
  ],
  [
    'a key on I2C',
    { keys: keysAt(2), display: '{driver: oled}' },
    [/^GPIO 2 \(pin 3\).*key dissatisfied, I2C SDA$/],
  ],
  ['a key on an I2C that is not used', { keys: keysAt(3) }, []],
  [
    'a key on the serial line',
    { keys: keysAt(14) },
    [/^GPIO 14 \(pin 8\), key dissatisfied: it is the serial line/],
  ],
  [
    'a key on the line of a Nextion',
    { keys: keysAt(15), display: '{driver: nextion}' },
    [/^GPIO 15 .*key dissatisfied, serial RX$/],
  ],
  [
    'a Nextion on a USB adapter',
    { keys: keysAt(18), display: '{driver: nextion, device: /dev/ttyUSB0}' },
    [],
  ],
  ['a key on the lines of a HAT', { keys: keysAt(0) }, [/^GPIO 0 \(pin 27\), key dissatisfied: .*HAT/]],
  [
    'a lamp on a key',
    {
      keys: keysAt(25),
      lights: '{driver: raspi-lamps, pins: {satisfied: 23, neutral: 24, dissatisfied: 25}}',
    },
    [/^GPIO 25 .*key dissatisfied, lamp dissatisfied$/],
  ],
  [
    'a key on a lamp of the kernel',
    { keys: keysAt(23), lights: '{driver: linux-lamps, leds: {satisfied: a, neutral: b, dissatisfied: c}}' },
    [/^GPIO 23 .*key dissatisfied, lamp satisfied$/],
  ],
  [
    'a name of two lamps',
    { lights: '{driver: linux-lamps, leds: {satisfied: a, neutral: a, dissatisfied: c}}' },
    [/^LED a is taken twice: lamp satisfied, lamp neutral$/],
  ],
  [
    'an electrode twice',
    { keys: '{driver: linux-touch, electrodes: {satisfied: 0, neutral: 1, dissatisfied: 1}}' },
    [/^electrode 1 is taken twice/],
  ],
  [
    'an address twice',
    {
      keys: '{driver: linux-touch, address: 60, electrodes: {satisfied: 0, neutral: 1, dissatisfied: 2}}',
      display: '{driver: oled}',
    },
    [/^I2C address 0x3C is taken twice: oled display, MPR121$/],
  ],
  [
    'a code twice',
    { keys: '{driver: linux, codes: {satisfied: BTN_TRIGGER, neutral: BTN_THUMB, dissatisfied: BTN_THUMB}}' },
    [/^code BTN_THUMB is taken twice/],
  ],
  [
    'a pin of the Arduino twice',
    { keys: '{driver: usb, pins: {satisfied: 2, neutral: 3, dissatisfied: 6}}', lights: pixels('usb') },
    [/^pin 6 of the Arduino is taken twice: key dissatisfied, LED data$/],
  ],
  [
    'a lamp on the I2C of the Arduino',
    {
      keys: '{driver: usb-touch, electrodes: {satisfied: 0, neutral: 1, dissatisfied: 2}}',
      lights: '{driver: usb-lamps, pins: {satisfied: 9, neutral: 10, dissatisfied: 18}}',
    },
    [/^pin A4 of the Arduino is taken twice: I2C SDA, lamp dissatisfied$/],
  ],
]

for (const [what, parts, expected] of conflicts) {
  t.test(`conflicts: ${what}`, async (t) => {
    const found = pinConflicts(base(parts))
    t.equal(found.length, expected.length, found.join('; '))
    expected.forEach((pattern, i) => {
      t.match(found[i], pattern)
    })
  })
}
