/**
 * The letters of an HD44780 with ROM A00, the one that most displays have (Hitachi data sheet, table 4):
 * ASCII but for \ and ~, a few of Greek and German, and no accents but those of ä and ö, ü, ñ. The others
 * are drawn: eight at a time have room.
 */

/** Letters that the ROM has, and where. */
const inRom: Readonly<Record<string, number>> = {
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
  '’': 0x27,
  '‘': 0x27,
  '“': 0x22,
  '”': 0x22,
  '–': 0x2d,
  '…': 0x2e,
  '×': 0x78,
  '\u00a0': 0x20,
  '\u202f': 0x20,
}

/** The code of a letter in the ROM, or undefined. */
export function romCode(char: string): number | undefined {
  const own = inRom[char]
  if (own !== undefined) return own
  const code = char.codePointAt(0)!
  return code >= 0x20 && code <= 0x7d && code !== 0x5c ? code : undefined
}

/** What stands for a letter that has no room among the eight: its base, or a question mark. */
export function plainCode(char: string): number {
  const base = plain[char] ?? char.normalize('NFD')[0]!
  return romCode(base) ?? 0x3f
}

const plain: Record<string, string> = {
  œ: 'o',
  Œ: 'O',
  æ: 'a',
  Æ: 'A',
  đ: 'd',
  Đ: 'D',
  ø: 'o',
  Ø: 'O',
  '\\': '/',
}

/** The five dots of each of a letter's eight rows, the left one the highest of five bits. */
export function drawnRows(char: string): readonly number[] | undefined {
  const own = drawn[char]
  if (own) return own
  const [base, ...marks] = char.normalize('NFD')
  const body = bodies[base!]
  const mark = marks.length === 1 ? accents[marks[0]!] : undefined
  if (!body || !mark) return undefined
  return 'above' in mark ? [...mark.above, ...body.slice(2)] : [...body.slice(0, 6), ...mark.below]
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

/** Letters that are made of no other, and the tick. */
const drawn: Record<string, readonly number[]> = {
  œ: [0, 0, 0b01010, 0b10101, 0b10111, 0b10100, 0b01011, 0],
  '✓': [0, 0b00001, 0b00001, 0b00010, 0b10010, 0b01100, 0b00100, 0],
}
