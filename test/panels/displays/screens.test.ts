import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import type { Scene } from '../../../src/domain/scene.ts'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { languages } from '../../../src/domain/words.ts'
import {
  drawnRows,
  lettersToDraw,
  lyingCell,
  romCode,
  uprightCell,
} from '../../../src/panels/displays/lcd/charset.ts'
import { lcdPicture } from '../../../src/panels/displays/lcd/lcd-picture.ts'
import { openLcdSink } from '../../../src/panels/displays/lcd/lcd-sink.ts'
import { oledPicture } from '../../../src/panels/displays/oled/oled-picture.ts'
import { openOledSink } from '../../../src/panels/displays/oled/oled-sink.ts'
import { fonts } from '../../../src/panels/displays/oled/text.ts'
import { wrapped } from '../../../src/panels/displays/screen.ts'
import { variantsOf } from '../../../src/panels/displays/short-labels.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { blocks, LcdDecoder, LoggedBus, OledDecoder } from '../../fakes/i2c-chips.ts'
import { turns } from '../../fakes/until.ts'
import { moments } from './scenes.ts'

/**
 * Every screen in five languages, on every display: sent to a chip, and read back from what went over the
 * wire. The pictures are fixtures, to be looked at; FACCINA_WRITE=1 writes them.
 */

async function compare(t: Tap, file: string, text: string): Promise<void> {
  const url = new URL(`../../fixtures/screens/${file}.txt`, import.meta.url)
  if (process.env.FACCINA_WRITE) await writeFile(url, text)
  t.equal(text, await readFile(url, 'utf8'), file)
}

type Tap = Pick<typeof t, 'equal'>

for (const height of [64, 32])
  for (const language of languages)
    t.test(`OLED 128x${height}, ${language}`, async (t) => {
      let all = ''
      for (const chip of ['ssd1306', 'sh1106'] as const) {
        const size = { width: 128, height }
        const decoder = new OledDecoder(chip, 128, height)
        const bus = new LoggedBus(decoder)
        const options = { address: 0x3c, chip, ...size, upsideDown: false, contrastPercent: 60 }
        await using sink = await openOledSink(bus, new FakeClock(), options)
        let text = ''
        for (const { name, scene, at } of moments(language)) {
          const picture = oledPicture(scene, at, size, 0)
          await sink.write(picture)
          const shown = decoder.text
          t.equal(
            shown,
            blocks(128, height, (x, y) => picture.get(x, y)),
            `${chip} ${name}: arrives as it was drawn`,
          )
          text += `== ${name}\n${shown}\n`
        }
        t.ok(decoder.on)
        if (all) t.equal(text, all, 'both chips show the same')
        all = text
      }
      await compare(t, `oled-${height}-${language}`, all)
    })

const lcd16 = { address: 0x27, columns: 16, rows: 2 }

/** What waits for the clock while it opens. */
async function opened<T>(opening: Promise<T>, clock: FakeClock): Promise<T> {
  let open = false
  opening.then(() => {
    open = true
  })
  for (let i = 0; i < 100 && !open; i++) {
    await turns()
    clock.advance(10)
  }
  return opening
}

/** How the cells of bars are written in a fixture. */
const bars = new Map([
  ...[...'▁▂▃▄▅▆▇█'].map((block, n) => [uprightCell(n + 1), block] as const),
  ...[...'▏▎▌▊█'].map((block, n) => [lyingCell(n + 1), block] as const),
])

/** Everything that may be drawn. */
const drawable = [...new Set(`${JSON.stringify(it2009.texts)}àìùâœŠ✓←→…█`), ...bars.keys()]

/** What a drawn letter is, by its dots. */
function named(dots: Uint8Array): string {
  const char = drawable.find((one) => Buffer.from(drawnRows(one) ?? []).equals(dots)) ?? '?'
  return bars.get(char) ?? char
}

/** A picture as its letters are read. */
function readable(picture: readonly string[]): string {
  const alike: Record<string, string> = { '×': 'x', '’': "'", '\u00a0': ' ' }
  return [...picture.join('\n')].map((char) => bars.get(char) ?? alike[char] ?? char).join('')
}

