import { faces, reasons } from '../../src/domain/words.ts'
import type { Intent, Moment } from './citizen.ts'
import type { Random } from './random.ts'

/** One life of the terminal, up to the power cut. */
export interface Round {
  intents: Intent[]
  /** So many milliseconds after a moment of the start, or of the last visit. */
  cut: { after: 'launched' | 'opened' | 'ready' | Moment; ms: number }
  /** It stays away for the whole round, comes in the midst of it, or leaves. */
  broker: 'there' | 'away' | 'comes' | 'leaves'
}

/** How long after the thank-you a visit is over, and its vote can be told. */
const visitMs = 1_500

/** How long things take on this computer, as seen so far. */
export interface Pace {
  /** From the launch until votes are taken. */
  startMs: number
  /** From the press to the thank-you, or to the question. */
  pressMs: number
}

export function planRound(random: Random, pace: Pace): Round {
  const broker = random.pick(['there', 'there', 'there', 'there', 'away', 'comes', 'leaves'] as const)
  return { ...random.pick(kinds)(random, pace), broker }
}

type Kind = (random: Random, pace: Pace) => Omit<Round, 'broker'>

/** Each is as frequent as it stands here. */
const kinds: Kind[] = [
  // Anywhere in the start, or while the journal recovers and begins anew.
  (random, { startMs }) => ({
    intents: [],
    cut: { after: 'launched', ms: random.between(0, startMs * 1.3) },
  }),
  (random) => ({ intents: [], cut: { after: 'opened', ms: random.between(0, 60) } }),
  (random) => ({ intents: [], cut: { after: 'ready', ms: random.between(0, 60) } }),
  // Right at the press, where the disk is being written.
  (random, { pressMs }) => ({
    intents: [intent(random)],
    cut: { after: 'pressed', ms: random.between(0, pressMs) },
  }),
  (random, { pressMs }) => ({
    intents: [intent(random)],
    cut: { after: 'pressed', ms: random.between(pressMs / 2, pressMs * 2) },
  }),
  // In the same instant as the thank-you, and until the vote has been told.
  (random) => ({ intents: [intent(random)], cut: { after: 'thanked', ms: random.between(0, 10) } }),
  (random) => ({
    intents: [intent(random)],
    cut: { after: 'thanked', ms: random.between(0, visitMs * 1.3) },
  }),
  (random) => {
    const ms = random.between(visitMs - 20, visitMs + 80)
    return { intents: [{ ...intent(random), further: [200] }], cut: { after: 'thanked', ms } }
  },
  // At the reason.
  (random, { pressMs }) => {
    const asking: Intent = { face: 'dissatisfied', reason: random.pick(reasons), further: [] }
    return { intents: [asking], cut: { after: 'answered', ms: random.between(0, pressMs * 1.5) } }
  },
  // Several visits behind one another.
  (random) => {
    const intents = Array.from({ length: random.chance(0.5) ? 2 : 3 }, () => intent(random))
    return { intents, cut: { after: 'pressed', ms: random.between(0, visitMs) } }
  },
]

function intent(random: Random): Intent {
  const face = random.pick(faces)
  const further = random.chance(0.3) ? [random.between(0, 300), random.between(0, 300)] : []
  if (face !== 'dissatisfied' || random.chance(0.3)) return { face, further }
  return { face, reason: random.pick(reasons), further }
}
