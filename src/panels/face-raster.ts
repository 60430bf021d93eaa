import type { Face } from '../domain/words.ts'

export type FacePart = 'outline' | 'eyes' | 'mouth'

export interface RasterOptions {
  /** Of the picture, in pixels. */
  width: number
  height: number
  /** What is drawn of the face; all of it unless said otherwise. */
  parts?: readonly FacePart[]
  /** Of the lines, on the square of 100 on which the faces are drawn; as drawn unless said otherwise. */
  lineWidth?: number
}

/**
 * A face as a picture of rows of pixels: how much of each is covered by its lines and fills, 0 to 255.
 * The outline is a line, not a filled body.
 */
export function rasteriseFace(_face: Face, { width, height }: RasterOptions): Uint8Array {
  return new Uint8Array(width * height)
}
