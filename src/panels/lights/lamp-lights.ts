import { faces } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import { AnimatedLights } from './animated.ts'
import type { Levels } from './animation.ts'
import type { LampSink } from './sinks.ts'

/** One lamp for each face. */
export function lampLights(piece: Mended<LampSink>, context: PanelContext): LightsPort {
  return new AnimatedLights<Levels, LampSink>({
    piece,
    context,
    // A hundredth is no difference to the eye, and spares most of the writes.
    draw: (levels, brightness) =>
      Object.fromEntries(
        faces.map((face) => [face, Math.round(100 * levels[face] * brightness) / 100]),
      ) as Levels,
    same: (a, b) => faces.every((face) => a[face] === b[face]),
    write: (sink, levels) => sink.write(levels),
  })
}
