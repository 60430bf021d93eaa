import type { MonoMs } from '../../domain/time.ts'
import type { Face } from '../../domain/words.ts'
import { type Glow, glowOf, type Mood, paceOf, stillGlow } from './animation.ts'

/**
 * From mood to mood. A face keeps a mood for a while before it takes the next, whoever hammers on the keys:
 * so it lights up less than three times a second, whatever the scenes are (WCAG 2.3.1). Only a press is
 * answered at once, since a press that came shortly before is still to be seen then.
 */

/** The mood of a face, since when, and how it was lit before. */
export interface Held {
  mood: Mood
  since: MonoMs
  from: Glow
}

/** So long a face keeps its mood, at least. */
export const holdMs = 350

const fadeMs: Readonly<Record<Mood, number>> = {
  dark: 600,
  ready: 500,
  pressed: 0,
  resting: 300,
  steering: 300,
  thanks: 300,
  fault: 600,
  identify: 300,
}
const fadePaceMs = 40

export const unlit: Held = { mood: 'dark', since: Number.NEGATIVE_INFINITY, from: { own: 0, common: 0 } }

/** The mood of a face of which another one is wanted. */
export function follow(held: Held, wanted: Mood, face: Face, at: MonoMs, moving: boolean): Held {
  if (wanted === held.mood || (wanted !== 'pressed' && at < held.since + holdMs)) return held
  return { mood: wanted, since: at, from: glowNow(held, face, at, moving) }
}

/** How a face in this mood is lit now. */
export function glowNow({ mood, since, from }: Held, face: Face, at: MonoMs, moving: boolean): Glow {
  if (!moving) return stillGlow(mood)
  const to = glowOf(mood, face, at, at - since)
  const share = (at - since) / fadeMs[mood]
  if (!(share < 1)) return to
  const eased = share * share * (3 - 2 * share)
  return {
    own: from.own + (to.own - from.own) * eased,
    common: from.common + (to.common - from.common) * eased,
  }
}

/** When it is next to be looked at; undefined where nothing more comes of itself. */
export function nextLook(
  { mood, since }: Held,
  wanted: Mood,
  at: MonoMs,
  moving: boolean,
): MonoMs | undefined {
  const held = wanted === mood ? undefined : since + holdMs
  const pace = moving ? (at - since < fadeMs[mood] ? fadePaceMs : paceOf(mood, at - since)) : undefined
  if (pace === undefined) return held
  return held === undefined ? at + pace : Math.min(held, at + pace)
}
