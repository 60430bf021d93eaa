import type { Face } from '../../domain/words.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import type { Block, InnerWire } from './block.ts'
import { innerWire } from './block.ts'
import type { BoardPin } from './boards.ts'
import { at, box, ink, joint, label, type Place, rect, terminal, wire } from './ink.ts'
import { smallFace } from './key-block.ts'
import type { LightsPower } from './power.ts'

export interface PixelsOptions {
  pixels: PixelsProfile
  power: LightsPower
  data: BoardPin
  /** Its own way to the ground of the board; without it, by the ground of the keys. */
  ground: BoardPin | undefined
  /** Data of 3.3 V have to become 5 V; an Arduino's are so already. */
  shifter: boolean
}

/** Rows of the drawing, from its top. */
const plusY = 12
const dataY = 86
const groundY = 160
const pixelTop = 40
const pixelHeight = 92
const pixelWidth = 80
const pixelGap = 46
const shifterWidth = 112

/**
 * The chain of pixels: plus above, ground below, the data between. What feeds it stands at the far end, so
 * that the current of the pixels never runs through the board.
 */
export function pixelsBlock(options: PixelsOptions): Block {
  const { pixels, power, data, ground, shifter } = options
  const start = shifter ? shifterWidth : 0
  const resistor = start + 34
  const first = resistor + 48 + 26
  const ends = first + 3 * pixelWidth + 2 * pixelGap + 6
  const supply = ends + 130
  const inner = chain(pixels.chain, shifter)
  const groundTo = shifter ? '74AHCT125: 7, ground' : 'pixel supply: −'
  return {
    height: 186,
    reach: supply + 112,
    wires: [
      { pin: data, colour: 'green', y: dataY, to: shifter ? '74AHCT125: 2, 1A' : '330 Ω resistor' },
      ...(ground ? [{ pin: ground, colour: 'black' as const, y: groundY, to: groundTo }] : []),
    ],
    inner: [...inner, ...rails(shifter, power)],
    ...(!ground && { needsGround: { u: supply + 112, y: groundY } }),
    draw: (place) =>
      [
        wire([at(place, shifter ? shifterWidth / 2 : first, plusY), at(place, supply, plusY)], 'red'),
        wire([at(place, ground ? 0 : first, groundY), at(place, supply, groundY)], 'black'),
        shifter ? shifterCard(place) : '',
        resistorCard(place, resistor, start, first, inner),
        ...pixels.chain.map((face, i) => pixelCard(place, first + i * (pixelWidth + pixelGap), face, pixels)),
        ...inner.slice(-2).map((ends, i) => {
          const u = first + pixelWidth + i * (pixelWidth + pixelGap)
          return innerWire(place, [u, dataY], [u + pixelGap, dataY], ends)
        }),
        capacitor(place, ends + 26),
        fuse(place, ends + 56, power),
        supplyCard(place, supply, power),
      ].join(''),
  }
}

function chain(faces: readonly Face[], shifter: boolean): InnerWire[] {
  const into = (face: Face) => `${face}: DIN`
  return [
    ...(shifter ? [green('74AHCT125: 3, 1Y', '330 Ω resistor')] : []),
    green('330 Ω resistor', into(faces[0]!)),
    ...faces.slice(1).map((face, i) => green(`${faces[i]}: DOUT`, into(face))),
  ]
}

function green(from: string, to: string): InnerWire {
  return { from, to, colour: 'green' }
}

/** The rails as the table tells them. */
function rails(shifter: boolean, { fuseAmps }: LightsPower): InnerWire[] {
  return [
    { from: 'pixel supply: +', to: `fuse ${fuseAmps} A, then 5 V of all pixels`, colour: 'red' },
    { from: 'pixel supply: −', to: 'ground of all pixels', colour: 'black' },
    { from: '1000 µF capacitor', to: '5 V and ground, beside the pixels', colour: 'red' },
    ...(shifter
      ? ([
          { from: '74AHCT125: 14, 4, 10, 13', to: '5 V of the pixels', colour: 'red' },
          { from: '74AHCT125: 7, 1, 5, 9, 12', to: 'ground of the pixels', colour: 'black' },
        ] as const)
      : []),
  ]
}

function shifterCard(place: Place): string {
  const name = '74AHCT125'
  const u = shifterWidth / 2
  return [
    wire([at(place, u, plusY), at(place, u, pixelTop)], 'red'),
    wire([at(place, u, groundY), at(place, u, pixelTop + pixelHeight)], 'black'),
    joint(at(place, u, groundY)),
    box(place, 0, pixelTop, shifterWidth, pixelHeight),
    label(place, u, pixelTop + 36, name, { bold: true, runs: 'middle' }),
    label(place, 10, dataY + 4, '2', { size: 13 }),
    label(place, shifterWidth - 10, dataY + 4, '3', { size: 13, runs: 'in' }),
    label(place, u, pixelTop + 17, '14', { size: 13, runs: 'middle' }),
    label(place, u, pixelTop + pixelHeight - 8, '7 and 1', { size: 13, runs: 'middle' }),
    terminal(at(place, 0, dataY), `${name}: 2, 1A`),
    terminal(at(place, shifterWidth, dataY), `${name}: 3, 1Y`),
    terminal(at(place, u, pixelTop), `${name}: 14, 5 V`),
    terminal(at(place, u, pixelTop + pixelHeight), `${name}: 7`),
    terminal(at(place, 0, groundY), `${name}: 7, ground`),
  ].join('')
}

