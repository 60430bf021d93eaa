import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type Language, languages } from '../../../src/domain/words.ts'
import { drawnRows, romCode } from '../../../src/panels/displays/lcd/charset.ts'
import { lcdPicture } from '../../../src/panels/displays/lcd/lcd-picture.ts'
import { encode } from '../../../src/panels/displays/nextion/exchange.ts'
import { instructionsFor, isButton } from '../../../src/panels/displays/nextion/instructions.ts'
import { colour565, colours, layoutFor, type Model } from '../../../src/panels/displays/nextion/layout.ts'
import { pages } from '../../../src/panels/displays/nextion/page.ts'
import { nextionPicture } from '../../../src/panels/displays/nextion/picture.ts'
import { widthOf } from '../../../src/panels/displays/nextion/text.ts'
import { oledPicture } from '../../../src/panels/displays/oled/oled-picture.ts'
import { NextionModel } from '../../fakes/nextion-model.ts'
import { launchChromium } from '../../system/chromium.ts'
import { sceneAt } from '../nextion/rig.ts'
import { moments } from './scenes.ts'

/*
 * Draws every screen of every display in five languages as pictures to be looked at, a sheet for each display
 * and language. Needs Chromium. No test: nothing runs it but
 *
 *     FACCINA_SHEETS=/tmp/sheets npx tap --disable-coverage test/panels/displays/contact-sheet.ts
 */

interface Tile {
  name: string
  svg: string
}

interface Sheet {
  name: string
  columns: number
  tiles: Tile[]
}

const folder = process.env.FACCINA_SHEETS

t.test('contact sheets', { skip: folder === undefined && 'FACCINA_SHEETS says where to' }, async (t) => {
  await mkdir(folder!, { recursive: true })
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  for (const sheet of languages.flatMap(sheetsIn)) {
    await page.setContent(html(sheet))
    await writeFile(join(folder!, `${sheet.name}.png`), await page.locator('main').screenshot())
    t.pass(sheet.name)
  }
})

function sheetsIn(language: Language): Sheet[] {
  const oled = (height: number) => (one: (typeof all)[number]) => oledSvg(one, height)
  const lcd = (columns: number, rows: number) => (one: (typeof all)[number]) => lcdSvg(one, columns, rows)
  const all = moments(language)
  const drawn = (draw: (moment: (typeof all)[number]) => string) =>
    once(all.map((moment) => ({ name: moment.name, svg: draw(moment) })))
  return [
    { name: `oled-64-${language}`, columns: 4, tiles: drawn(oled(64)) },
    { name: `oled-32-${language}`, columns: 4, tiles: drawn(oled(32)) },
    { name: `lcd-20x4-${language}`, columns: 4, tiles: drawn(lcd(20, 4)) },
    { name: `lcd-16x2-${language}`, columns: 4, tiles: drawn(lcd(16, 2)) },
    { name: `nextion-3224-${language}`, columns: 3, tiles: nextionTiles('3224', language) },
    { name: `nextion-8048-${language}`, columns: 2, tiles: nextionTiles('8048', language) },
  ]
}

/** What looks the same is shown once, under all its names. */
function once(tiles: readonly Tile[]): Tile[] {
  const names = new Map<string, string[]>()
  for (const { name, svg } of tiles) names.set(svg, [...(names.get(svg) ?? []), name])
  return [...names].map(([svg, same]) => ({ name: same.join(', '), svg }))
}

function html({ columns, tiles }: Sheet): string {
  const figures = tiles.map(({ name, svg }) => `<figure>${svg}<figcaption>${name}</figcaption></figure>`)
  return `<style>
    main { display: inline-grid; grid-template-columns: repeat(${columns}, auto); gap: 12px; padding: 12px;
      background: #777; font: 13px sans-serif; align-items: start }
    figure { margin: 0 } figcaption { padding: 2px } svg { display: block }
  </style><main>${figures.join('')}</main>`
}

function svg(width: number, height: number, scale: number, ground: string, inside: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges" viewBox="0 0 ${width} ${height}" width="${width * scale}" height="${height * scale}"><rect width="${width}" height="${height}" fill="${ground}"/>${inside}</svg>`
}

function oledSvg({ scene, at }: ReturnType<typeof moments>[number], height: number): string {
  const size = { width: 128, height }
  const picture = oledPicture(scene, at, size, 0)
  let path = ''
  for (let y = 0; y < height; y++)
    for (let x = 0; x < 128; x++) if (picture.get(x, y)) path += `M${x} ${y}h.92v.92h-.92z`
  return svg(128, height, 3, '#000', `<path d="${path}" fill="#bfe6ff"/>`)
}

/** A cell of five by eight dots, and the space to the next one. */
const cell = { width: 6, height: 9 }

