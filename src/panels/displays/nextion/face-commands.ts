import type { Light } from '../../../domain/scene.ts'
import type { Face } from '../../../domain/words.ts'
import { faceColours } from '../../faces.ts'
import { type Box, colour565, colours } from './layout.ts'

/*
 * The faces by the display's own instructions `fill` and `cirs`, so that no picture has to be loaded and
 * each can change its colour. The numbers are those of the drawings in faces.ts, on a square of 100 by 100;
 * a test compares the two, pixel by pixel.
 */

/** A face in the middle of its box, as large as it gets. */
export function drawFace(face: Face, light: Light, box: Box): string[] {
  const side = Math.min(box.width, box.height)
  const pen = new Pen(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side / 100)
  const body = bodyColour(face, light)
  drawings[face](pen, body, colour565(colours.ground))
  return pen.instructions
}

/** Pressed, it is white: the finger is answered by light. Resting, it is hardly lit. */
function bodyColour(face: Face, light: Light): number {
  const { lit } = faceColours[face]
  switch (light) {
    case 'ready':
    case 'thanks':
      return colour565(lit)
    case 'pressed':
      return colour565('#ffffff')
    case 'resting':
      return colour565(dimmed(lit, 0.35))
    case 'off':
      return colour565(dimmed(lit, 0.15))
  }
}

function dimmed(hex: string, share: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(Number.parseInt(hex.slice(at, at + 2), 16) * share))
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

type Point = readonly [x: number, y: number]

/** Writes instructions, from the square of the drawing into pixels. */
class Pen {
  readonly instructions: string[] = []
  readonly #x: number
  readonly #y: number
  readonly #scale: number

  constructor(x: number, y: number, scale: number) {
    this.#x = x
    this.#y = y
    this.#scale = scale
  }

  /** The display's disc reaches so many pixels to each side of the one in its middle. */
  disc([x, y]: Point, radius: number, colour: number): void {
    const left = Math.round(this.#x + x * this.#scale - 0.5)
    const top = Math.round(this.#y + y * this.#scale - 0.5)
    const reach = Math.max(1, Math.round(radius * this.#scale - 0.5))
    this.instructions.push(`cirs ${left},${top},${reach},${colour}`)
  }

  fill(left: number, top: number, right: number, bottom: number, colour: number): void {
    const x = Math.round(this.#x + left * this.#scale)
    const y = Math.round(this.#y + top * this.#scale)
    const width = Math.round(this.#x + right * this.#scale) - x
    const height = Math.round(this.#y + bottom * this.#scale) - y
    if (width > 0 && height > 0) this.instructions.push(`fill ${x},${y},${width},${height},${colour}`)
  }

  /** A line as wide as those of the drawings, with round ends: discs side by side. */
  stroke(along: (share: number) => Point, length: number, colour: number): void {
    const steps = Math.ceil(length / 2.2)
    for (let i = 0; i <= steps; i++) this.disc(along(i / steps), 3.5, colour)
  }
}

const drawings: Readonly<Record<Face, (pen: Pen, body: number, ink: number) => void>> = {
  satisfied(pen, body, ink) {
    pen.disc([50, 50], 46, body)
    pen.disc([50, 57], 23.5, ink)
    pen.fill(25, 32, 75, 57, body)
    for (const x of [34, 66]) {
      pen.disc([x, 44.5], 11, ink)
      pen.disc([x, 44.5], 4.2, body)
      pen.fill(x - 12, 44.5, x + 12, 57, body)
      for (const end of [x - 7.5, x + 7.5]) pen.disc([end, 44.5], 3.5, ink)
    }
  },
  neutral(pen, body, ink) {
    pen.fill(29, 7.5, 71, 92.5, body)
    pen.fill(7.5, 29, 92.5, 71, body)
    for (const x of [29, 71]) for (const y of [29, 71]) pen.disc([x, y], 21.5, body)
    for (const x of [34, 66]) pen.disc([x, 42], 6, ink)
    pen.fill(31, 63.5, 69, 70.5, ink)
    for (const x of [31, 69]) pen.disc([x, 67], 3.5, ink)
  },
  dissatisfied(pen, body, ink) {
    const strip = 2.2
    for (let top = 6; top < 94; top += strip) {
      const half = hexagonHalf(top + strip / 2)
      pen.fill(50 - half, top, 50 + half, Math.min(94, top + strip), body)
    }
    pen.stroke(between([28, 47], [41, 38.5]), 15.5, ink)
    pen.stroke(between([72, 47], [59, 38.5]), 15.5, ink)
    pen.stroke(curve([31, 73], [50, 52], [69, 73]), 45, ink)
  },
}

/** Half the width of the hexagon, whose corners are rounded, at a height. */
function hexagonHalf(y: number): number {
  const off = Math.abs(y - 50)
  const edge = 23.5 + ((44 - off) * 25) / 44
  const atCorner = Math.max(0, off - 40)
  return Math.min(46.3, edge) - atCorner * atCorner * 0.18
}

function between([ax, ay]: Point, [bx, by]: Point): (share: number) => Point {
  return (share) => [ax + (bx - ax) * share, ay + (by - ay) * share]
}

/** A quadratic Bézier curve. */
function curve(from: Point, by: Point, to: Point): (share: number) => Point {
  const start = between(from, by)
  const stop = between(by, to)
  return (share) => between(start(share), stop(share))(share)
}
