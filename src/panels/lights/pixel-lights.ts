import { type Face, faces } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { faceColours } from '../faces.ts'
import type { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import { AnimatedLights } from './animated.ts'
import type { Levels } from './animation.ts'
import { channelsOf, lightOf } from './gamma.ts'
import { chainIndex, chainLength } from './layout.ts'
import { facePicture } from './matrix.ts'
import { keepWithin } from './power.ts'
import type { PixelSink } from './sinks.ts'

/** Lights made of pixels, whatever takes their frames. */
export function pixelLights(own: PixelsProfile, piece: Mended<PixelSink>, context: PanelContext): LightsPort {
  const draw = pixelFrames(own)
  return new AnimatedLights<Uint8Array, PixelSink>({
    piece,
    context,
    draw,
    same: (a, b) => a.every((value, at) => value === b[at]),
    write: (sink, frame) => sink.write(frame),
  })
}

/** What is drawn of a face at its place on the chain. */
interface Spot {
  /** Of its first channel in the frame. */
  at: number
  /** How much of it is lit, 0 to 1. */
  share: number
}

/**
 * Draws frames for pixels that lie like this: a ring lights as a whole, a matrix draws the face itself. No
 * frame takes more than the supply can give.
 */
export function pixelFrames(own: PixelsProfile): (levels: Levels, brightness: number) => Uint8Array {
  const spots = Object.fromEntries(faces.map((face) => [face, spotsOf(own, face)])) as Record<Face, Spot[]>
  const colours = Object.fromEntries(
    faces.map((face) => [face, channelsOf(faceColours[face].lit)]),
  ) as Record<Face, ReturnType<typeof channelsOf>>
  const full = (255 * own.brightnessPercent) / 100
  return (levels, brightness) => {
    const frame = new Uint8Array(3 * chainLength(own))
    for (const face of faces) {
      // Brightness is a share of what the eye sees, too.
      const channels = colours[face].map((channel) => full * lightOf(channel * levels[face] * brightness))
      for (const { at, share } of spots[face])
        for (let n = 0; n < 3; n++) frame[at + n] = Math.round(channels[n]! * share)
    }
    keepWithin(frame, own)
    return frame
  }
}

function spotsOf(own: PixelsProfile, face: Face): Spot[] {
  const { pixelsPerFace, shape, width } = own
  const picture = shape === 'matrix' ? facePicture(face, width, pixelsPerFace / width) : undefined
  return Array.from({ length: pixelsPerFace }, (_, place) => ({
    at: 3 * chainIndex(own, face, place),
    share: picture?.[place] ?? 1,
  }))
}
