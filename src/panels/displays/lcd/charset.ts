/**
 * The letters of an HD44780. Its ROM has ASCII but for \\ and ~, and where that ends it depends: ROM A00,
 * the one that most displays have, has a few of Greek and German and no accents but those of ä and ö, ü, ñ
 * (Hitachi data sheet, table 4). Eight letters at a time can be drawn.
 */

/** Signs that ASCII has nearly as well. */
const alike: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '×': 'x',
  '\u00a0': ' ',
  '\u202f': ' ',
  '\\': '/',
  '~': '-',
}

/** What ROM A00 has and others have elsewhere. */
const inRomA00: Readonly<Record<string, number>> = {
  ä: 0xe1,
  ß: 0xe2,
  ö: 0xef,
  ü: 0xf5,
  ñ: 0xee,
  '°': 0xdf,
  '→': 0x7e,
  '←': 0x7f,
  '·': 0xa5,
  '█': 0xff,
}

/** The code of a letter that is the same in every ROM, or undefined. */
function asciiCode(char: string): number | undefined {
  const code = (alike[char] ?? char).codePointAt(0)!
  return code >= 0x20 && code <= 0x7d ? code : undefined
}

/** The code of a letter in ROM A00, or undefined. */
export function romCode(char: string): number | undefined {
  return asciiCode(char) ?? inRomA00[char]
}

/** What stands for a letter that has no room among the eight: its base, or a question mark. */
export function plainCode(char: string): number {
  const base = plain[char] ?? char.normalize('NFD')[0]!
  return asciiCode(base) ?? 0x3f
}

const plain: Readonly<Record<string, string>> = {
  œ: 'o',
  Œ: 'O',
  æ: 'a',
  Æ: 'A',
  đ: 'd',
  Đ: 'D',
  ø: 'o',
  Ø: 'O',
  '…': '.',
  '✓': 'v',
}

/** How many letters can be drawn at a time. */
export const drawnLetters = 8
export const cellRows = 8
export const cellColumns = 5

/**
 * Which letters of a picture are drawn: those that the display has not, and of them the most frequent first;
 * then those that it has or has not by its ROM, of which nobody knows which one it is.
 */
export function lettersToDraw(picture: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const char of picture.join('')) counts.set(char, (counts.get(char) ?? 0) + 1)
  const weight = (char: string) => (romCode(char) === undefined ? 1000 : 0) + counts.get(char)!
  return [...counts.keys()]
    .filter((char) => asciiCode(char) === undefined && drawnRows(char))
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, drawnLetters)
}

// Bars are drawn like letters, and named by characters that no text has.
const [upright, lying] = [0xe000, 0xe010]

/** A cell of an upright bar that is filled from its foot to this height, 1 to 8. */
export function uprightCell(height: number): string {
  return String.fromCharCode(upright + height)
}

/** A cell of a lying bar that is filled from the left to this width, 1 to 5. */
export function lyingCell(width: number): string {
  return String.fromCharCode(lying + width)
}

function barRows(char: string): readonly number[] | undefined {
  const code = char.charCodeAt(0)
  const [height, width] = [code - upright, code - lying]
  const rows = Array.from({ length: cellRows }, (_, row) => row)
  // Two dots wide, so that it parts what stands at its left and right.
  if (height > 0 && height <= cellRows) return rows.map((row) => (row >= cellRows - height ? 0b00110 : 0))
  if (width <= 0 || width > cellColumns) return undefined
  const dots = (0b11111 << (cellColumns - width)) & 0b11111
  return rows.map((row) => (row > 1 && row < cellRows - 1 ? dots : 0))
}

/** The five dots of each of a letter's eight rows, the left one the highest of five bits. */
export function drawnRows(char: string): readonly number[] | undefined {
  const own = drawn[char] ?? barRows(char)
  if (own) return own
  const [base, ...marks] = char.normalize('NFD')
  const body = bodies[base!]
  const mark = marks.length === 1 ? accents[marks[0]!] : undefined
  if (!body || !mark) return undefined
  if ('below' in mark) return [...body.slice(0, 6), ...mark.below]
  // Two dots leave a row to a capital, which is to be taller than its small letter.
  if (mark.above[1] === 0 && base! < 'a')
    return [mark.above[0]!, body[2]!, body[3]!, body[3]!, ...body.slice(4)]
  return [...mark.above, ...body.slice(2)]
}

/** Rows from the top: small letters begin in the third, capitals in the second and are drawn lower. */
const bodies: Record<string, readonly number[]> = {
  a: [0, 0, 0b01110, 0b00001, 0b01111, 0b10001, 0b01111, 0],
  c: [0, 0, 0b01110, 0b10000, 0b10000, 0b10001, 0b01110, 0],
  e: [0, 0, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110, 0],
  i: [0, 0, 0b01100, 0b00100, 0b00100, 0b00100, 0b01110, 0],
  n: [0, 0, 0b10110, 0b11001, 0b10001, 0b10001, 0b10001, 0],
  o: [0, 0, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110, 0],
  s: [0, 0, 0b01110, 0b10000, 0b01110, 0b00001, 0b11110, 0],
  u: [0, 0, 0b10001, 0b10001, 0b10001, 0b10011, 0b01101, 0],
  y: [0, 0, 0b10001, 0b10001, 0b01111, 0b00001, 0b01110, 0],
  z: [0, 0, 0b11111, 0b00010, 0b00100, 0b01000, 0b11111, 0],
  A: [0, 0, 0b01110, 0b10001, 0b11111, 0b10001, 0b10001, 0],
  C: [0, 0, 0b01110, 0b10001, 0b10000, 0b10001, 0b01110, 0],
  E: [0, 0, 0b11111, 0b10000, 0b11110, 0b10000, 0b11111, 0],
  I: [0, 0, 0b01110, 0b00100, 0b00100, 0b00100, 0b01110, 0],
  O: [0, 0, 0b01110, 0b10001, 0b10001, 0b10001, 0b01110, 0],
  S: [0, 0, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110, 0],
  U: [0, 0, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110, 0],
  Z: [0, 0, 0b11111, 0b00010, 0b00100, 0b01000, 0b11111, 0],
}

const accents: Record<string, { above: readonly number[] } | { below: readonly number[] }> = {
  '\u0300': { above: [0b01000, 0b00100] },
  '\u0301': { above: [0b00010, 0b00100] },
  '\u0302': { above: [0b00100, 0b01010] },
  '\u0303': { above: [0b01101, 0b10010] },
  '\u0308': { above: [0b01010, 0] },
  '\u030c': { above: [0b01010, 0b00100] },
  '\u0327': { below: [0b01110, 0b00100] },
}

/** What is made of no other letter. */
const drawn: Readonly<Record<string, readonly number[]>> = {
  ß: [0b01110, 0b10001, 0b10010, 0b10100, 0b10010, 0b10001, 0b10110, 0],
  Œ: [0b01111, 0b10100, 0b10100, 0b10111, 0b10100, 0b10100, 0b01111, 0],
  '←': [0, 0b00100, 0b01000, 0b11111, 0b01000, 0b00100, 0, 0],
  '→': [0, 0b00100, 0b00010, 0b11111, 0b00010, 0b00100, 0, 0],
  '█': [31, 31, 31, 31, 31, 31, 31, 31],
  '…': [0, 0, 0, 0, 0, 0, 0b10101, 0],
  œ: [0, 0, 0b01010, 0b10101, 0b10111, 0b10100, 0b01011, 0],
  '✓': [0, 0b00001, 0b00001, 0b00010, 0b10010, 0b01100, 0b00100, 0],
}