for (const [columns, rows] of [
  [20, 4],
  [16, 2],
] as const)
  for (const language of languages)
    t.test(`LCD ${columns}x${rows}, ${language}`, async (t) => {
      const clock = new FakeClock()
      const decoder = new LcdDecoder(columns, rows, () => clock.now().mono)
      const bus = new LoggedBus(decoder)
      await using sink = await opened(openLcdSink(bus, clock, { address: 0x27, columns, rows }), clock)
      let text = ''
      for (const { name, scene, at } of moments(language)) {
        const picture = lcdPicture(scene, at, { columns, rows }, 0)
        t.ok(
          picture.every((line) => line.length === columns),
          `${name}: as wide as the display`,
        )
        await sink.write(picture)
        const shown = decoder.text(named)
        t.equal(shown, readable(picture), name)
        text += `== ${name}\n${shown.replace(/^|$/gm, '|')}\n`
      }
      t.ok(decoder.backlight)
      await compare(t, `lcd-${columns}x${rows}-${language}`, text)
    })

t.test('every letter of the surveys is in the fonts, and in the ROM or drawn', async (t) => {
  const all = Object.values(it2009.texts).flatMap((texts) => [
    ...Object.values(texts.faces),
    ...Object.values(texts.reasons),
    ...Object.values(texts).filter((text) => typeof text === 'string'),
  ])
  for (const char of new Set(all.join(''))) {
    for (const font of fonts)
      t.not(font.glyph(char), font.glyph('?'), `${char} in letters of ${font.height} pixels`)
    t.ok(romCode(char) !== undefined || drawnRows(char)?.length === 8, `${char} on an LCD`)
  }
})

t.test('no picture of a survey needs more letters than can be drawn', async (t) => {
  for (const [columns, rows] of [
    [20, 4],
    [16, 2],
  ] as const)
    for (const language of languages)
      for (const { name, scene, at } of moments(language)) {
        const picture = lcdPicture(scene, at, { columns, rows }, 0)
        const drawn = new Set([...picture.join('')].filter((char) => romCode(char) === undefined))
        t.ok(drawn.size <= 8, `${language} ${name}: ${[...drawn].join('')}`)
      }
})

t.test('of more letters than can be drawn, the others lose their accents', async (t) => {
  const clock = new FakeClock()
  const decoder = new LcdDecoder(16, 2, () => clock.now().mono)
  await using sink = await opened(openLcdSink(new LoggedBus(decoder), clock, lcd16), clock)
  await sink.write(['àèéìòùçêîü~\\… œ→', 'ààèèééììòòùùççêê'])
  t.equal(decoder.text(named), 'àèéìòùçêiü-/. o→\nààèèééììòòùùççêê', 'ü and → by the ROM')
  await sink.write(['ščžœâ ŠČÖ É ï äß', ''.padEnd(16)])
  t.equal(decoder.text(named), 'ščžœâ ŠČÖ E i äß\n'.padEnd(33), 'eight others')
  t.same(lettersToDraw(['ä è→è']), ['è', 'ä', '→'], 'where there is room, nothing depends on the ROM')
})

t.test('only what is another than before is sent, and something always', async (t) => {
  const clock = new FakeClock()
  const decoder = new OledDecoder('ssd1306', 128, 64)
  const bus = new LoggedBus(decoder)
  const size = { width: 128, height: 64 }
  const options = { address: 0x3c, chip: 'ssd1306', ...size, upsideDown: false, contrastPercent: 60 } as const
  await using sink = await openOledSink(bus, clock, options)
  const [idle] = moments('it')
  await sink.write(oledPicture(idle!.scene, 0, size))
  bus.messages.length = 0
  await sink.write(oledPicture(idle!.scene, 0, size))
  t.same(
    bus.messages.map(({ bytes }) => [...bytes]),
    [[0x00, 0xe3]],
    'a picture that stands still asks whether the chip is there',
  )
  const asking = moments('it').find(({ name }) => name === 'asking 1')!
  await sink.write(oledPicture(asking.scene, asking.at, size))
  bus.messages.length = 0
  await sink.write(oledPicture(asking.scene, asking.at + 500, size))
  const bytes = bus.messages.reduce((sum, { bytes }) => sum + bytes.length, 0)
  t.ok(bytes < 140, `the countdown costs ${bytes} bytes`)
})

