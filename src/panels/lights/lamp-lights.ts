import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import type { LampSink } from './sinks.ts'

/** Lights made of one lamp for each face, whatever sets them. */
export function lampLights(piece: Mended<LampSink>, _context: PanelContext): LightsPort {
  piece.start()
  return {
    show() {},
    condition: () => piece.condition(),
    onCondition: (listener) => piece.onCondition(listener),
    [Symbol.asyncDispose]: () => piece[Symbol.asyncDispose](),
  }
}
