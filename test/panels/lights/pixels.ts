import { type Face, faces } from '../../../src/domain/words.ts'
import { faceColours } from '../../../src/panels/faces.ts'
import { commonColour, type Levels } from '../../../src/panels/lights/animation.ts'
import { colourLight, luminance } from '../../../src/panels/lights/gamma.ts'
import type { PixelsProfile } from '../../../src/panels/profile/parts.ts'

/** Three rings of 16, with nothing dimmed, unless said otherwise. */
export function pixelsProfile(own: Partial<PixelsProfile> = {}): PixelsProfile {
  return {
    shape: 'ring',
    pixelsPerFace: 16,
    chain: [...faces],
    width: 8,
    rows: 'straight',
    order: 'GRB',
    brightnessPercent: 100,
    milliampsPerPixel: 60,
    maxMilliamps: 20_000,
    ...own,
  }
}

export const rings = pixelsProfile()
export const matrices = pixelsProfile({ shape: 'matrix', pixelsPerFace: 64 })

/** The bytes of one face. */
export function faceBytes(
  frame: Uint8Array,
  face: Face,
  { chain, pixelsPerFace }: PixelsProfile,
): Uint8Array {
  const first = 3 * chain.indexOf(face) * pixelsPerFace
  return frame.subarray(first, first + 3 * pixelsPerFace)
}

/** The relative luminance of a face, on average over its pixels. */
export function faceLuminance(frame: Uint8Array, face: Face, own: PixelsProfile): number {
  const bytes = faceBytes(frame, face, own)
  let sum = 0
  for (let i = 0; i < bytes.length; i += 3)
    sum += luminance(bytes[i]! / 255, bytes[i + 1]! / 255, bytes[i + 2]! / 255)
  return sum / own.pixelsPerFace
}

/** In words: how much light, and of which colour. */
export function words(red: number, green: number, blue: number, face: Face): string {
  const strongest = Math.max(red, green, blue)
  for (const [name, colour] of Object.entries({ own: faceColours[face].lit, common: commonColour })) {
    const lights = colourLight(colour)
    const most = Math.max(...lights)
    const isAlike = [red, green, blue].every(
      (part, i) => Math.abs(part / strongest - lights[i]! / most) < 0.1,
    )
    if (isAlike) return `${howMuch(strongest / most)} ${name}`
  }
  return howMuch(strongest)
}

/** In words: how much of the light there could be. */
export function howMuch(share: number): string {
  if (share === 0) return 'dark'
  if (share < 0.05) return 'glimmer'
  return share < 0.2 ? 'dim' : share < 0.9 ? 'lit' : 'full'
}

/** How many times something that is given as [moment, value] goes up and down again by more than `least`. */
export function rises(series: readonly (readonly [at: number, value: number])[], least: number): number[] {
  const moments: number[] = []
  let extreme = series[0]?.[1] ?? 0
  let direction: 'up' | 'down' = 'down'
  for (const [at, value] of series) {
    const beyond = direction === 'up' ? value > extreme : value < extreme
    if (beyond) extreme = value
    else if (Math.abs(value - extreme) > least) {
      direction = direction === 'up' ? 'down' : 'up'
      extreme = value
      if (direction === 'up') moments.push(at)
    }
  }
  return moments
}

/** The most of these moments that lie within one second. */
export function mostInASecond(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + 1000).length))
}

export const allWhite: Levels = Object.fromEntries(
  faces.map((face) => [face, { own: 1, common: 1 }]),
) as unknown as Levels