t.test('an LCD is sent the letters that change', async (t) => {
  const clock = new FakeClock()
  const decoder = new LcdDecoder(16, 2)
  const bus = new LoggedBus(decoder)
  await using sink = await opened(openLcdSink(bus, clock, lcd16), clock)
  await sink.write(['Grazie!         ', ''.padEnd(16)])
  bus.messages.length = 0
  await sink.write(['Grazia!         ', ''.padEnd(16)])
  t.equal(bus.messages.flatMap(({ bytes }) => [...bytes]).length, 12, 'a place and a letter')
  bus.messages.length = 0
  await sink.write(['Grazia!         ', ''.padEnd(16)])
  t.same(bus.messages, [], 'nothing: it is only read')
})

t.test('a display that is built in upside down shows the same', async (t) => {
  const size = { width: 128, height: 64 }
  for (const chip of ['ssd1306', 'sh1106'] as const) {
    const decoder = new OledDecoder(chip, 128, 64)
    const options = { address: 0x3c, chip, ...size, upsideDown: true, contrastPercent: 100 }
    await using sink = await openOledSink(new LoggedBus(decoder), new FakeClock(), options)
    const picture = oledPicture(moments('sl')[0]!.scene, 0, size)
    await sink.write(picture)
    t.equal(
      decoder.text,
      blocks(128, 64, (x, y) => picture.get(127 - x, 63 - y)),
      `${chip}: turned by half`,
    )
    t.equal(decoder.contrast, 255)
  }
})

/** Every display's picture of a moment, as something to compare. */
const pictures: Record<string, (scene: Scene, at: number) => unknown> = {
  '128x64': (scene, at) => oledPicture(scene, at, { width: 128, height: 64 }, 0),
  '128x32': (scene, at) => oledPicture(scene, at, { width: 128, height: 32 }, 0),
  '20x4': (scene, at) => lcdPicture(scene, at, { columns: 20, rows: 4 }, 0),
  '16x2': (scene, at) => lcdPicture(scene, at, { columns: 16, rows: 2 }, 0),
}

t.test('what stands for a few seconds is read within them, on every display', async (t) => {
  for (const [display, picture] of Object.entries(pictures))
    for (const language of languages) {
      const of = (name: string) => moments(language).find((moment) => moment.name === name)!.scene
      const { thanks, recorded } = it2009.texts[language]
      const thanking = of('thanking')
      t.same(thanking.screen, { ...thanking.screen, title: thanks, hint: recorded })
      const { hint, ...bare } = thanking.screen
      t.same(picture(thanking, 2_900), picture(thanking, 0), `${display} ${language}: thanks in one page`)
      t.notSame(picture(thanking, 0), picture({ ...thanking, screen: bare }, 0), `${hint} is on it`)
      // For five seconds.
      const refused = of('not recorded 0')
      t.same(picture(refused, 5_000), picture(refused, 0), `${display} ${language}: at most two pages`)
      const idle = of('idle')
      t.same(picture(idle, 2_500), picture(idle, 0), `${display} ${language}: the question in one page`)
    }
})

t.test('short texts are short enough', async (t) => {
  for (const language of languages) {
    const { reasons, ...texts } = it2009.texts[language]
    for (const label of [...Object.values(reasons), texts.skip])
      t.ok(variantsOf(label, language).at(-1)!.length <= 14, label)
    t.ok(variantsOf(texts.recorded, language).at(-1)!.length <= 16, texts.recorded)
    for (const text of Object.values(texts).filter((text) => typeof text === 'string'))
      t.ok((wrapped(variantsOf(text, language).at(-1)!, 16)?.length ?? 9) <= 2, text)
  }
  t.same(variantsOf('Anything else', 'en'), ['Anything else'])
})
