import type { WallMs } from '../../domain/time.ts'
import type { ToldVote } from '../../domain/vote.ts'
import type { Face, Language, Outcome, Reason } from '../../domain/words.ts'
import type { FaceShares } from './moods.ts'
import type { Random } from './random.ts'
import { namesReason, type Trouble } from './troubles.ts'

/** What one citizen does, all but when by whose clock. */
export interface Visit
  extends Pick<ToldVote, 'face' | 'reason' | 'outcome' | 'language' | 'suppressed' | 'corrected'> {
  /** From the press to the last piece of the vote. */
  lastsMs: number
}

const languages = [
  ['it', 93],
  ['en', 4],
  ['de', 1.5],
  ['fr', 1],
  ['sl', 0.5],
] as const satisfies readonly (readonly [Language, number])[]

const endings = [
  ['selected', 74],
  ['timed-out', 16],
  ['skipped', 10],
] as const satisfies readonly (readonly [Outcome, number])[]

/** The survey asks who is dissatisfied, for so long. */
const askMs = 20_000
const lockoutMs = 3_000

export interface Weather {
  shares: FaceShares
  reasons: readonly (readonly [Reason, number])[]
  trouble: Trouble | undefined
}

export function visit({ shares, reasons, trouble }: Weather, random: Random): Visit {
  const language = random.chance(0.07) ? random.weighted(languages) : 'it'
  const face = faceOf(shares, random)
  const suppressed = random.chance(0.05) ? suppressedPresses(random) : 0
  const corrected = random.chance(0.02)
  if (face !== 'dissatisfied') {
    // What follows the press is written at the end of the lock-out.
    const lastsMs = suppressed > 0 || corrected ? lockoutMs : random.whole(2, 9)
    return { face, outcome: 'not-asked', language, suppressed, corrected, lastsMs }
  }
  const outcome = random.weighted(endings)
  if (outcome !== 'selected') {
    const lastsMs = outcome === 'timed-out' ? askMs + random.whole(0, 9) : random.whole(1_500, 9_000)
    return { face, outcome, language, suppressed, corrected, lastsMs }
  }
  const reason = trouble && random.chance(namesReason) ? trouble.reason : random.weighted(reasons)
  const lastsMs = random.whole(1_800, 14_000)
  return { face, reason, outcome, language, suppressed, corrected, lastsMs }
}

function faceOf({ dissatisfied, neutral }: FaceShares, random: Random): Face {
  const drawn = random.next()
  if (drawn < dissatisfied) return 'dissatisfied'
  return drawn < dissatisfied + neutral ? 'neutral' : 'satisfied'
}

/** Mostly a second touch; now and then a child that found a button. */
function suppressedPresses(random: Random): number {
  return random.chance(0.05) ? random.whole(4, 25) : random.whole(1, 3)
}

/** A power cut takes the answer, and the terminal tells so. */
export function interrupted({ reason: _, ...visit }: Visit): Visit {
  return { ...visit, outcome: 'interrupted', suppressed: 0, corrected: false, lastsMs: 2 }
}

/** When the next citizen can press. */
export function freeAgain(press: WallMs, { lastsMs }: Visit): WallMs {
  return press + Math.max(lastsMs, lockoutMs) + 500
}
