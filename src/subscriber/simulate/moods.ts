import type { WallMs } from '../../domain/time.ts'
import type { Random } from './random.ts'

/** How a mood lies at a moment: 0 is as ever, 1 is a good time. */
export type Drift = (at: WallMs) => number

const dayMs = 86_400_000

/** A mood that comes and goes over days and weeks, from a few waves of different lengths. */
export function drift(random: Random, size: number): Drift {
  const own = random.between(-0.5, 0.5) * size
  const waves = [5, 17, 60].map((days) => ({
    perMs: (2 * Math.PI) / (days * random.between(0.7, 1.4) * dayMs),
    phase: random.between(0, 2 * Math.PI),
    size: (random.between(0.5, 1) * size) / 3,
  }))
  return (at) => {
    let mood = own
    for (const { perMs, phase, size } of waves) mood += size * Math.sin(at * perMs + phase)
    return mood
  }
}

/** How likely each face is. */
export interface FaceShares {
  dissatisfied: number
  neutral: number
}

/** In an ordinary mood nine in a hundred are dissatisfied and thirteen neither nor; these are the odds' logarithms. */
const ordinary = { dissatisfied: -2.3, neutral: -1.9 }

export function faceShares(mood: number): FaceShares {
  const dissatisfied = share(ordinary.dissatisfied - mood)
  return { dissatisfied, neutral: (1 - dissatisfied) * share(ordinary.neutral - 0.5 * mood) }
}

function share(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}
