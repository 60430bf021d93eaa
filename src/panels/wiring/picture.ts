import type { Profile } from '../profile/profile.ts'
import { drawBand, measured, zoneOf } from './band.ts'
import { boardWidth } from './board-drawing.ts'
import { escapeXml, quiet, r, text } from './ink.ts'
import { plan } from './plan.ts'
import { drawTable, tableHeight, tableWidth } from './table.ts'
import { connections, type Row } from './table-rows.ts'

const margin = 36
const headHeight = 96
const footHeight = 66
const bandGap = 56

/** Where the table stands: beside the drawing, or below it in two columns. */
interface Layout {
  width: number
  height: number
  tables: { rows: Row[]; x: number; y: number }[]
}

/**
 * The wiring of a profile as an SVG picture: each wire from its pin to its part, its colour in words, and
 * the table of all connections. Made from the profile, so that the two cannot differ.
 */
export function wiringSvg(profile: Profile): string {
  const bands = plan(profile).map(measured)
  const zone = (side: 'left' | 'right') => Math.max(40, ...bands.map((band) => zoneOf(band, side)))
  const boardX = margin + zone('left')
  const right = boardX + boardWidth + zone('right')
  let y = headHeight
  const drawn = bands.map((band) => {
    const top = y - band.top
    y += band.bottom - band.top + bandGap
    return drawBand(band, boardX, top)
  })
  const { width, height, tables } = layout(connections(bands), right, y - bandGap)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r(width)} ${r(height)}" width="${r(width)}" height="${r(height)}" font-family="'Titillium Web', 'Open Sans', 'DejaVu Sans', sans-serif" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(`Wiring of the panel ${profile.name}: ${profile.title}`)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text([margin, 44], `Wiring: ${profile.name}`, { size: 28, bold: true }),
    text([margin, 70], profile.title, { size: 17, colour: quiet }),
    ...drawn,
    ...tables.map(({ rows, x, y }) => drawTable(rows, x, y)),
    text([margin, height - 24], legend, { size: 14, colour: quiet }),
    '</svg>\n',
  ].join('\n')
}

const legend =
  'Filled pins are in use, pin 1 is square. Each wire has its colour in words. Dots join wires; wires never cross. Keys: signal to NO, ground to COM, NC stays free.'

/** Whichever of the two is larger on a sheet of A4. */
function layout(rows: Row[], right: number, bottom: number): Layout {
  const beside: Layout = {
    width: right + 48 + tableWidth + margin,
    height: Math.max(bottom, headHeight + tableHeight(rows)) + footHeight,
    tables: [{ rows, x: right + 48, y: headHeight }],
  }
  const half = Math.ceil(rows.length / 2)
  const [first, second] = [rows.slice(0, half), rows.slice(half)]
  const y = bottom + 44
  const below: Layout = {
    width: Math.max(right, margin + 2 * tableWidth + 40) + margin,
    height: y + tableHeight(first) + footHeight,
    tables: [
      { rows: first, x: margin, y },
      { rows: second, x: margin + tableWidth + 40, y },
    ],
  }
  return scaleOnA4(beside) >= scaleOnA4(below) ? beside : below
}

/** Millimetres for each pixel, upright or across, whichever is larger. */
function scaleOnA4({ width, height }: Layout): number {
  return Math.max(Math.min(277 / width, 190 / height), Math.min(190 / width, 277 / height))
}
