/** Reads a drawing of a panel's wiring back, as a technician would: by what lies where. */

interface Spot {
  name: string
  x: number
  y: number
  used?: boolean
}

type Point = [x: number, y: number]

export interface Drawing {
  pins: Spot[]
  terminals: Spot[]
  wires: { points: Point[]; from: string | undefined; to: string | undefined }[]
  texts: { words: string; left: number; right: number; top: number; bottom: number }[]
}

export function drawingOf(svg: string): Drawing {
  const elements = [...svg.matchAll(/<(rect|circle|path|text)\b([^>]*?)\/?>(?:([^<]*)<\/text>)?/g)].map(
    ([, tag, attributes, words]) => ({ tag, words, ...attributesOf(attributes!) }) as Record<string, string>,
  )
  const number = (value: string | undefined) => Number(value)
  return {
    pins: elements
      .filter((one) => one.class === 'pin')
      .map((one) => ({
        name: plain(one['data-pin']!),
        x: number(one.x) + number(one.width) / 2,
        y: number(one.y) + number(one.height) / 2,
        used: one['data-used'] === 'true',
      })),
    terminals: elements
      .filter((one) => one.class === 'terminal')
      .map((one) => ({ name: plain(one['data-terminal']!), x: number(one.cx), y: number(one.cy) })),
    wires: elements
      .filter((one) => one.class === 'wire')
      .map((one) => ({
        points: [...one.d!.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(
          ([, x, y]): Point => [number(x), number(y)],
        ),
        from: one['data-from'] && plain(one['data-from']),
        to: one['data-to'] && plain(one['data-to']),
      })),
    texts: elements.filter((one) => one.tag === 'text').map(textOf),
  }
}

/** Where a text lies in an ordinary font; what is drawn in a narrower one has more room. */
function textOf(one: Record<string, string>): Drawing['texts'][number] {
  const words = plain(one.words ?? '')
  const size = Number(one['font-size'])
  const width = words.length * size * (one['font-weight'] ? 0.66 : 0.6)
  const x = Number(one.x)
  const left = one['text-anchor'] === 'middle' ? x - width / 2 : one['text-anchor'] === 'end' ? x - width : x
  const y = Number(one.y)
  return { words, left, right: left + width, top: y - size * 0.74, bottom: y + size * 0.2 }
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
  )
}

function plain(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}

type Segment = { a: Point; b: Point; wire: number }

/** Where wires cross that are not joined: a line through the middle of another. */
export function crossings({ wires }: Drawing): string[] {
  const segments = wires.flatMap(({ points }, wire) =>
    points.slice(1).map((b, i): Segment => ({ a: points[i]!, b, wire })),
  )
  return segments.flatMap((one, i) =>
    segments
      .slice(i + 1)
      .filter((other) => other.wire !== one.wire && cross(one, other))
      .map((other) => `${named(wires[one.wire]!)} and ${named(wires[other.wire]!)} at ${one.a} / ${other.a}`),
  )
}

/** Both pass through each other; where one only ends at the other, they meet on purpose. */
function cross(one: Segment, other: Segment): boolean {
  const upright = ({ a, b }: Segment) => a[0] === b[0]
  if (upright(one) === upright(other)) return false
  const [v, h] = upright(one) ? [one, other] : [other, one]
  const inside = (value: number, p: number, q: number) =>
    value > Math.min(p, q) + 0.5 && value < Math.max(p, q) - 0.5
  return inside(v.a[0], h.a[0], h.b[0]) && inside(h.a[1], v.a[1], v.b[1])
}

function named({ from, to }: Drawing['wires'][number]): string {
  return `${from ?? 'a joint'} → ${to ?? 'a joint'}`
}

/** Words that lie on other words. */
export function overlaps({ texts }: Drawing): string[] {
  return texts.flatMap((one, i) =>
    texts
      .slice(i + 1)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          one.top < other.bottom &&
          other.top < one.bottom,
      )
      .map((other) => `"${one.words}" on "${other.words}"`),
  )
}
