import { type Face, faces } from '../domain/words.ts'

/**
 * The faces as our own drawing: one geometry for the panel's page, the printed front plate, the LED
 * matrices and the documents. Each face differs from the others in outline, eyes and mouth, so that
 * colour and place are never the only signs; all of it survives a print in one colour.
 */

/** A part of a drawing: SVG path data on a square of 100 by 100, filled or drawn as a line. */
export interface Shape {
  path: string
  as: 'fill' | 'line'
}

export interface FaceDrawing {
  outline: string
  eyes: readonly [left: Shape, right: Shape]
  mouth: Shape
}

/** Side of the square that the drawings lie on, and the width of their lines. */
export const drawing = { side: 100, lineWidth: 7 } as const

type Point = readonly [x: number, y: number]

/** A closed polygon whose corners are rounded, starting `cut` away from each. */
function roundedPolygon(points: readonly Point[], cut: number): string {
  const towards = (from: Point, to: Point): string => {
    const share = cut / Math.hypot(to[0] - from[0], to[1] - from[1])
    return `${round(from[0] + (to[0] - from[0]) * share)} ${round(from[1] + (to[1] - from[1]) * share)}`
  }
  const corners = points.map((corner, i) => {
    const before = points.at(i - 1)!
    const after = points[(i + 1) % points.length]!
    return `${i === 0 ? 'M' : 'L'}${towards(corner, before)}Q${corner[0]} ${corner[1]} ${towards(corner, after)}`
  })
  return `${corners.join('')}Z`
}

function circle(x: number, y: number, radius: number): string {
  return `M${x} ${y - radius}a${radius} ${radius} 0 1 1 0 ${2 * radius}a${radius} ${radius} 0 1 1 0 ${-2 * radius}Z`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** A circle that laughs, a square that says nothing, a hexagon with drooping eyes. */
export const faceDrawings: Readonly<Record<Face, FaceDrawing>> = {
  satisfied: {
    outline: circle(50, 50, 46),
    eyes: [
      { path: 'M26.5 44A7.6 7.6 0 0 1 41.5 44', as: 'line' },
      { path: 'M58.5 44A7.6 7.6 0 0 1 73.5 44', as: 'line' },
    ],
    mouth: {
      path: 'M30.5 57H69.5Q73.6 57 73 61C71 73 61.5 80.5 50 80.5S29 73 27 61Q26.4 57 30.5 57Z',
      as: 'fill',
    },
  },
  neutral: {
    outline:
      'M29 7.5H71A21.5 21.5 0 0 1 92.5 29V71A21.5 21.5 0 0 1 71 92.5H29A21.5 21.5 0 0 1 7.5 71V29A21.5 21.5 0 0 1 29 7.5Z',
    eyes: [
      { path: circle(34, 42, 6), as: 'fill' },
      { path: circle(66, 42, 6), as: 'fill' },
    ],
    mouth: { path: 'M31 67H69', as: 'line' },
  },
  dissatisfied: {
    outline: roundedPolygon(
      [
        [26.5, 6],
        [73.5, 6],
        [98.5, 50],
        [73.5, 94],
        [26.5, 94],
        [1.5, 50],
      ],
      9,
    ),
    eyes: [
      { path: 'M28 47L41 38.5', as: 'line' },
      { path: 'M72 47L59 38.5', as: 'line' },
    ],
    mouth: { path: 'M31 73Q50 52 69 73', as: 'line' },
  },
}

/**
 * Colours as light on a dark ground, and as ink on a light one. Told apart by lightness too, and the green
 * leans to blue and the red to orange, for those who see red and green alike.
 */
export const faceColours: Readonly<Record<Face, { lit: string; print: string }>> = {
  satisfied: { lit: '#2fd69a', print: '#008055' },
  neutral: { lit: '#ffd84d', print: '#8a6100' },
  dissatisfied: { lit: '#ff6f59', print: '#cc334d' },
}

export interface FaceSvgOptions {
  /** Of the body. */
  colour?: string
  /** Of eyes and mouth. */
  ink?: string
}

/**
 * A face as an SVG element that is decoration: a coloured body with dark features. Its parts carry the classes
 * `face-body`, `face-line` and `face-fill`; style sheets win over the colours given here.
 */
export function faceSvg(face: Face, options: FaceSvgOptions = {}): string {
  const { colour = faceColours[face].lit, ink = '#0b1826' } = options
  const { outline, eyes, mouth } = faceDrawings[face]
  const shapes = [...eyes, mouth].map((shape) => shapeSvg(shape, ink)).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" class="face-drawing" aria-hidden="true"><path class="face-body" d="${outline}" fill="${colour}"/>${shapes}</svg>`
}

/** The sign of Faccina: the satisfied face in the blue of the public services. */
export function logoSvg(options: FaceSvgOptions = {}): string {
  return faceSvg('satisfied', { colour: '#0066cc', ink: '#ffffff', ...options })
}

/** The colours as custom properties (`--satisfied`, `--satisfied-print`, …), for pages that draw with them. */
export function facesCss(): string {
  const lines = faces.map((face) => {
    const { lit, print } = faceColours[face]
    return `  --${face}: ${lit};\n  --${face}-print: ${print};\n`
  })
  return `:root {\n${lines.join('')}}\n`
}

function shapeSvg({ path, as }: Shape, colour: string): string {
  if (as === 'fill') return `<path class="face-fill" d="${path}" fill="${colour}"/>`
  return `<path class="face-line" d="${path}" fill="none" stroke="${colour}" stroke-width="${drawing.lineWidth}" stroke-linecap="round"/>`
}
