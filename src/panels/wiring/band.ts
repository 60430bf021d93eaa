import type { Block } from './block.ts'
import { boardWidth, drawBoard, pinPitch, rowTop } from './board-drawing.ts'
import type { Side } from './boards.ts'
import { at, cable, joint, type Place, type Point, quiet, text, wire } from './ink.ts'
import type { Band } from './plan.ts'
import { giveLanes, stack, type Way } from './routing.ts'

/** Between a board and its parts: the name of the pin, the lanes, the colour of the wire. */
const nameWidth = 76
const laneWidth = 9
const colourWidth = 82
const gap = 30
const overHeight = 34
/** How far behind all parts the ground of the keys passes. */
const passing = 22

/** A band, measured: what it needs around its board. */
export interface Measured extends Band {
  sides: Record<Side, { tops: number[]; ways: Way[]; lanes: number; reach: number; cables: boolean }>
  top: number
  bottom: number
}

/** How its parts stand, and which way their wires go. */
export function measured(band: Band): Measured {
  const rowY = (row: number) => rowTop + row * pinPitch
  const side = (blocks: Block[]) => {
    const wished = blocks.map(({ wires, height }) => {
      const [first, last] = [wires[0]!, wires.at(-1)!]
      const pins = (rowY(first.over ? -1 : first.pin.row) + rowY(last.pin.row)) / 2
      return { height, wished: pins - (first.y + last.y) / 2 }
    })
    return {
      tops: stack(wished, gap),
      ways: [] as Way[],
      lanes: 0,
      cables: blocks.every(({ wires }) => wires.every(({ colour }) => colour === 'cable')),
      reach:
        Math.max(0, ...blocks.map(({ reach }) => reach)) +
        (blocks.filter(({ bus }) => bus).length > 1 ? passing : 0),
    }
  }
  const sides = { left: side(band.left), right: side(band.right) }
  const ends = (['left', 'right'] as const).flatMap((one) =>
    band[one].map(({ height }, i) => [sides[one].tops[i]!, sides[one].tops[i]! + height] as const),
  )
  const over = [...band.left, ...band.right].some(({ wires }) => wires.some((one) => one.over))
  const sockets = band.board.pins.filter(({ socket }) => socket).map(({ row }) => rowY(row) + 24)
  const top = Math.min(over ? -overHeight : 0, ...ends.map(([from]) => from))
  const bottom = Math.max(rowY(band.board.rows) + 16, ...sockets, ...ends.map(([, to]) => to))
  for (const one of ['left', 'right'] as const) {
    sides[one].ways = waysOf(band[one], sides[one].tops, rowY)
    sides[one].lanes = giveLanes(sides[one].ways)
  }
  return { ...band, sides, top, bottom }
}

/** All wires of a side, from the top downwards; heights only, the widths come later. */
function waysOf(blocks: Block[], tops: number[], rowY: (row: number) => number): Way[] {
  return blocks.flatMap(({ wires }, i) =>
    wires.map(
      ({ pin, y, u = 0, over }): Way => ({
        pin,
        from: [0, over ? -overHeight / 2 : rowY(pin.row)],
        to: [u, tops[i]! + y],
      }),
    ),
  )
}

export function drawBand(band: Measured, x: number, top: number): string {
  const parts: string[] = []
  for (const side of ['left', 'right'] as const) {
    const { tops, ways, reach, cables } = band.sides[side]
    const boardEdge = side === 'left' ? x : x + boardWidth
    const away = (distance: number) => (side === 'left' ? boardEdge - distance : boardEdge + distance)
    const edge = away(channel(band.sides[side]))
    const places = tops.map((t): Place => ({ side, edge, top: top + t }))
    let w = 0
    band[side].forEach((block, i) => {
      for (const one of block.wires) {
        parts.push(
          drawWire(one, ways[w++]!, {
            side,
            boardEdge,
            far: x + (side === 'left' ? boardWidth : 0),
            edge,
            top,
            away,
            cables,
          }),
        )
      }
      parts.push(block.draw(places[i]!))
    })
    parts.push(...groundChain(band[side], places, reach))
  }
  const pins = [...band.left, ...band.right].flatMap(({ wires }) => wires.map(({ pin }) => pin.pin))
  return [...parts, drawBoard(band.board, new Set(pins), x, top)].join('\n')
}

interface Around {
  side: Side
  boardEdge: number
  far: number
  edge: number
  top: number
  away: (distance: number) => number
  cables: boolean
}

function drawWire({ pin, colour, to, over }: Block['wires'][number], way: Way, around: Around): string {
  const { side, boardEdge, far, edge, top, away, cables } = around
  const [u, endY] = way.to
  const end: Point = [side === 'left' ? edge - u : edge + u, top + endY]
  const inset = side === 'left' ? 26 : -26
  const startY = top + way.from[1]
  const pinY = top + rowTop + pin.row * pinPitch
  const farPin: Point = [far + (side === 'left' ? -26 : 26), pinY]
  const start: Point = over ? farPin : [boardEdge + inset, pinY]
  const lane = away((cables ? 20 : nameWidth) + (way.lane ?? 0) * laneWidth + 4)
  const outside = far + (side === 'left' ? 14 : -14)
  const points: Point[] = [
    start,
    ...(over
      ? ([
          [outside, pinY],
          [outside, startY],
        ] as Point[])
      : []),
    [lane, startY],
    [lane, end[1]],
    end,
  ]
  const from = `${pin.board} ${pin.pin}`
  if (colour === 'cable') return cable(points, from, to)
  const [textX, anchor] =
    side === 'left' ? [edge + colourWidth - 8, 'end' as const] : [edge - colourWidth + 8, 'start' as const]
  const nameAt = away(8)
  return [
    wire(points, colour, { from, to }),
    text([textX, end[1] - 5], colour, { size: 13, anchor }),
    text([nameAt, startY - 4], pin.name, {
      size: 13,
      colour: quiet,
      anchor: side === 'left' ? 'end' : 'start',
    }),
  ].join('')
}

/** The ground of the keys goes on from one group to the next, behind what stands between. */
function groundChain(blocks: Block[], places: Place[], reach: number): string[] {
  const groups = blocks.flatMap((block, i) => (block.bus ? [{ i, ...block.bus }] : []))
  return groups.slice(1).flatMap((to, n) => {
    const from = groups[n]!
    const direct = to.i === from.i + 1
    const [a, b] = [places[from.i]!, places[to.i]!]
    const outer = reach - 4
    const start = at(a, from.u, from.bottom)
    const out: Point = at(a, direct ? from.u : outer, from.bottom + 30)
    const back: Point = at(b, direct ? to.u : outer, to.top - 30)
    const end = at(b, to.u, to.top)
    const chain = wire([start, [start[0], out[1]], out, back, [end[0], back[1]], end], 'black')
    const stubs = blocks.slice(from.i + 1, to.i).flatMap(({ needsGround }, k) => {
      if (!needsGround) return []
      const place = places[from.i + 1 + k]!
      const meets = at(place, outer, needsGround.y)
      return [wire([at(place, needsGround.u, needsGround.y), meets], 'black'), joint(meets)]
    })
    return [chain, ...stubs]
  })
}

/** What lies between a board and the parts of a side; cables with plugs need no words. */
function channel({ lanes, cables }: Measured['sides'][Side]): number {
  return lanes * laneWidth + (cables ? 60 : nameWidth + colourWidth)
}

/** What a side takes beside its board, in pixels. */
export function zoneOf({ sides }: Measured, side: Side): number {
  const { reach } = sides[side]
  return reach > 0 ? channel(sides[side]) + reach : 0
}
