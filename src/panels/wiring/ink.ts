import type { Side } from './boards.ts'

/** The pen of the drawings: SVG elements as text, with coordinates in pixels. */

/** Colours of wires: each is also said in words beside the wire. */
const wireColours = {
  red: '#c62828',
  black: '#1a1a1a',
  orange: '#c75b00',
  blue: '#1458b8',
  yellow: '#a97b00',
  green: '#1b7f3b',
  violet: '#6a3fa0',
  white: '#ffffff',
  brown: '#6d4527',
  grey: '#7a7a7a',
  pink: '#c2588d',
  turquoise: '#00808a',
} as const
export type WireColour = keyof typeof wireColours

export type Point = readonly [x: number, y: number]

export const ink = '#17324d'
export const quiet = '#5a6b7b'
const paper = '#ffffff'

/** Where a part stands: `u` counts from the edge that looks at its board, away from it. */
export interface Place {
  side: Side
  edge: number
  top: number
}

export function at({ side, edge, top }: Place, u: number, y: number): Point {
  return [side === 'left' ? edge - u : edge + u, top + y]
}

export interface TextLook {
  size?: number
  bold?: boolean
  colour?: string
  anchor?: 'start' | 'middle' | 'end'
}

/** A line of text; `y` is its base line. */
export function text([x, y]: Point, words: string, look: TextLook = {}): string {
  const { size = 15, bold = false, colour = ink, anchor = 'start' } = look
  const weight = bold ? ' font-weight="600"' : ''
  return `<text x="${r(x)}" y="${r(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${weight}>${escapeXml(words)}</text>`
}

/** Text in a part: `out` runs away from the board, `in` towards it, from `u`. */
export function label(
  place: Place,
  u: number,
  y: number,
  words: string,
  look: Omit<TextLook, 'anchor'> & { runs?: 'out' | 'in' | 'middle' } = {},
): string {
  const { runs = 'out', ...rest } = look
  const away = place.side === 'left' ? 'end' : 'start'
  const back = place.side === 'left' ? 'start' : 'end'
  return text(at(place, u, y), words, {
    ...rest,
    anchor: runs === 'middle' ? 'middle' : runs === 'out' ? away : back,
  })
}

export function box(
  place: Place,
  u: number,
  y: number,
  width: number,
  height: number,
  dashed = false,
): string {
  const [x, top] = at(place, place.side === 'left' ? u + width : u, y)
  return rect(x, top, width, height, { dashed })
}

export function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  { dashed = false, radius = 6, fill = paper }: { dashed?: boolean; radius?: number; fill?: string } = {},
): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : ''
  return `<rect x="${r(x)}" y="${r(y)}" width="${r(width)}" height="${r(height)}" rx="${radius}" fill="${fill}" stroke="${ink}" stroke-width="1.5"${dash}/>`
}

/** Where a wire can be screwed or soldered on; `name` says which part and which of its contacts. */
export function terminal([x, y]: Point, name: string): string {
  return `<circle class="terminal" data-terminal="${escapeXml(name)}" cx="${r(x)}" cy="${r(y)}" r="4" fill="${paper}" stroke="${ink}" stroke-width="1.5"/>`
}

/** Where wires meet. */
export function joint([x, y]: Point): string {
  return `<circle cx="${r(x)}" cy="${r(y)}" r="4" fill="${wireColours.black}"/>`
}

/** A wire through corners; `ends` are its pins and terminals. A white one has an outline to be seen. */
export function wire(
  points: readonly Point[],
  colour: WireColour,
  ends?: { from: string; to: string },
): string {
  const kept = points.filter(
    (point, i) => i === 0 || r(point[0]) !== r(points[i - 1]![0]) || r(point[1]) !== r(points[i - 1]![1]),
  )
  const d = kept.map(([x, y], i) => `${i ? 'L' : 'M'}${r(x)} ${r(y)}`).join('')
  const data = ends
    ? ` data-from="${escapeXml(ends.from)}" data-to="${escapeXml(ends.to)}" data-colour="${colour}"`
    : ''
  const stroke = (of: string, width: number, more = '') =>
    `<path d="${d}"${more} fill="none" stroke="${of}" stroke-width="${width}" stroke-linejoin="round"/>`
  return colour === 'white'
    ? stroke(quiet, 4.4, ` class="wire"${data}`) + stroke(paper, 2)
    : stroke(wireColours[colour], 2.6, ` class="wire"${data}`)
}

/** A cable with plugs. */
export function cable(points: readonly Point[], from: string, to: string): string {
  const d = points.map(([x, y], i) => `${i ? 'L' : 'M'}${r(x)} ${r(y)}`).join('')
  const ends = `data-from="${escapeXml(from)}" data-to="${escapeXml(to)}" data-colour="cable"`
  return `<path class="wire" d="${d}" ${ends} fill="none" stroke="${ink}" stroke-width="7" stroke-linejoin="round"/><path d="${d}" fill="none" stroke="#ffffff" stroke-width="3.4" stroke-linejoin="round"/>`
}

/** One decimal is finer than any printer needs. */
export function r(value: number): number {
  return Math.round(value * 10) / 10
}

export function escapeXml(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
