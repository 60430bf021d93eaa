import type { Face } from '../../domain/words.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { matrixPicture } from './matrix.ts'

/** Where the pixels of the faces lie on their chain. Pure. */

/** In which order a pixel takes its colours. */
export type ColourOrder = PixelsProfile['order']

/** How many pixels all faces have together. */
export function chainLength({ chain, pixelsPerFace }: PixelsProfile): number {
  return chain.length * pixelsPerFace
}

/**
 * The bytes of a frame in the order in which the pixels take them.
 * @param frame red, green, blue of each pixel; it stays as it is
 */
export function inOrder(frame: Uint8Array, order: ColourOrder): Uint8Array {
  const [first, second, third] = [...order].map((colour) => 'RGB'.indexOf(colour)) as [number, number, number]
  const sent = new Uint8Array(frame.length)
  for (let at = 0; at < frame.length; at += 3) {
    sent[at] = frame[at + first]!
    sent[at + 1] = frame[at + second]!
    sent[at + 2] = frame[at + third]!
  }
  return sent
}

/** Where the pixels of a face lie on the chain, and how much of its light each of them shows. */
export interface FacePixels {
  /** The place of its first pixel on the chain. */
  first: number
  /** 0 to 255 of each of its pixels, in the order of the chain. */
  shares: Uint8Array
}

/** Rings light as a whole, matrices draw their faces. */
export function facePixels(own: PixelsProfile): Record<Face, FacePixels> {
  const each = own.chain.map((face, i) => {
    const pixels: FacePixels = { first: i * own.pixelsPerFace, shares: shares(face, own) }
    return [face, pixels] as const
  })
  return Object.fromEntries(each) as Record<Face, FacePixels>
}

function shares(face: Face, { shape, pixelsPerFace, width, rows }: PixelsProfile): Uint8Array {
  if (shape === 'ring') return new Uint8Array(pixelsPerFace).fill(255)
  const picture = matrixPicture(face, width, Math.ceil(pixelsPerFace / width))
  return Uint8Array.from({ length: pixelsPerFace }, (_, i) => picture[placeOf(i, width, rows)]!)
}

/** Where a pixel of the chain lies in the picture. */
function placeOf(i: number, width: number, rows: PixelsProfile['rows']): number {
  const row = Math.floor(i / width)
  const column = i % width
  const backwards = rows === 'serpentine' && row % 2 === 1
  return row * width + (backwards ? width - 1 - column : column)
}
