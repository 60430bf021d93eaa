import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import type { PixelsProfile } from '../profile/parts.ts'
import type { PixelSink } from './sinks.ts'

/** Lights made of pixels, whatever takes their frames. */
export function pixelLights(
  _own: PixelsProfile,
  piece: Mended<PixelSink>,
  _context: PanelContext,
): LightsPort {
  piece.start()
  return {
    show() {},
    condition: () => piece.condition(),
    onCondition: (listener) => piece.onCondition(listener),
    [Symbol.asyncDispose]: () => piece[Symbol.asyncDispose](),
  }
}
