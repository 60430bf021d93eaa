import type { Size } from './layout.ts'

/** A text as it is set: lines of words, and the number of the font. */
export interface Fitted {
  font: number
  lines: string[]
}

/**
 * Breaks a text between words, in the largest font in which it fits. Where it fits in none it is set in the
 * smallest, and the display cuts it off.
 * @param heights of the fonts, from small to large, in pixels
 */
export function fit(text: string, room: Size, heights: readonly number[]): Fitted {
  let last: Fitted = { font: 0, lines: [] }
  for (let font = heights.length - 1; font >= 0; font--) {
    const height = heights[font]!
    const lines = broken(text, room.width, height)
    last = { font, lines }
    const fits = lines.every((line) => widthOf(line, height) <= room.width)
    if (fits && lines.length * height <= room.height) return last
  }
  return last
}

function broken(text: string, width: number, height: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word
    if (lines.length > 0 && widthOf(longer, height) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** How wide a line is in pixels, in Arial of a font whose cells are so high. */
export function widthOf(line: string, height: number): number {
  const thousandths = [...line.normalize('NFD')].reduce((sum, letter) => sum + advance(letter), 0)
  return (thousandths / 1000) * height * emShare
}

/** Of the cell's height, the em is 1 / (0.905 + 0.212): Arial's ascent and descent. Rounded up. */
const emShare = 0.9

/** Advance widths in thousandths of an em: Helvetica's, as Adobe published them; Arial has the same. */
const widths: readonly (readonly [number, string])[] = [
  [0, '\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327'],
  [191, "'"],
  [222, 'ijl’'],
  [278, ' !,./:;I[]ft·\u00a0\u202f'],
  [333, '()-r'],
  [355, '"'],
  [500, 'ckJsvxyz'],
  [611, 'FTZß'],
  [667, 'ABEKPSVXY&'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'Mm'],
  [944, 'Wœ'],
  [1000, '…'],
]
const known = new Map(widths.flatMap(([width, letters]) => [...letters].map((letter) => [letter, width])))

function advance(letter: string): number {
  return known.get(letter) ?? 556
}

/**
 * A text within an instruction, in UTF-8. Source: instruction set, section 1: `\"`, `\\`, and `\r` for a
 * new line. Spaces that do not break are only spaces to a font; control signs are none at all.
 */
export function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line
      .normalize('NFC')
      .replace(/[\u00a0\u202f]/g, ' ')
      .replace(/\p{Cc}/gu, '')
      .replace(/["\\]/g, '\\$&'),
  )
  return `"${escaped.join('\\r')}"`
}
