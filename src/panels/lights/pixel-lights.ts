import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import type { Levels } from './animation.ts'
import { PixelPainter } from './pixel-painter.ts'
import { ShownLights } from './shown-lights.ts'
import type { PixelSink } from './sinks.ts'

/** Lights made of pixels, whatever takes their frames. Starts the piece, and disposes of it. */
export function pixelLights(own: PixelsProfile, piece: Mended<PixelSink>, context: PanelContext): LightsPort {
  return new ShownLights(piece, new PixelPainter(own), context)
}

/** What pixels that lie like this show: red, green and blue of each, in the order of the chain. */
export function pixelFrames(own: PixelsProfile): (levels: Levels, brightness: number) => Uint8Array {
  const painter = new PixelPainter(own)
  return (levels, brightness) => painter.draw(levels, brightness)
}
