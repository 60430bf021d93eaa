import type { Face } from '../../domain/words.ts'
import type { PixelsProfile } from '../profile/parts.ts'

/** Where the pixels of the faces lie on their chain. Pure. */

/** In which order a pixel takes its colours. */
export type ColourOrder = PixelsProfile['order']

/** The pixel (counted from the beginning of the chain) at a place of a face's own pixels, row by row. */
export function chainIndex(
  { chain, pixelsPerFace, shape, width, rows }: PixelsProfile,
  face: Face,
  place: number,
): number {
  const first = chain.indexOf(face) * pixelsPerFace
  if (shape !== 'matrix' || rows !== 'serpentine') return first + place
  const row = Math.floor(place / width)
  const column = place % width
  return first + row * width + (row % 2 === 0 ? column : width - 1 - column)
}

/** The pixels of all faces. */
export function chainLength({ chain, pixelsPerFace }: PixelsProfile): number {
  return chain.length * pixelsPerFace
}

/** A frame of red, green, blue, as the pixels take it. */
export function inOrder(frame: Uint8Array, order: ColourOrder): Uint8Array {
  if (order === 'RGB') return frame
  const [a, b, c] = [...order].map((colour) => 'RGB'.indexOf(colour)) as [number, number, number]
  const ordered = new Uint8Array(frame.length)
  for (let at = 0; at < frame.length; at += 3) {
    ordered[at] = frame[at + a]!
    ordered[at + 1] = frame[at + b]!
    ordered[at + 2] = frame[at + c]!
  }
  return ordered
}
