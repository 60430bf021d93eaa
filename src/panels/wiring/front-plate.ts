import { type Face, faces, type Key, reasonIndex } from '../../domain/words.ts'
import { faceDrawings } from '../faces.ts'

/**
 * Front plates to print 1:1, in millimetres: outline, holes and their centres, and the faces as lines. They
 * carry no words, so that they serve in every language; hardware/README.md says what is what.
 */

/** A push button: what its body goes through, and what its collar covers. Buy first, then measure. */
interface ButtonSize {
  hole: number
  collar: number
}

/** Dome buttons of 60 mm screw into 24 mm; arcade buttons of 30 mm take a hole of 30 mm. */
const buttonSizes = { dome: { hole: 24, collar: 60 }, small: { hole: 30, collar: 33 } } as const

/** What citizens look through, at the visible area of the glass. */
interface Window {
  width: number
  height: number
}

const windows = {
  /** OLED of 2.42 inches, 128×64. */
  oled: { width: 57, height: 30 },
  /** LCD with 20×4 letters. */
  lcd: { width: 78, height: 28 },
} as const

export interface Plate {
  name: string
  width: number
  height: number
  buttons: { key: Key; x: number; y: number; size: ButtonSize }[]
  drawings: { face: Face; x: number; y: number; side: number }[]
  window?: Window & { x: number; y: number }
}

const spacing = 80
const cornerHole = { diameter: 4.5, inset: 10 }

/** The plates that come with Faccina. */
export const plates: readonly Plate[] = [
  facesOnly('faces-60', buttonSizes.dome),
  facesOnly('faces-30', buttonSizes.small),
  withReasons('reasons-oled', windows.oled),
  withReasons('reasons-lcd', windows.lcd),
]

function facesOnly(name: string, size: ButtonSize): Plate {
  const [width, height] = [280, 140]
  return { name, width, height, ...faceRow(width, 96, size, 42) }
}

/** Faces below, reasons beside the window: 1 and 2 at its left, 3 and 4 at its right. */
function withReasons(name: string, window: Window): Plate {
  const [width, height] = [280, 190]
  const middle = width / 2
  const [top, between, bottom] = [23.5, 45, 66.5]
  const beside = window.width / 2 + 30
  const at = (key: Key, x: number, y: number) => ({ key, x, y, size: buttonSizes.small })
  const { buttons, drawings } = faceRow(width, 150, buttonSizes.dome, 30)
  return {
    name,
    width,
    height,
    buttons: [
      ...buttons,
      at('reason-1', middle - beside, top),
      at('reason-2', middle - beside, bottom),
      at('reason-3', middle + beside, top),
      at('reason-4', middle + beside, bottom),
      at('language', 32, between),
      at('skip', width - 32, between),
    ],
    drawings,
    window: { ...window, x: middle - window.width / 2, y: between - window.height / 2 },
  }
}

function faceRow(
  width: number,
  y: number,
  size: ButtonSize,
  side: number,
): Pick<Plate, 'buttons' | 'drawings'> {
  const x = (i: number) => width / 2 + (i - 1) * spacing
  return {
    buttons: faces.map((key, i) => ({ key, x: x(i), y, size })),
    drawings: faces.map((face, i) => ({ face, x: x(i) - side / 2, y: y - size.collar / 2 - 6 - side, side })),
  }
}

/** The bar that shows whether a printer kept the scale: 100 mm, in parts of 10. */
const bar = { length: 100, above: 8 }

export function plateSvg(plate: Plate): string {
  const margin = 2
  const [width, height] = [plate.width + 2 * margin, plate.height + bar.above + 2 * margin]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="${-margin} ${-margin} ${width} ${height}" fill="none" stroke="#000000" stroke-width="0.25">`,
    `<rect width="${plate.width}" height="${plate.height}" rx="6"/>`,
    ...corners(plate),
    ...plate.buttons.flatMap(buttonSvg),
    ...plate.drawings.map(faceLines),
    ...plate.buttons.map((button) => sign(button, plate)),
    plate.window ? windowSvg(plate.window) : '',
    scaleBar(plate),
    '</svg>\n',
  ]
    .filter(Boolean)
    .join('\n')
}

function corners({ width, height }: Plate): string[] {
  const { inset, diameter } = cornerHole
  return [inset, width - inset].flatMap((x) =>
    [inset, height - inset].flatMap((y) => [circle(x, y, diameter), cross(x, y, 4)]),
  )
}

function buttonSvg({ key, x, y, size }: Plate['buttons'][number]): string[] {
  return [
    circle(x, y, size.hole, ` data-key="${key}"`),
    circle(x, y, size.collar, ' stroke-dasharray="2 2"'),
    cross(x, y, size.hole / 2 + 4),
  ]
}

/** What the displays call a button: 1 to 4 beside it, × to go on without a reason, a globe for the language. */
function sign({ key, x, y, size }: Plate['buttons'][number], plate: Plate): string {
  const middle = y + size.collar / 2 + 9
  const look = 'stroke-width="0.8" stroke-linecap="round" stroke-linejoin="round"'
  if (key === 'skip') return `<path d="M${r(x - 3)} ${r(middle - 3)}l6 6m0 -6l-6 6" ${look}/>`
  const number = reasonIndex(key) + 1
  const inwards = (size.collar / 2 + 5) * (x < plate.width / 2 ? 1 : -1)
  if (number > 0)
    return `<text x="${r(x + inwards)}" y="${r(y + 3.5)}" font-family="Titillium Web, sans-serif" font-size="10" font-weight="600" text-anchor="middle" fill="#000000" stroke="none">${number}</text>`
  if (key !== 'language') return ''
  const left = r(x - 5)
  return `<path d="M${left} ${r(middle)}a5 5 0 1 1 10 0a5 5 0 1 1 -10 0h10M${r(x)} ${r(middle - 5)}a2.4 5 0 1 1 0 10a2.4 5 0 1 1 0 -10" ${look}/>`
}

function windowSvg({ x, y, width, height }: Window & { x: number; y: number }): string {
  return `<rect class="window" x="${r(x)}" y="${r(y)}" width="${width}" height="${height}" rx="1.5"/>`
}

function faceLines({ face, x, y, side }: Plate['drawings'][number]): string {
  const { outline, eyes, mouth } = faceDrawings[face]
  const shapes = [...eyes, mouth].map(({ path, as }) =>
    as === 'fill'
      ? `<path d="${path}" fill="#000000" stroke="none"/>`
      : `<path d="${path}" stroke-width="7" stroke-linecap="round"/>`,
  )
  return `<g data-face="${face}" transform="translate(${r(x)} ${r(y)}) scale(${side / 100})"><path d="${outline}" stroke-width="5"/>${shapes.join('')}</g>`
}

function scaleBar({ height }: Plate): string {
  const y = height + bar.above
  const ticks = Array.from({ length: 11 }, (_, i) => `M${i * 10} ${y}v${i % 5 ? -2 : -4}`)
  return `<path class="scale" d="M0 ${y}H${bar.length}${ticks.join('')}"/>`
}

function circle(x: number, y: number, diameter: number, more = ''): string {
  return `<circle cx="${r(x)}" cy="${r(y)}" r="${diameter / 2}"${more}/>`
}

function cross(x: number, y: number, half: number): string {
  return `<path d="M${r(x - half)} ${r(y)}H${r(x + half)}M${r(x)} ${r(y - half)}V${r(y + half)}" stroke-width="0.15"/>`
}

function r(value: number): number {
  return Math.round(value * 100) / 100
}
