import type { Scene } from '../../../domain/scene.ts'
import type { MonoMs } from '../../../domain/time.ts'
import { broken, fitting, type Page, paged, pageOf, type Row, together, turnOf } from '../screen.ts'
import { cellColumns, cellRows, lyingCell, uprightCell } from './charset.ts'

export interface LcdSize {
  columns: number
  rows: number
}

/** Rows of text, each as long as the display is wide. */
export type LcdPicture = readonly string[]

/**
 * What a display of letters shows of a scene: a pure function of scene and time.
 * @param since when its words began to stand there
 */
export function lcdPicture(scene: Scene, now: MonoMs, size: LcdSize, since: MonoMs = now): LcdPicture {
  const page = pageOf(scene, now, size.rows)
  const lines = linesOf(page, now - since, size).map((line) => padded(line, size.columns))
  while (lines.length < size.rows) lines.push(' '.repeat(size.columns))
  // Slowly, and never so that a letter is missing from a text.
  return page.noticed && Math.floor(now / 1000) % 2 === 0
    ? lines.map((line) => '█'.repeat(line.length))
    : lines
}

function linesOf(page: Page, stoodMs: number, size: LcdSize): string[] {
  switch (page.is) {
    case 'message':
      return message(page, stoodMs, size)
    case 'list':
      return list(page, size)
    case 'chosen':
      return chosen(page, size)
  }
}

/** Title and hint in the middle; what has no room for both, or as a whole, comes a page at a time. */
function message({ titles, hints }: Page & { is: 'message' }, stoodMs: number, size: LcdSize): string[] {
  const { columns, rows } = size
  const whole = together(titles, hints, (title, hint) => {
    const above = broken(title, columns)
    const below = hint === undefined ? [] : broken(hint, columns)
    const left = rows - above.length - below.length
    if (left < 0) return undefined
    return [...above, ...(left > 0 && below.length > 0 ? [''] : []), ...below]
  })
  if (whole) return centred(whole, size)
  const pages = [titles, ...(hints.length > 0 ? [hints] : [])].flatMap((texts) => {
    const ways = texts.map((text) => paged(broken(text, columns), rows))
    return ways.find((way) => way.length === 1) ?? ways.at(-1)!
  })
  return centred(turnOf(pages, stoodMs), size)
}

/** The answers behind what is printed on their keys; in between stands the time, and sinks. */
function list({ rows: answers, left }: Page & { is: 'list' }, { columns, rows }: LcdSize): string[] {
  const bar = uprightBar(left, rows)
  return bar.map((cell, n) => `${answers[n]?.mark ?? ' '}${cell}${labelOf(answers[n], columns - 2)}`)
}

function labelOf(answer: Row | undefined, room: number): string {
  return answer ? fitting(answer.labels, room) : ''
}

/** The reason that would be taken, and what the three faces do: back, take, on. */
function chosen(page: Page & { is: 'chosen' }, { columns, rows }: LcdSize): string[] {
  const { labels } = page.row
  const room = rows - 1
  const label = labels.find((one) => broken(one, columns).length <= room) ?? fitting(labels, columns)
  const lines = centred(broken(label, columns), { columns, rows: room })
  while (lines.length < room) lines.push('')
  const middle = `${page.place}/${page.of} ✓`
  const from = Math.floor((columns - middle.length) / 2)
  const beside = columns - from - middle.length
  // The time runs out behind the tick, and does not touch the arrow.
  const time = padded(` ${lyingBar(page.left, beside - 3)}`, beside - 1)
  return [...lines, `${padded('←', from)}${middle}${time}→`]
}

/** A bar over so many rows, cell by cell from the top. */
function uprightBar(left: number, rows: number): string[] {
  const full = Math.round(left * rows * cellRows)
  return Array.from({ length: rows }, (_, row) => {
    const filled = Math.min(cellRows, full - (rows - 1 - row) * cellRows)
    return filled > 0 ? uprightCell(filled) : ' '
  })
}

/** A bar over so many columns. */
function lyingBar(left: number, columns: number): string {
  const full = Math.round(left * columns * cellColumns)
  const cells = Array.from({ length: columns }, (_, column) => {
    const filled = Math.min(cellColumns, full - column * cellColumns)
    return filled > 0 ? lyingCell(filled) : ' '
  })
  return cells.join('')
}

function centred(lines: readonly string[], { columns, rows }: LcdSize): string[] {
  const above = Array.from({ length: Math.floor((rows - lines.length) / 2) }, () => '')
  return [...above, ...lines.map((line) => `${' '.repeat(Math.floor((columns - line.length) / 2))}${line}`)]
}

function padded(line: string, columns: number): string {
  return line.slice(0, columns).padEnd(columns)
}