function lcdSvg({ scene, at }: ReturnType<typeof moments>[number], columns: number, rows: number): string {
  const picture = lcdPicture(scene, at, { columns, rows }, 0)
  const cells = picture.flatMap((line, row) =>
    [...line].map((char, column) => lcdCell(char, 3 + column * cell.width, 3 + row * cell.height)),
  )
  return svg(columns * cell.width + 5, rows * cell.height + 5, 3, '#1d4ed8', cells.join(''))
}

/** Letters that are drawn, dot by dot; those of the ROM by a font that resembles it. */
function lcdCell(char: string, x: number, y: number): string {
  const back = `<rect x="${x}" y="${y}" width="5" height="8" fill="#2a5be6"/>`
  const dots = romCode(char) === undefined || char === '█' ? drawnRows(char) : undefined
  if (!dots)
    return `${back}<text x="${x + 2.5}" y="${y + 6.6}" font-family="DejaVu Sans Mono" font-size="8.2" text-anchor="middle" fill="#fff">${escaped(char)}</text>`
  const lit = dots.flatMap((bits, row) =>
    [0, 1, 2, 3, 4].filter((i) => bits & (16 >> i)).map((i) => `M${x + i} ${y + row}h.9v.9h-.9z`),
  )
  return `${back}<path d="${lit.join('')}" fill="#fff"/>`
}

/** What the model of the display has on its glass, after the instructions that it was sent. */
function nextionTiles(model: Model, language: Language): Tile[] {
  const others = languages.filter((one) => one !== language)
  const places = ['idle', 'pressed', 'asking', 'noting', 'thanking', 'closed', 'fault'] as const
  const all = places.map((at) => ({ name: at, scene: sceneAt(at, language, [language, ...others]) }))
  all.push({ name: 'asking' as const, scene: sceneAt('asking', language, [language, others[0]!], 7_000) })
  const outOfService = sceneAt('fault', language, [language])
  return once([
    ...all.map(({ name, scene }) => ({ name, svg: nextionSvg(scene, model) })),
    { name: 'one language', svg: nextionSvg(outOfService, model) },
  ])
}

function nextionSvg(scene: ReturnType<typeof sceneAt>, model: Model): string {
  const layout = layoutFor(model)
  const display = new NextionModel({ name: `NX${model}T028_011R` })
  const { instructions } = instructionsFor(nextionPicture(scene, 0), layout, undefined)
  for (const instruction of instructions) display.receive(encode(instruction))
  if (display.refused.length > 0) throw new Error(`refused: ${display.refused.join(', ')}`)
  const page = display.page as keyof typeof pages
  const parts = pages[page].map((component) => {
    const box = layout.boxes[page][component.name]
    const of = (attribute: string) => Number(display.value(component.name, attribute))
    if (!box || component.type === 'Hotspot' || component.type === 'Variable') return ''
    const place = `x="${box.x}" y="${box.y}" height="${box.height}"`
    const ground = `<rect ${place} width="${box.width}" fill="${css(of('bco'))}"/>`
    if (component.type === 'Progress bar')
      return `${ground}<rect ${place} width="${(box.width * of('val')) / 100}" fill="${css(of('pco'))}"/>`
    const height = layout.fonts[of('font')]!
    const lines = String(display.value(component.name, 'txt')).split('\n')
    const top = box.y + (box.height - lines.length * height) / 2
    const text = lines.map(
      (line, i) =>
        `<text x="${box.x + box.width / 2}" y="${top + (i + 0.81) * height}" font-family="Arial, DejaVu Sans" font-size="${height * 0.85}" textLength="${widthOf(line, height)}" lengthAdjust="spacingAndGlyphs" text-anchor="middle" fill="${css(of('pco'))}">${escaped(line)}</text>`,
    )
    return `${isButton(component) || component.key === undefined ? ground : ''}${text.join('')}`
  })
  const drawn = display.drawn.map(shape)
  const scale = model === '8048' ? 0.9 : 1.5
  return svg(
    layout.width,
    layout.height,
    scale,
    css(colour565(colours.ground)),
    [...parts, ...drawn].join(''),
  )
}

/** One of the display's own instructions to draw. */
function shape(instruction: string): string {
  const [verb, parameters = ''] = instruction.split(' ')
  const [x = 0, y = 0, a = 0, b = 0, c = 0] = parameters.split(',').map(Number)
  return verb === 'fill'
    ? `<rect x="${x}" y="${y}" width="${a}" height="${b}" fill="${css(c)}"/>`
    : `<circle cx="${x + 0.5}" cy="${y + 0.5}" r="${a + 0.5}" fill="${css(b)}"/>`
}

function css(colour: number): string {
  const [red, green, blue] = [(colour >> 11) / 31, ((colour >> 5) & 63) / 63, (colour & 31) / 31]
  return `rgb(${[red, green, blue].map((share) => Math.round(share * 255)).join()})`
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
