import { type Face, faces } from '../../domain/words.ts'
import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import { eachFace, type Glow, type Levels } from './animation.ts'
import { type Painter, ShownLights } from './shown-lights.ts'
import type { LampSink } from './sinks.ts'

export type LampLevels = Readonly<Record<Face, number>>

/** Lights made of one lamp for each face, whatever sets them. Starts the piece, and disposes of it. */
export function lampLights(piece: Mended<LampSink>, context: PanelContext): LightsPort {
  return new ShownLights(piece, new LampPainter(() => piece.current?.onOff === true), context)
}

/** A lamp has one colour, so that all that can be shown is how much of it. */
export class LampPainter implements Painter<LampLevels> {
  readonly #isOnOff: () => boolean
  #last: LampLevels | undefined

  constructor(isOnOff: () => boolean) {
    this.#isOnOff = isOnOff
  }

  paint(levels: Levels, brightness: number): LampLevels | undefined {
    const onOff = this.#isOnOff()
    const level = ({ own, common }: Glow) => {
      if (onOff) return own + common >= 0.5 && brightness > 0 ? 1 : 0
      return rounded((own + common) * brightness)
    }
    const lamps: LampLevels = eachFace((face) => level(levels[face]))
    const last = this.#last
    if (last && faces.every((face) => lamps[face] === last[face])) return undefined
    this.#last = lamps
    return lamps
  }
}

/** As fine as lamps are dimmed; what is lit at all stays lit. */
const steps = 255

function rounded(level: number): number {
  return level > 0 ? Math.max(1, Math.min(steps, Math.round(level * steps))) / steps : 0
}
