import type { Face } from '../domain/words.ts'
import { drawing, faceDrawings, type Shape } from './faces.ts'
import { type Point, type Polyline, pathLines } from './path-lines.ts'

/** `body`: what lies within the outline, filled. `outline`: its line alone. */
type FacePart = 'body' | 'outline' | 'eyes' | 'mouth'

export interface RasterOptions {
  /** Of the picture, in pixels. */
  width: number
  height: number
  /** What is drawn of the face: outline, eyes and mouth unless said otherwise. */
  parts?: readonly FacePart[]
  /** Of all lines, on the square of 100 on which the faces are drawn; as drawn unless said otherwise. */
  lineWidth?: number
  /**
   * What of that square fills the picture; all of it unless said otherwise. Where the picture has another
   * shape, it keeps its own and lies in the middle.
   */
  view?: { x: number; y: number; width: number; height: number }
}

/**
 * A face as a picture of pixels, row by row from the top left: how much of each is covered by the parts
 * that are asked for, 0 (not at all) to 255 (wholly). For a picture in black and white, take 128 and more.
 *
 * A filled face with dark features is made of two: `body` less `eyes` and `mouth`.
 */
export function rasteriseFace(face: Face, options: RasterOptions): Uint8Array {
  const { width, height, parts = ['outline', 'eyes', 'mouth'], lineWidth = drawing.lineWidth } = options
  const view = options.view ?? { x: 0, y: 0, width: drawing.side, height: drawing.side }
  /** How much of the drawing one pixel shows. */
  const step = Math.max(view.width / width, view.height / height)
  const fine = Math.min(16, Math.max(4, Math.ceil(step)))
  const left = view.x + view.width / 2 - (step * width) / 2
  const top = view.y + view.height / 2 - (step * height) / 2
  const sheet = new Sheet(width * fine, height * fine, { left, top, step: step / fine })
  for (const part of parts)
    for (const { path, as } of shapesOf(face, part))
      for (const line of pathLines(path)) {
        if (as === 'fill') sheet.fill(line)
        else sheet.stroke(line, lineWidth / 2)
      }
  return sheet.shrunk(fine)
}

function shapesOf(face: Face, part: FacePart): readonly Shape[] {
  const { outline, eyes, mouth } = faceDrawings[face]
  switch (part) {
    case 'body':
      return [{ path: outline, as: 'fill' }]
    case 'outline':
      return [{ path: outline, as: 'line' }]
    case 'eyes':
      return eyes
    case 'mouth':
      return [mouth]
  }
}

/** A fine grid of points over the drawing, each of which is covered or not. */
class Sheet {
  readonly #width: number
  readonly #height: number
  readonly #left: number
  readonly #top: number
  readonly #step: number
  readonly #points: Uint8Array

  constructor(width: number, height: number, place: { left: number; top: number; step: number }) {
    this.#width = width
    this.#height = height
    this.#left = place.left
    this.#top = place.top
    this.#step = place.step
    this.#points = new Uint8Array(width * height)
  }

  /** Covers what lies within a closed line: between its first and second crossing of each row, and so on. */
  fill(line: Polyline): void {
    for (let row = 0; row < this.#height; row++) {
      const y = this.#top + (row + 0.5) * this.#step
      const crossings = line.flatMap((from, i) => {
        const to = line[(i + 1) % line.length]!
        if (from.y > y === to.y > y) return []
        return [from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x)]
      })
      crossings.sort((a, b) => a - b)
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const [first, last] = this.#columns(crossings[i]!, crossings[i + 1]!)
        this.#points.fill(1, row * this.#width + first, row * this.#width + last)
      }
    }
  }

  /** Covers what is no further than so from a line, whose ends become round. */
  stroke(line: Polyline, reach: number): void {
    for (let i = 1; i < line.length; i++) this.#segment(line[i - 1]!, line[i]!, reach)
  }

  #segment(from: Point, to: Point, reach: number): void {
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    const squared = dx * dx + dy * dy
    const [first, last] = this.#columns(Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach)
    const [upper, lower] = this.#rows(Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach)
    for (let row = upper; row < lower; row++)
      for (let column = first; column < last; column++) {
        const x = this.#left + (column + 0.5) * this.#step - from.x
        const y = this.#top + (row + 0.5) * this.#step - from.y
        const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / squared))
        if ((x - along * dx) ** 2 + (y - along * dy) ** 2 <= reach * reach)
          this.#points[row * this.#width + column] = 1
      }
  }

  /** The first column whose points lie between these, and the one behind the last. */
  #columns(from: number, to: number): [number, number] {
    return between((from - this.#left) / this.#step, (to - this.#left) / this.#step, this.#width)
  }

  #rows(from: number, to: number): [number, number] {
    return between((from - this.#top) / this.#step, (to - this.#top) / this.#step, this.#height)
  }

  /** The share of covered points in each square of `side` by `side`, as 0 to 255. */
  shrunk(side: number): Uint8Array {
    const width = this.#width / side
    const hits = new Uint16Array(width * (this.#height / side))
    for (const [i, covered] of this.#points.entries()) {
      const row = Math.floor(i / this.#width / side)
      const place = row * width + Math.floor((i % this.#width) / side)
      hits[place] = hits[place]! + covered
    }
    return Uint8Array.from(hits, (count) => Math.round((255 * count) / (side * side)))
  }
}

function between(from: number, to: number, count: number): [number, number] {
  return [Math.max(0, Math.ceil(from - 0.5)), Math.min(count, Math.floor(to - 0.5) + 1)]
}
