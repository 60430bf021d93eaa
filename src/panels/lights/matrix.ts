import type { Face } from '../../domain/words.ts'
import { rasteriseFace } from '../face-raster.ts'

/** A matrix smaller than this has no room for the outline: eyes and mouth take all of it. */
const outlineFrom = 12

/** Where eyes and mouth lie on the drawing, with as much on each side. */
const features = { x: 20, y: 30, width: 60, height: 60 }

/** How much of each pixel of a matrix is lit, row by row, 0 to 1. */
export function facePicture(face: Face, width: number, height: number): Float32Array {
  const small = Math.min(width, height) < outlineFrom
  const coverage = rasteriseFace(face, {
    width,
    height,
    ...(small && { parts: ['eyes', 'mouth'], lineWidth: 9, view: features }),
  })
  // What is barely touched is left dark, and what is half covered is lit: few pixels want clear edges.
  return Float32Array.from(coverage, (value) => (small ? (value >= 110 ? 1 : 0) : value / 255))
}
