import type { Face } from '../../domain/words.ts'
import type { Block, InnerWire } from './block.ts'
import { innerWire } from './block.ts'
import type { BoardPin } from './boards.ts'
import { at, box, label, type Place, terminal, wire } from './ink.ts'
import { keyColours, smallFace } from './key-block.ts'

export interface LampsOptions {
  lamps: { face: Face; pin: BoardPin; says?: string }[]
  plus: BoardPin
  ground: BoardPin
  active: 'high' | 'low'
}

const pitch = 44
const driverWidth = 138
const lampAt = driverWidth + 70
const lampWidth = 180
const busAt = lampAt + lampWidth + 18

/** Lamps of 5 V, each switched in its minus line by a transistor: a line of the Pi bears no lamp. */
export function lampsBlock({ lamps, plus, ground, active }: LampsOptions): Block {
  const plusY = 10
  const groundY = 46
  const y = (i: number) => 86 + i * pitch
  const height = y(lamps.length - 1) + 26
  const links = lamps.map(
    ({ face }): InnerWire => ({
      from: `driver: ${face} out`,
      to: `lamp ${face}: −`,
      colour: keyColours[face],
    }),
  )
  return {
    height,
    reach: busAt,
    wires: [
      { pin: plus, colour: 'red', y: plusY, to: 'fuse 0.5 A, then + of all lamps' },
      { pin: ground, colour: 'black', y: groundY, to: 'driver: ground' },
      ...lamps.map(({ face, pin, says }, i) => ({
        pin,
        colour: keyColours[face],
        y: y(i),
        to: `driver: ${face} in${says ? `, ${says}` : ''}`,
      })),
    ],
    inner: links,
    draw: (place) =>
      [
        plusLine(place, plusY, y(lamps.length - 1)),
        box(place, 0, 26, driverWidth, height - 26),
        label(place, driverWidth / 2 + 14, 50, '3 transistors', { size: 13, bold: true, runs: 'middle' }),
        label(place, driverWidth / 2 + 14, 66, active === 'high' ? 'lit while high' : 'lit while low', {
          size: 12,
          runs: 'middle',
        }),
        label(place, 10, groundY + 5, '−', { bold: true }),
        terminal(at(place, 0, groundY), 'driver: ground'),
        ...lamps.map(({ face, says }, i) =>
          lamp(place, face, y(i), links[i]!, `driver: ${face} in${says ? `, ${says}` : ''}`, i),
        ),
      ].join(''),
  }
}

function plusLine(place: Place, top: number, bottom: number): string {
  return [
    wire([at(place, 0, top), at(place, busAt, top), at(place, busAt, bottom)], 'red'),
    box(place, driverWidth + 6, top - 8, 52, 16),
    wire([at(place, driverWidth + 6, top), at(place, driverWidth + 58, top)], 'red'),
    label(place, driverWidth + 32, top + 23, 'fuse 0.5 A', { size: 12, runs: 'middle' }),
    terminal(at(place, 0, top), 'fuse 0.5 A, then + of all lamps'),
  ].join('')
}

function lamp(place: Place, face: Face, y: number, link: InnerWire, input: string, i: number): string {
  const middle = lampAt + lampWidth / 2
  const [x] = at(place, place.side === 'left' ? lampAt + lampWidth - 20 : lampAt + 20, 0)
  return [
    wire([at(place, lampAt + lampWidth, y), at(place, busAt, y)], 'red'),
    i < 2
      ? `<circle cx="${at(place, busAt, y)[0]}" cy="${at(place, busAt, y)[1]}" r="4" fill="#c62828"/>`
      : '',
    box(place, lampAt, y - 16, lampWidth, 32),
    smallFace(face, x - 11, place.top + y - 11, 22),
    label(place, middle + (place.side === 'left' ? -14 : 14), y + 5, `lamp ${face}`, {
      size: 13,
      bold: true,
      runs: 'middle',
    }),
    label(place, 10, y + 5, 'in', { size: 13 }),
    label(place, driverWidth - 10, y + 5, 'out', { size: 13, runs: 'in' }),
    innerWire(place, [driverWidth, y], [lampAt, y], link),
    terminal(at(place, 0, y), input),
    terminal(at(place, driverWidth, y), link.from),
    terminal(at(place, lampAt, y), link.to),
    terminal(at(place, lampAt + lampWidth, y), `lamp ${face}: +`),
  ].join('')
}
