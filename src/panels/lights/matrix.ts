import type { Face } from '../../domain/words.ts'
import { rasteriseFace } from '../face-raster.ts'
import { drawing } from '../faces.ts'

/** From so many pixels a side the whole face can be drawn. */
const wholeFrom = 12

/**
 * What a smaller matrix shows are eyes and mouth alone, as large as they may be: of the square of 100 by 100
 * on which the faces are drawn, the side of the square that fills the matrix, and how far down it begins.
 * Chosen for each size so that eyes and mouth fall on whole pixels, and looked at.
 */
const closeUps: Readonly<Record<number, Readonly<Record<Face, readonly [side: number, top: number]>>>> = {
  5: { satisfied: [54, 25], neutral: [53, 20], dissatisfied: [51, 28] },
  6: { satisfied: [63, 25], neutral: [50, 29], dissatisfied: [50, 26] },
  7: { satisfied: [59, 30], neutral: [56, 22], dissatisfied: [53, 28] },
  8: { satisfied: [50, 30], neutral: [53, 23], dissatisfied: [54, 23] },
  9: { satisfied: [50, 35], neutral: [52, 30], dissatisfied: [51, 32] },
  10: { satisfied: [57, 24], neutral: [50, 27], dissatisfied: [53, 30] },
  11: { satisfied: [50, 30], neutral: [50, 26], dissatisfied: [51, 31] },
}

/**
 * The face as a matrix shows it, row by row from the top left, 0 (dark) to 255 (fully lit). One that is not
 * square has it in its middle; one with fewer than five pixels a side is too small, and lights as a whole.
 */
export function matrixPicture(face: Face, width: number, height: number): Uint8Array {
  const side = Math.min(width, height)
  if (side < 5) return new Uint8Array(width * height).fill(255)
  const square = side < wholeFrom ? closeUp(face, side) : whole(face, side)
  const picture = new Uint8Array(width * height)
  const left = Math.floor((width - side) / 2)
  const top = Math.floor((height - side) / 2)
  for (let row = 0; row < side; row++)
    picture.set(square.subarray(row * side, (row + 1) * side), (top + row) * width + left)
  return picture
}

function closeUp(face: Face, side: number): Uint8Array {
  const [shown, top] = closeUps[side]![face]
  return rasteriseFace(face, {
    width: side,
    height: side,
    parts: ['eyes', 'mouth'],
    lineWidth: Math.max(drawing.lineWidth, (0.95 * shown) / side),
    view: { x: (drawing.side - shown) / 2, y: top, width: shown, height: shown },
  }).map(crisp)
}

/** The drawings leave a margin; here every pixel counts. */
const margin = 2

function whole(face: Face, side: number): Uint8Array {
  const shown = drawing.side - 2 * margin
  const view = { x: margin, y: margin, width: shown, height: shown }
  return rasteriseFace(face, { width: side, height: side, view }).map(crisp)
}

/** LEDs lie apart: a half lit one makes no edge smoother, it is only neither this nor that. */
function crisp(coverage: number): number {
  return Math.max(0, Math.min(255, Math.round(((coverage - 50) * 255) / 110)))
}
