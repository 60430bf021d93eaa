import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { languages } from '../../../src/domain/words.ts'
import { drawnRows, romCode } from '../../../src/panels/displays/lcd/charset.ts'
import { lcdPicture } from '../../../src/panels/displays/lcd/lcd-picture.ts'
import { openLcdSink } from '../../../src/panels/displays/lcd/lcd-sink.ts'
import { oledPicture } from '../../../src/panels/displays/oled/oled-picture.ts'
import { openOledSink } from '../../../src/panels/displays/oled/oled-sink.ts'
import { fonts } from '../../../src/panels/displays/oled/text.ts'
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
        const bus = new LoggedBus()
        const decoder = new OledDecoder(chip, 128, height)
        const options = { address: 0x3c, chip, ...size, upsideDown: false, contrastPercent: 60 }
        await using sink = await openOledSink(bus, options)
        let text = ''
        for (const { name, scene, at } of moments(language)) {
          const picture = oledPicture(scene, at, size)
          await sink.write(picture)
          for (const { bytes } of bus.messages.splice(0)) decoder.take(bytes)
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

/** What a drawn letter is, by its dots. */
function named(dots: Uint8Array): string {
  const texts = JSON.stringify(it2009.texts) + '✓œ'
  for (const char of new Set(texts)) if (Buffer.from(drawnRows(char) ?? []).equals(dots)) return char
  return '?'
}

for (const [columns, rows] of [
  [20, 4],
  [16, 2],
] as const)
  for (const language of languages)
    t.test(`LCD ${columns}x${rows}, ${language}`, async (t) => {
      const clock = new FakeClock()
      const bus = new LoggedBus()
      const decoder = new LcdDecoder(columns, rows)
      const opening = openLcdSink(bus, clock, { address: 0x27, columns, rows })
      let open = false
      opening.then(() => {
        open = true
      })
      for (let i = 0; i < 100 && !open; i++) {
        await turns()
        clock.advance(10)
      }
      await using sink = await opening
      let text = ''
      for (const { name, scene, at } of moments(language)) {
        const picture = lcdPicture(scene, at, { columns, rows })
        t.ok(
          picture.every((line) => line.length === columns),
          `${name}: as wide as the display`,
        )
        await sink.write(picture)
        for (const { bytes } of bus.messages.splice(0)) decoder.take(bytes)
        const shown = decoder.text(named)
        t.equal(
          shown,
          picture
            .join('\n')
            .replace(/[’×]/g, (c) => (c === '×' ? 'x' : "'"))
            .replace(/[\u00a0\u202f]/g, ' '),
          name,
        )
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

t.test('a picture needs at most eight drawn letters', async (t) => {
  for (const language of languages)
    for (const { name, scene, at } of moments(language)) {
      const text = lcdPicture(scene, at, { columns: 20, rows: 4 }).join('')
      const drawn = new Set([...text].filter((char) => romCode(char) === undefined))
      t.ok(drawn.size <= 8, `${language} ${name}: ${[...drawn].join('')}`)
    }
})

t.test('only what is another than before is sent, and something always', async (t) => {
  const bus = new LoggedBus()
  const size = { width: 128, height: 64 }
  const options = { address: 0x3c, chip: 'ssd1306', ...size, upsideDown: true, contrastPercent: 60 } as const
  await using sink = await openOledSink(bus, options)
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
