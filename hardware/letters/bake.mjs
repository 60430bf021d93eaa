/**
 * Makes the letters of the OLED display from the bitmap font of Debian's package xfonts-terminus (Terminus
 * Font by Dimitar Zhekov, SIL Open Font License 1.1, see OFL.txt beside this file):
 *
 *     apt-get install xfonts-terminus
 *     node hardware/letters/bake.mjs [FOLDER WITH ter-u*_unicode.pcf.gz]
 */
import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'

const folder = process.argv[2] ?? '/usr/share/fonts/X11/misc'
const out = new URL('../../src/panels/displays/oled/letters.generated.ts', import.meta.url)

/** Height in pixels, and whether the strokes are bold: thin ones vanish at a distance. */
const sizes = [
  [12, 'n'],
  [14, 'b'],
  [16, 'b'],
  [20, 'b'],
  [24, 'b'],
  [28, 'b'],
  [32, 'b'],
]

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n))
/** What the surveys are written with: ASCII, Latin-1, Latin Extended-A, and signs of print. */
const wanted = [...range(0x20, 0x7e), ...range(0xa1, 0x17f), ...'‘’“”„–…•×«»']

const fonts = await Promise.all(
  sizes.map(async ([height, weight]) => {
    const file = `${folder}/ter-u${height}${weight}_unicode.pcf.gz`
    return bake(gunzipSync(await readFile(file)), height)
  }),
)
await writeFile(
  out,
  `// Made by hardware/letters/bake.mjs from Terminus Font 4.48, Copyright (c) 2010-2014 Dimitar Toshkov Zhekov,
// SIL Open Font License 1.1: see hardware/letters/OFL.txt.

/** A size of letters: all are equally wide. A row of a letter is so many bytes, the left pixel its highest bit. */
export interface Letters {
  width: number
  height: number
  /** Which letters there are, in the order of their pictures. */
  chars: string
  /** Base64. */
  rows: string
}

export const letters: readonly Letters[] = [
${fonts.map((font) => `  ${JSON.stringify(font)},`).join('\n')}
]
`,
)

/** The X11 Portable Compiled Format: tables of metrics, bitmaps and encodings. */
function bake(pcf, height) {
  const tables = new Map()
  for (let n = 0; n < pcf.readUInt32LE(4); n++) {
    const at = 8 + 16 * n
    tables.set(pcf.readUInt32LE(at), { offset: pcf.readUInt32LE(at + 12) })
  }
  const metrics = metricsOf(pcf, tables.get(4).offset)
  const bitmaps = bitmapsOf(pcf, tables.get(8).offset)
  const encoding = encodingOf(pcf, tables.get(32).offset)
  const there = wanted.filter((char) => encoding(char.codePointAt(0)) !== undefined)
  const width = metrics[encoding(0x41)].width
  const bytes = Math.ceil(width / 8)
  const rows = there.flatMap((char) => {
    const glyph = encoding(char.codePointAt(0))
    const { data, offset, pad } = bitmaps(glyph)
    const lines = metrics[glyph].height
    return Array.from({ length: height }, (_, row) => {
      const line = Array.from({ length: bytes }, (_, n) => (row < lines ? data[offset + row * pad + n] : 0))
      return line
    }).flat()
  })
  return { width, height, chars: there.join(''), rows: Buffer.from(rows).toString('base64') }
}

function metricsOf(pcf, offset) {
  const format = pcf.readUInt32LE(offset)
  const big = (format & 4) !== 0
  const i16 = (at) => (big ? pcf.readInt16BE(at) : pcf.readInt16LE(at))
  if (format & 0x100) {
    const count = i16(offset + 4)
    return Array.from({ length: count }, (_, n) => {
      const [left, right, width, ascent, descent] = pcf.subarray(offset + 6 + 5 * n).map((v) => v - 0x80)
      const signed = (v) => (v << 24) >> 24
      return { width: signed(width), height: signed(ascent) + signed(descent), left, right }
    })
  }
  const count = big ? pcf.readUInt32BE(offset + 4) : pcf.readUInt32LE(offset + 4)
  return Array.from({ length: count }, (_, n) => {
    const at = offset + 8 + 12 * n
    return { width: i16(at + 4), height: i16(at + 6) + i16(at + 8) }
  })
}

function bitmapsOf(pcf, offset) {
  const format = pcf.readUInt32LE(offset)
  const big = (format & 4) !== 0
  const u32 = (at) => (big ? pcf.readUInt32BE(at) : pcf.readUInt32LE(at))
  const count = u32(offset + 4)
  const data = offset + 8 + 4 * count + 16
  const pad = 1 << (format & 3)
  const mirrored = (format & 8) === 0
  const bytes = mirrored ? pcf.map(mirror) : pcf
  return (glyph) => ({ data: bytes, offset: data + u32(offset + 8 + 4 * glyph), pad })
}

function mirror(byte) {
  let out = 0
  for (let n = 0; n < 8; n++) if (byte & (1 << n)) out |= 0x80 >> n
  return out
}

function encodingOf(pcf, offset) {
  const format = pcf.readUInt32LE(offset)
  const big = (format & 4) !== 0
  const u16 = (at) => (big ? pcf.readUInt16BE(at) : pcf.readUInt16LE(at))
  const [firstLow, lastLow, firstHigh, lastHigh] = [4, 6, 8, 10].map((n) => u16(offset + n))
  return (code) => {
    const [high, low] = [code >> 8, code & 255]
    if (high < firstHigh || high > lastHigh || low < firstLow || low > lastLow) return undefined
    const glyph = u16(offset + 14 + 2 * ((high - firstHigh) * (lastLow - firstLow + 1) + low - firstLow))
    return glyph === 0xffff ? undefined : glyph
  }
}