function resistorCard(place: Place, u: number, start: number, first: number, inner: InnerWire[]): string {
  const out = inner.find(({ from }) => from === '330 Ω resistor')!
  const before = inner.find(({ to }) => to === '330 Ω resistor')
  const way = [at(place, start, dataY), at(place, u, dataY)]
  return [
    before ? wire(way, 'green', before) : wire(way, 'green'),
    wire([at(place, u + 48, dataY), at(place, first, dataY)], 'green', out),
    box(place, u, dataY - 9, 48, 18),
    label(place, u + 24, dataY - 16, '330 Ω', { size: 13, runs: 'middle' }),
    terminal(at(place, u, dataY), '330 Ω resistor'),
    terminal(at(place, u + 48, dataY), '330 Ω resistor'),
    ...(before ? [] : [terminal(at(place, 0, dataY), '330 Ω resistor')]),
  ].join('')
}

function pixelCard(place: Place, u: number, face: Face, pixels: PixelsProfile): string {
  const middle = u + pixelWidth / 2
  const [x] = at(place, middle, 0)
  const many =
    pixels.shape === 'matrix'
      ? `${pixels.width}×${pixels.pixelsPerFace / pixels.width}`
      : `${pixels.pixelsPerFace} px`
  const top = place.top + pixelTop
  return [
    wire([at(place, middle, plusY), at(place, middle, pixelTop)], 'red'),
    wire([at(place, middle, groundY), at(place, middle, pixelTop + pixelHeight)], 'black'),
    joint(at(place, middle, groundY)),
    `<circle cx="${x}" cy="${place.top + plusY}" r="4" fill="#c62828"/>`,
    rect(x - pixelWidth / 2, top, pixelWidth, pixelHeight, { radius: pixels.shape === 'matrix' ? 4 : 40 }),
    smallFace(face, x - 17, top + 29, 34),
    label(place, middle, pixelTop + 19, '5 V', { size: 12, runs: 'middle' }),
    label(place, middle, pixelTop + pixelHeight - 12, many, { size: 12, runs: 'middle' }),
    terminal(at(place, u, dataY), `${face}: DIN`),
    terminal(at(place, u + pixelWidth, dataY), `${face}: DOUT`),
    terminal(at(place, middle, pixelTop), `${face}: 5 V`),
    terminal(at(place, middle, pixelTop + pixelHeight), `${face}: ground`),
  ].join('')
}

function capacitor(place: Place, u: number): string {
  const [x, y] = at(place, u, dataY)
  const plate = (from: number, height: number, fill: string) =>
    `<rect x="${x - 15}" y="${from}" width="30" height="${height}" fill="${fill}" stroke="${ink}" stroke-width="1.5"/>`
  return [
    wire([at(place, u, plusY), [x, y - 8]], 'red'),
    wire([[x, y + 8], at(place, u, groundY)], 'black'),
    joint(at(place, u, groundY)),
    `<circle cx="${x}" cy="${place.top + plusY}" r="4" fill="#c62828"/>`,
    plate(y - 9, 6, '#ffffff'),
    plate(y + 3, 6, ink),
    label(place, u + 8, dataY + 34, '1000 µF', { size: 13 }),
    label(place, u, dataY - 18, '+', { size: 15, bold: true, runs: 'middle' }).replace(
      /x="[\d.]+"/,
      `x="${x + 12}"`,
    ),
  ].join('')
}

function fuse(place: Place, u: number, { fuseAmps }: LightsPower): string {
  return [
    box(place, u, plusY - 9, 52, 18),
    wire([at(place, u, plusY), at(place, u + 52, plusY)], 'red'),
    label(place, u + 26, plusY - 15, `fuse ${fuseAmps} A`, { size: 13, runs: 'middle' }),
  ].join('')
}

function supplyCard(place: Place, u: number, { supplyAmps, crossSection }: LightsPower): string {
  const middle = u + 56
  return [
    box(place, u, plusY - 12, 112, groundY - plusY + 24),
    label(place, u + 10, plusY + 5, '+', { size: 15, bold: true }),
    label(place, u + 10, groundY + 5, '−', { size: 15, bold: true }),
    label(place, middle, 68, 'supply of', { size: 14, bold: true, runs: 'middle' }),
    label(place, middle, 86, 'the pixels', { size: 14, bold: true, runs: 'middle' }),
    label(place, middle, 106, `5 V, ${supplyAmps} A`, { size: 14, runs: 'middle' }),
    label(place, middle, 126, `wires ${crossSection} mm²`, { size: 13, runs: 'middle' }),
    terminal(at(place, u, plusY), 'pixel supply: +'),
    terminal(at(place, u, groundY), 'pixel supply: −'),
  ].join('')
}
