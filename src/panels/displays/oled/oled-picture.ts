import type { Scene } from '../../../domain/scene.ts'
import type { MonoMs } from '../../../domain/time.ts'
import { broken, fitting, type Page, paged, pageOf, type Row, together, turnOf, wrapped } from '../screen.ts'
import { Bitmap } from './bitmap.ts'
import { drawText, type Font, fontOfHeight, fonts } from './text.ts'

export interface OledSize {
  width: number
  height: number
}

/** The countdown, and the space above it. */
const barHeight = 2
const barRoom = 3
/** Rows of a list are this high: five of them fill 64 rows, two of them 32. */
const rowHeight = { 64: 12, 32: 14 } as const

/**
 * What an OLED shows of a scene: a pure function of scene and time.
 * @param since when its words began to stand there
 */
export function oledPicture(scene: Scene, now: MonoMs, size: OledSize, since: MonoMs = now): Bitmap {
  const bitmap = new Bitmap(size.width, size.height)
  const font = fontOfHeight(size.height === 64 ? rowHeight[64] : rowHeight[32])
  const rows = Math.floor((size.height - barRoom) / font.height)
  const page = pageOf(scene, now, rows)
  drawPage(bitmap, page, font, now - since)
  // Slowly: whoever looks for the terminal sees it, and nobody is hurt by flashes.
  if (page.noticed && Math.floor(now / 1000) % 2 === 0) bitmap.invert()
  return bitmap
}

function drawPage(bitmap: Bitmap, page: Page, font: Font, stoodMs: number): void {
  switch (page.is) {
    case 'message':
      drawMessage(bitmap, page, stoodMs)
      break
    case 'list':
      for (const [n, row] of page.rows.entries()) drawRow(bitmap, row, font, n * font.height)
      drawBar(bitmap, page.left)
      break
    case 'chosen':
      drawChosen(bitmap, page)
      drawBar(bitmap, page.left)
  }
}

/** The title as large as it gets, and the hint below it; a page at a time, where there is no room for both. */
function drawMessage(bitmap: Bitmap, { titles, hints }: Page & { is: 'message' }, stoodMs: number): void {
  const { width, height } = bitmap
  const smallest = fonts[0]!
  const fit = (least: Font) => (title: string, hint: string | undefined) => {
    const small = hint === undefined ? undefined : fitted(hint, width, height, smallest, smallest)
    const hintHeight = small ? small.lines.length * small.font.height : 0
    const large = fitted(title, width, height - hintHeight, least)
    return large && (small || hint === undefined) ? { large, small, hintHeight } : undefined
  }
  // Rather a shorter hint than a title in letters that are no larger.
  const whole = together(titles, hints, fit(fonts[1]!))
  if (whole) {
    const { large, small, hintHeight } = whole
    drawLines(bitmap, large, { top: 0, height: height - hintHeight })
    if (small) drawLines(bitmap, small, { top: height - hintHeight, height: hintHeight })
    return
  }
  const pages = [titles, ...(hints.length > 0 ? [hints] : [])].flatMap((texts) =>
    pagesOf(texts, width, height),
  )
  drawLines(bitmap, turnOf(pages, stoodMs), { top: 0, height })
}

/** The largest letters in which a text has room, or else needs the fewest pages; the longest words before. */
function pagesOf(texts: readonly string[], width: number, height: number): Fitted[] {
  const whole = firstFitting(texts, width, height)
  if (whole) return [whole]
  const ways = fonts.map((font) => {
    const lines = broken(texts.at(-1)!, Math.floor(width / font.width))
    return paged(lines, Math.floor(height / font.height)).map((lines) => ({ font, lines }))
  })
  return ways.reduce((best, way) => (way.length <= best.length ? way : best))
}

function drawChosen(bitmap: Bitmap, { row, place, of }: Page & { is: 'chosen' }): void {
  const small = fonts[0]!
  const foot = bitmap.height - barRoom - small.height
  const label = firstFitting(row.labels, bitmap.width, foot)
  if (label) drawLines(bitmap, label, { top: 0, height: foot })
  // What the three faces do, in their order, and between them where we are.
  drawArrow(bitmap, 6, foot, -1)
  drawTick(bitmap, Math.floor(bitmap.width / 2) - 3, foot)
  drawArrow(bitmap, bitmap.width - 13, foot, 1)
  const where = `${place}/${of}`
  drawText(bitmap, small, where, Math.round(bitmap.width * 0.26 - (where.length * small.width) / 2), foot)
}

function drawRow(bitmap: Bitmap, { mark, labels }: Row, font: Font, top: number): void {
  const room = Math.floor(bitmap.width / font.width) - 2
  drawText(bitmap, font, mark, 1, top)
  drawText(bitmap, font, fitting(labels, room), 2 * font.width, top)
  // The mark stands out as the key that it is.
  for (let y = top; y < top + font.height - 1; y++)
    for (let x = 0; x < font.width + 2; x++) bitmap.set(x, y, !bitmap.get(x, y))
}

function drawBar(bitmap: Bitmap, left: number): void {
  bitmap.fill(0, bitmap.height - barHeight, Math.round(bitmap.width * left), barHeight)
}

interface Fitted {
  font: Font
  lines: string[]
}

/** The first text that has room; rather a shorter one than one in the smallest letters. */
function firstFitting(texts: readonly string[], width: number, height: number): Fitted | undefined {
  for (const least of [fonts[1], fonts[0]]) {
    for (const text of texts) {
      const whole = fitted(text, width, height, least)
      if (whole) return whole
    }
  }
  return undefined
}

/** The largest letters in which a text has room; undefined where not even the smallest that may be do. */
function fitted(
  text: string,
  width: number,
  height: number,
  least = fonts[0]!,
  most = fonts.at(-1)!,
): Fitted | undefined {
  const sizes = fonts.slice(fonts.indexOf(least), fonts.indexOf(most) + 1)
  for (const font of sizes.toReversed()) {
    const lines = wrapped(text, Math.floor(width / font.width))
    if (lines && lines.length * font.height <= height) return { font, lines }
  }
  return undefined
}

function drawLines(bitmap: Bitmap, { font, lines }: Fitted, area: { top: number; height: number }): void {
  const top = area.top + Math.floor((area.height - lines.length * font.height) / 2)
  for (const [n, line] of lines.entries()) {
    const left = Math.floor((bitmap.width - [...line].length * font.width) / 2)
    drawText(bitmap, font, line, left, top + n * font.height)
  }
}

/** A triangle that points to the left (-1) or to the right (1), seven pixels wide. */
function drawArrow(bitmap: Bitmap, left: number, top: number, direction: -1 | 1): void {
  for (let n = 0; n < 7; n++) {
    const x = direction < 0 ? left + n : left + 6 - n
    bitmap.fill(x, top + 5 - Math.ceil(n / 1.4), 1, 1 + 2 * Math.ceil(n / 1.4))
  }
}

function drawTick(bitmap: Bitmap, left: number, top: number): void {
  for (let n = 0; n < 3; n++) bitmap.fill(left + n, top + 5 + n, 2, 2)
  for (let n = 0; n < 6; n++) bitmap.fill(left + 3 + n, top + 7 - n, 2, 2)
}
