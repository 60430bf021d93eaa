import type { Scene } from '../../../domain/scene.ts'
import type { MonoMs } from '../../../domain/time.ts'
import { fitting, type Page, pageOf, turnOf, wrapped } from '../screen.ts'

export interface LcdSize {
  columns: number
  rows: number
}

/** Rows of text, each as long as the display is wide. */
export type LcdPicture = readonly string[]

/** What a display of letters shows of a scene: a pure function of scene and time. */
export function lcdPicture(scene: Scene, now: MonoMs, size: LcdSize): LcdPicture {
  const page = pageOf(scene, now, size.rows)
  const lines = linesOf(page, now, size).map((line) => padded(line, size.columns))
  while (lines.length < size.rows) lines.push(' '.repeat(size.columns))
  // Slowly, and never so that a letter is missing from a text.
  return page.noticed && Math.floor(now / 1000) % 2 === 0
    ? lines.map((line) => '█'.repeat(line.length))
    : lines
}

function linesOf(page: Page, now: MonoMs, size: LcdSize): string[] {
  switch (page.is) {
    case 'message':
      return message(page, now, size)
    case 'list':
      return page.rows.map(({ mark, labels }) => `${mark} ${fitting(labels, size.columns - 2)}`)
    case 'chosen':
      return chosen(page, size)
  }
}

/** Title and hint in the middle; what has no room for both, or as a whole, comes a page at a time. */
function message(
  { title, hint }: Page & { is: 'message' },
  now: MonoMs,
  { columns, rows }: LcdSize,
): string[] {
  const parts = [title, ...(hint === undefined ? [] : [hint])].map((text) => broken(text, columns))
  const all = parts.flat()
  if (all.length <= rows) return centred(all, { columns, rows })
  const pages = parts.flatMap((lines) => chunks(lines, rows))
  return centred(turnOf(pages, now), { columns, rows })
}

/** The reason that would be taken, and what the three faces do: back, take, on. */
function chosen({ row, place, of }: Page & { is: 'chosen' }, { columns, rows }: LcdSize): string[] {
  const room = rows - 1
  const label = row.labels.find((one) => broken(one, columns).length <= room) ?? fitting(row.labels, columns)
  const lines = centred(broken(label, columns).slice(0, room), { columns, rows: room })
  while (lines.length < room) lines.push('')
  const middle = `${place}/${of} ✓`
  const foot = `←${' '.repeat(columns - 2)}→`
  const from = Math.floor((columns - middle.length) / 2)
  return [...lines, foot.slice(0, from) + middle + foot.slice(from + middle.length)]
}

/** In lines between words; a word that is longer than a line is parted where the line ends. */
function broken(text: string, columns: number): string[] {
  const short = text
    .split(' ')
    .flatMap((word) => word.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [])
    .join(' ')
  return wrapped(short, columns) ?? []
}

function centred(lines: readonly string[], { columns, rows }: LcdSize): string[] {
  const above = Array.from({ length: Math.floor((rows - lines.length) / 2) }, () => '')
  return [...above, ...lines.map((line) => `${' '.repeat(Math.floor((columns - line.length) / 2))}${line}`)]
}

function chunks(lines: readonly string[], size: number): string[][] {
  const count = Math.ceil(lines.length / size)
  return Array.from({ length: count }, (_, n) => lines.slice(n * size, (n + 1) * size))
}

function padded(line: string, columns: number): string {
  return line.slice(0, columns).padEnd(columns)
}
