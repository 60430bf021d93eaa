import { linesOf } from '../lines.ts'
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
  const words = text.split(' ')
  const set = (height: number, width: number) => linesOf(words, width, (line) => widthOf(line, height))
  for (let font = heights.length - 1; font >= 0; font--) {
    const height = heights[font]!
    const lines = set(height, room.width)
    if (lines && lines.length * height <= room.height) return { font, lines }
  }
  const longest = Math.max(...words.map((word) => widthOf(word, heights[0]!)))
  return { font: 0, lines: set(heights[0]!, Math.max(longest, room.width)) ?? words }
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
