import { type Face, faces } from '../../domain/words.ts'
import { faceColours } from '../faces.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { commonColour, eachFace, type Glow, type Levels } from './animation.ts'
import { colourLight } from './gamma.ts'
import { chainLength, type FacePixels, facePixels } from './layout.ts'
import { withinBudget } from './power.ts'
import type { Painter } from './shown-lights.ts'

const commonLight = colourLight(commonColour)

/** Makes frames for the pixels of a profile; a new frame only where it is another than the last one. */
export class PixelPainter implements Painter<Uint8Array> {
  readonly #own: PixelsProfile
  readonly #pixels: Readonly<Record<Face, FacePixels>>
  /** Red, green and blue of each face. */
  readonly #colours = new Uint8Array(3 * faces.length)
  /** Those painted last; before that, nobody knows what the pixels show. */
  #last: Uint8Array | undefined

  constructor(own: PixelsProfile) {
    this.#own = own
    this.#pixels = facePixels(own)
  }

  paint(levels: Levels, brightness: number): Uint8Array | undefined {
    this.#mix(levels, brightness)
    if (this.#last && isSame(this.#colours, this.#last)) return undefined
    this.#last = this.#colours.slice()
    return this.#frame()
  }

  /** The same, whatever was painted last. */
  draw(levels: Levels, brightness: number): Uint8Array {
    this.#mix(levels, brightness)
    return this.#frame()
  }

  #mix(levels: Levels, brightness: number): void {
    const most = (255 * brightness * this.#own.brightnessPercent) / 100
    for (const [i, face] of faces.entries()) mix(this.#colours, 3 * i, face, levels[face], most)
  }

  #frame(): Uint8Array {
    const frame = new Uint8Array(3 * chainLength(this.#own))
    for (let i = 0; i < faces.length; i++) {
      const { first, shares } = this.#pixels[faces[i]!]
      const red = this.#colours[3 * i]!
      const green = this.#colours[3 * i + 1]!
      const blue = this.#colours[3 * i + 2]!
      for (let pixel = 0; pixel < shares.length; pixel++) {
        const share = shares[pixel]!
        if (share === 0) continue
        const at = 3 * (first + pixel)
        frame[at] = shareOf(red, share)
        frame[at + 1] = shareOf(green, share)
        frame[at + 2] = shareOf(blue, share)
      }
    }
    return withinBudget(frame, this.#own)
  }
}

const ownLight = eachFace((face) => colourLight(faceColours[face].lit))

/**
 * Writes the colour of a face. What is lit at all never gets so dark that it is rounded away.
 * @param most what a byte may be at most
 */
function mix(into: Uint8Array, at: number, face: Face, { own, common }: Glow, most: number): void {
  let strongest = 0
  let strength = 0
  for (let i = 0; i < 3; i++) {
    const light = most * (own * ownLight[face][i]! + common * commonLight[i]!)
    into[at + i] = Math.min(255, Math.round(light))
    if (light <= strength) continue
    strongest = i
    strength = light
  }
  if (strength > 0 && into[at + strongest] === 0) into[at + strongest] = 1
}

/** Of whole numbers up to 255, rounded, without a fraction on the way. */
function shareOf(colour: number, share: number): number {
  return ((colour * share + 127) / 255) | 0
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i])
}
