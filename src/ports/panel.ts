import type { Edge } from '../domain/press-filter.ts'
import type { Lights, Scene } from '../domain/scene.ts'
import type { Key } from '../domain/words.ts'

/**
 * The panel's three ports. A driver opens in the background and mends itself: a part that is missing or
 * breaks shows in `condition`, and never throws at those who use it.
 */
export interface Part extends AsyncDisposable {
  condition(): Condition
  /** Calls whenever `condition()` has become another one. */
  onCondition(listener: () => void): Disposable
}

export type Condition =
  | { is: 'good' }
  /** `problem` names the wire, chip, module, group or config.txt line to look at. */
  | { is: 'broken'; problem: string }
  /** This panel has no such part. */
  | { is: 'none' }

export interface Keys extends Part {
  /** The keys that exist; a panel without reason keys has no `reason-1`. */
  readonly keys: readonly Key[]
  /** How long the contacts bounce at most; 0 where there are none. */
  readonly debounceMs: number
  /** Raw edges: what is a press and what a bounce is for the press filter to say. */
  listen(edge: (edge: Edge) => void): void
}

export interface LightsPort extends Part {
  show(lights: Lights, scene: Scene): void
  /** Resolves when what was shown last has been handed to the hardware; absent where nobody knows. */
  written?(): Promise<void>
}

export interface Display extends Part {
  show(scene: Scene): void
}

export interface Panel extends AsyncDisposable {
  readonly name: string
  readonly keys: Keys
  readonly lights: LightsPort
  readonly display: Display
}
