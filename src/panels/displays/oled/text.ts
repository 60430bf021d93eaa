import type { Bitmap } from './bitmap.ts'
import { type Letters, letters } from './letters.generated.ts'

/** A size of letters, ready to be drawn. */
export interface Font {
  width: number
  height: number
  /** The rows of a letter, each as many bytes as its width needs. */
  glyph(char: string): Uint8Array
}

/** All sizes, the smallest first. */
export const fonts: readonly Font[] = letters.map(fontOf)

/** The size of this height. */
export function fontOfHeight(height: number): Font {
  return fonts.find((font) => font.height === height)!
}

function fontOf({ width, height, chars, rows }: Letters): Font {
  const data = Buffer.from(rows, 'base64')
  const size = height * Math.ceil(width / 8)
  const places = new Map([...chars].map((char, place) => [char, place]))
  const empty = new Uint8Array(size)
  return {
    width,
    height,
    glyph(char) {
      const place = places.get(char) ?? places.get(substitutes[char] ?? '')
      if (place === undefined) return char.trim() === '' ? empty : this.glyph('?')
      return data.subarray(place * size, (place + 1) * size)
    },
  }
}

/** Signs that the font lacks, and what is nearest. */
const substitutes: Record<string, string> = { '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '…': '.' }

/** Draws a line of text with its upper left corner here. */
export function drawText(bitmap: Bitmap, font: Font, text: string, left: number, top: number): void {
  const bytes = Math.ceil(font.width / 8)
  for (const [n, char] of [...text].entries()) {
    const glyph = font.glyph(char)
    for (let y = 0; y < font.height; y++)
      for (let x = 0; x < font.width; x++)
        if (glyph[y * bytes + (x >> 3)]! & (0x80 >> (x & 7))) bitmap.set(left + n * font.width + x, top + y)
  }
}
