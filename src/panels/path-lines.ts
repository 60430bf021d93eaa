/**
 * The path data of SVG, made into straight lines. Understood are the commands M L H V Q C S A Z, absolute
 * or relative: those that the drawings of the faces use. Meaning and arithmetic after SVG 1.1, chapter 8
 * and appendix F.6.
 */

export interface Point {
  x: number
  y: number
}

/** One stroke of the pen, as corners of straight lines. A closed one ends where it began. */
export type Polyline = readonly Point[]

/** How many numbers belong to each command. */
const counts: Readonly<Record<string, number>> = { M: 2, L: 2, H: 1, V: 1, Q: 4, C: 6, S: 4, A: 7, Z: 0 }

/** Into how many straight lines a curve is cut. */
const cuts = 24

/** Throws a plain `Error` where the path has a command that is not understood. */
export function pathLines(path: string): Polyline[] {
  const pen = new Pen()
  for (const [, letter, text] of path.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const command = letter!.toUpperCase()
    const count = counts[command]
    if (count === undefined) throw new Error(`unknown command ${letter} in the path ${path}`)
    const numbers = (text!.match(/[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/gi) ?? []).map(Number)
    const relative = letter !== command
    if (count === 0) pen.draw(command, [], relative)
    for (let i = 0; count > 0 && i + count <= numbers.length; i += count) {
      // Further pairs behind a M are lines.
      pen.draw(command === 'M' && i > 0 ? 'L' : command, numbers.slice(i, i + count), relative)
    }
  }
  return pen.lines
}

class Pen {
  readonly lines: Point[][] = []
  #at: Point = { x: 0, y: 0 }
  #start: Point = { x: 0, y: 0 }
  /** The last control point of a cubic curve, which S mirrors. */
  #control: Point | undefined

  draw(command: string, n: readonly number[], relative: boolean): void {
    const base = relative ? this.#at : { x: 0, y: 0 }
    const point = (i: number): Point => ({ x: base.x + n[i]!, y: base.y + n[i + 1]! })
    if (command === 'M') {
      this.#at = this.#start = point(0)
      this.lines.push([this.#at])
    } else for (const next of this.#way(command, n, base, point)) this.#to(next)
    if (command !== 'C' && command !== 'S') this.#control = undefined
  }

  /** Where the pen passes, without where it is. */
  #way(command: string, n: readonly number[], base: Point, point: (i: number) => Point): Point[] {
    const from = this.#at
    switch (command) {
      case 'L':
        return [point(0)]
      case 'H':
        return [{ x: base.x + n[0]!, y: from.y }]
      case 'V':
        return [{ x: from.x, y: base.y + n[0]! }]
      case 'Q':
        return curve([from, point(0), point(2)])
      case 'C':
        return this.#cubic(point(0), point(2), point(4))
      case 'S':
        return this.#cubic(this.#control ?? from, point(0), point(2))
      case 'A':
        return arcPoints(from, point(5), { rx: n[0]!, ry: n[1]!, turn: n[2]!, large: n[3], sweep: n[4] })
      default:
        return [this.#start]
    }
  }

  #cubic(first: Point, second: Point, end: Point): Point[] {
    this.#control = { x: 2 * end.x - second.x, y: 2 * end.y - second.y }
    return curve([this.#at, first, second, end])
  }

  #to(point: Point): void {
    this.lines.at(-1)!.push(point)
    this.#at = point
  }
}

function curve(points: readonly Point[]): Point[] {
  return Array.from({ length: cuts }, (_, i) => onCurve(points, (i + 1) / cuts))
}

/** A point of a Bézier curve of any degree, after de Casteljau. */
function onCurve(points: readonly Point[], share: number): Point {
  if (points.length === 1) return points[0]!
  const between = points.slice(1).map((to, i) => {
    const from = points[i]!
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
  })
  return onCurve(between, share)
}

interface Arc {
  rx: number
  ry: number
  /** In degrees. */
  turn: number
  large: number | undefined
  sweep: number | undefined
}

/** From the end points of an arc to its centre, and along it. */
function arcPoints(from: Point, to: Point, arc: Arc): Point[] {
  const turn = (arc.turn * Math.PI) / 180
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const half = { x: (from.x - to.x) / 2, y: (from.y - to.y) / 2 }
  const x = cos * half.x + sin * half.y
  const y = cos * half.y - sin * half.x
  // Radii that do not reach are stretched until they do.
  const stretch = Math.max(1, Math.hypot(x / arc.rx, y / arc.ry))
  const [rx, ry] = [arc.rx * stretch, arc.ry * stretch]
  const share = (x / rx) ** 2 + (y / ry) ** 2
  const side = Boolean(arc.large) === Boolean(arc.sweep) ? -1 : 1
  const away = side * Math.sqrt(Math.max(0, 1 / share - 1))
  const centre = { x: (away * rx * y) / ry, y: (-away * ry * x) / rx }
  const first = Math.atan2((y - centre.y) / ry, (x - centre.x) / rx)
  const last = Math.atan2((-y - centre.y) / ry, (-x - centre.x) / rx)
  let sweep = last - first
  if (arc.sweep && sweep < 0) sweep += 2 * Math.PI
  if (!arc.sweep && sweep > 0) sweep -= 2 * Math.PI
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const points = Array.from({ length: cuts }, (_, i) => {
    const angle = first + (sweep * (i + 1)) / cuts
    const px = centre.x + rx * Math.cos(angle)
    const py = centre.y + ry * Math.sin(angle)
    return { x: middle.x + cos * px - sin * py, y: middle.y + sin * px + cos * py }
  })
  points[cuts - 1] = to
  return points
}
