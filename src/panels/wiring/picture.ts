import type { Profile } from '../profile/profile.ts'
import type { Block } from './block.ts'
import type { Board, BoardPin, Side } from './boards.ts'
import {
  at,
  cable,
  escapeXml,
  ink,
  joint,
  type Place,
  type Point,
  quiet,
  r,
  rect,
  text,
  wire,
} from './ink.ts'
import { type Band, plan } from './plan.ts'
import { giveLanes, stack, type Way } from './routing.ts'
import { connections, type Row } from './table-rows.ts'

const pinPitch = 27
const boardWidth = 92
/** Between a board and its parts: the name of the pin, the lanes, the colour of the wire. */
const nameWidth = 76
const laneWidth = 9
const colourWidth = 70
const margin = 36
const headHeight = 92
const gap = 30
const overHeight = 34

/** A band, measured: what it needs around its board. */
interface Measured extends Band {
  sides: Record<Side, { tops: number[]; ways: Way[]; lanes: number; reach: number }>
  top: number
  bottom: number
}

/**
 * The wiring of a profile as an SVG picture: each wire from its pin to its part, its colour in words, and
 * the table of all connections. Made from the profile, so that the two cannot differ.
 */
export function wiringSvg(profile: Profile): string {
  const bands = plan(profile).map(measured)
  const zone = (side: Side) =>
    Math.max(
      ...bands.map(({ sides }) =>
        sides[side].reach > 0
          ? nameWidth + sides[side].lanes * laneWidth + colourWidth + sides[side].reach
          : 0,
      ),
      40,
    )
  const boardX = margin + zone('left')
  const tableX = boardX + boardWidth + zone('right') + 48
  let y = headHeight
  const drawn = bands.map((band) => {
    const top = y - band.top
    y += band.bottom - band.top + 56
    return drawBand(band, boardX, top)
  })
  const rows = connections(bands)
  const table = drawTable(rows, tableX, headHeight + 8)
  const width = tableX + table.width + margin
  const height = Math.max(y, headHeight + 8 + table.height + 40) + 44
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r(width)} ${r(height)}" width="${r(width)}" height="${r(height)}" font-family="'Titillium Web', 'Open Sans', 'DejaVu Sans', sans-serif" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(`Wiring of the panel ${profile.name}: ${profile.title}`)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text([margin, 44], `Wiring: ${profile.name}`, { size: 28, bold: true }),
    text([margin, 70], profile.title, { size: 17, colour: quiet }),
    ...drawn,
    table.svg,
    legend(margin, height - 30),
    '</svg>\n',
  ].join('\n')
}

function measured(band: Band): Measured {
  const rowY = (row: number) => 46 + row * pinPitch
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
      reach: Math.max(0, ...blocks.map(({ reach, bus }) => reach + (bus ? 16 : 0))),
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

function drawBand(band: Measured, x: number, top: number): string {
  const parts: string[] = []
  for (const side of ['left', 'right'] as const) {
    const { tops, lanes, ways, reach } = band.sides[side]
    const boardEdge = side === 'left' ? x : x + boardWidth
    const away = (distance: number) => (side === 'left' ? boardEdge - distance : boardEdge + distance)
    const edge = away(nameWidth + lanes * laneWidth + colourWidth)
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
          }),
        )
      }
      parts.push(block.draw(places[i]!))
    })
    parts.push(...groundChain(band[side], places, reach))
  }
  return [...parts.slice(0), drawBoard(band.board, band, x, top)].join('\n')
}

interface Around {
  side: Side
  boardEdge: number
  far: number
  edge: number
  top: number
  away: (distance: number) => number
}

