import type { Face } from '../../domain/words.ts'
import { type Difference, type Interval, z95 } from './statistics.ts'

/** The Citizen Satisfaction Index. Pure. */

/** For every output, so that nobody has to look it up. */
export const formula = 'index = 100 × (satisfied + neutral / 2) / votes'

export type FaceCounts = Readonly<Record<Face, number>>

export function votesOf({ satisfied, neutral, dissatisfied }: FaceCounts): number {
  return satisfied + neutral + dissatisfied
}

/** 0 where all are dissatisfied, 100 where all are satisfied; NaN where nobody voted. */
export function index(faces: FaceCounts): number {
  return (100 * (faces.satisfied + faces.neutral / 2)) / votesOf(faces)
}

/** The interval of the index, from the normal distribution of a mean; within 0 and 100. */
export function indexInterval(faces: FaceCounts): Interval {
  const half = z95 * Math.sqrt(squaredError(faces))
  return { low: Math.max(0, index(faces) - half), high: Math.min(100, index(faces) + half) }
}

/** The first index minus the second, in points. */
export function indexDifference(one: FaceCounts, other: FaceCounts): Difference {
  const value = index(one) - index(other)
  const half = z95 * Math.sqrt(squaredError(one) + squaredError(other))
  return { value, low: Math.max(-100, value - half), high: Math.min(100, value + half) }
}

/**
 * The squared standard error of the index: the variance of the scores over their number, the variance taken
 * with one vote more of each face. Without those three, thirty equal faces would pretend to know the index without any
 * doubt; in hundreds of votes they make no difference (the thought of Agresti and Caffo, The American
 * Statistician 54, 2000, 280–288).
 */
function squaredError({ satisfied, neutral, dissatisfied }: FaceCounts): number {
  const n = satisfied + neutral + dissatisfied + 3
  const mean = (satisfied + 1 + (neutral + 1) / 2) / n
  const meanSquare = (satisfied + 1 + (neutral + 1) / 4) / n
  return (1e4 * (meanSquare - mean * mean)) / (n - 3)
}