function drawWire({ pin, colour, to, over }: Block['wires'][number], way: Way, around: Around): string {
  const { side, boardEdge, far, edge, top, away } = around
  const [u, endY] = way.to
  const end: Point = [side === 'left' ? edge - u : edge + u, top + endY]
  const inset = side === 'left' ? 24 : -24
  const startY = top + way.from[1]
  const pinY = top + 46 + pin.row * pinPitch
  const farPin: Point = [far + (side === 'left' ? -24 : 24), pinY]
  const start: Point = over ? farPin : [boardEdge + inset, pinY]
  const lane = away(nameWidth + (way.lane ?? 0) * laneWidth + 4)
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
    const outer = reach + 4
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

function drawBoard(board: Board, band: Measured, x: number, top: number): string {
  const used = new Set([...band.left, ...band.right].flatMap(({ wires }) => wires.map(({ pin }) => pin.pin)))
  const height = 46 + board.rows * pinPitch
  const sockets = board.pins.filter(({ socket, pin }) => socket && used.has(pin))
  const last = Math.max(height, ...sockets.map(({ row }) => 46 + row * pinPitch + 24))
  return [
    rect(x, top, boardWidth, last, { radius: 8, fill: 'none' }),
    text([x + boardWidth / 2, top + 19], board.title, { size: 13, bold: true, anchor: 'middle' }),
    ...board.pins
      .filter(({ socket, pin }) => !socket || used.has(pin))
      .map((pin) => drawPin(pin, used.has(pin.pin), x, top)),
  ].join('')
}

function drawPin({ board, pin, side, row, socket }: BoardPin, used: boolean, x: number, top: number): string {
  const cx = x + (side === 'left' ? 24 : boardWidth - 24)
  const cy = top + 46 + row * pinPitch
  const fill = used ? ink : '#ffffff'
  const data = `class="pin" data-pin="${board} ${pin}" data-used="${used}"`
  const stroke = used ? ink : '#9aa7b3'
  const said = pin.replace(/ \d$/, '')
  const words = text([cx, cy + 4], socket ? pin : said, {
    size: 11,
    bold: used,
    colour: used ? '#ffffff' : '#6b7885',
    anchor: 'middle',
  })
  if (socket)
    return `<rect ${data} x="${cx - 22}" y="${cy - 13}" width="44" height="26" rx="3" fill="${fill}" stroke="${stroke}"/>${words}`
  if (said.length > 2)
    return `<rect ${data} x="${cx - 18}" y="${cy - 11}" width="36" height="22" rx="3" fill="${fill}" stroke="${stroke}"/>${text([cx, cy + 4], said, { size: said.length > 4 ? 8.5 : 11, bold: used, colour: used ? '#ffffff' : '#6b7885', anchor: 'middle' })}`
  return pin === '1' && board === 'pi'
    ? `<rect ${data} x="${cx - 11}" y="${cy - 11}" width="22" height="22" fill="${fill}" stroke="${stroke}"/>${words}`
    : `<circle ${data} cx="${cx}" cy="${cy}" r="11" fill="${fill}" stroke="${stroke}"/>${words}`
}

function drawTable(rows: Row[], x: number, y: number): { svg: string; width: number; height: number } {
  const columns = [0, 62, 150, 236] as const
  const width = 620
  const line = 24
  const words: string[] = [
    text([x, y], 'All connections', { size: 17, bold: true }),
    ...['pin', 'is', 'wire', 'goes to'].map((name, i) =>
      text([x + columns[i]!, y + 28], name, { size: 13, bold: true, colour: quiet }),
    ),
  ]
  rows.forEach((row, i) => {
    const base = y + 34 + (i + 1) * line
    words.push(
      `<path d="M${r(x)} ${r(base - 17)}H${r(x + width)}" stroke="#d5dce3" stroke-width="1"/>`,
      ...row.cells.map((cell, c) => text([x + columns[c]!, base], cell, { size: 14, bold: c === 0 })),
    )
  })
  return { svg: words.join(''), width, height: 34 + (rows.length + 1) * line }
}

function legend(x: number, y: number): string {
  const words =
    'Filled pins are in use. Every wire has its colour in words. A key: signal to NO, ground to COM, NC stays free. Dots join wires; wires never cross.'
  return text([x, y], words, { size: 14, colour: quiet })
}
