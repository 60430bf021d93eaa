import type { Scene } from '../../domain/scene.ts'
import { type Face, faces } from '../../domain/words.ts'
import { toLight } from './gamma.ts'

/**
 * How a face is lit, as a pure function of what the scene wants of it and of time. Everything is slow: the
 * quickest motion takes more than a second, so that nothing comes near three flashes a second (WCAG 2.3.1).
 */

/** What a face does. */
export type Mood =
  | 'dark'
  /** Invites: breathes. */
  | 'ready'
  /** Answers the finger: full, at once. */
  | 'pressed'
  /** Waits behind a question. */
  | 'resting'
  /** Takes presses while a question is asked. */
  | 'steering'
  /** Two calm swells, the same for each face. */
  | 'thanks'
  /** Out of order: only a glimmer, so that it is not taken for unplugged. */
  | 'fault'
  /** Shows which terminal this is: a wave that runs from face to face. */
  | 'identify'

/** Light of two colours, each 0 to 1: the face's own, and the one that all faces have in common. */
export interface Glow {
  own: number
  common: number
}

/** The common colour: of the thank-you, of being found, and of being out of order. */
export const commonColour = '#6fb4ff'

/** What of a scene is to be seen on lights. */
export type LitScene = Pick<Scene, 'at' | 'lights'> & Partial<Pick<Scene, 'identify' | 'screen'>>

export function moodOf(face: Face, scene: LitScene): Mood {
  const light = scene.lights[face]
  if (scene.identify && light !== 'pressed') return 'identify'
  switch (light) {
    case 'ready':
    case 'pressed':
    case 'thanks':
      return light
    case 'resting':
      return scene.screen?.steering ? 'steering' : 'resting'
    case 'off':
      return scene.at === 'fault' ? 'fault' : 'dark'
  }
}

const breathMs = 6_000
/** A disk that takes longer than this makes the pressed face breathe, so that one sees that it works. */
const patienceMs = 1_000
const workMs = 2_000
const swellMs = 1_500
const swells = 2
const waveMs = 1_200

/**
 * @param at on the monotonic clock; what goes on for ever does so in step with it, across scenes
 * @param sinceMs for how long the face has been in this mood
 */
export function glowOf(mood: Mood, face: Face, at: number, sinceMs: number): Glow {
  const place = faces.indexOf(face)
  switch (mood) {
    case 'ready':
      return own(between(0.76, 0.88, wave(at / breathMs - place / 8)))
    case 'pressed':
      return own(sinceMs <= patienceMs ? 1 : between(0.8, 1, wave((sinceMs - patienceMs) / workMs)))
    case 'thanks':
      return common(between(0.6, 1, wave(Math.min(sinceMs / swellMs, swells))))
    case 'identify':
      return common(between(0.25, 1, wave(at / waveMs - place / 3)))
    case 'dark':
    case 'resting':
    case 'steering':
    case 'fault':
      return stillGlow(mood)
  }
}

/** The same for lights that are not to move. */
export function stillGlow(mood: Mood): Glow {
  switch (mood) {
    case 'dark':
      return own(0)
    case 'ready':
      return own(0.84)
    case 'pressed':
      return own(1)
    case 'resting':
      return own(0.35)
    case 'steering':
      return own(0.76)
    case 'thanks':
      return common(1)
    case 'fault':
      return common(0.18)
    case 'identify':
      return common(1)
  }
}

/** How each face is lit. */
export type Levels = Readonly<Record<Face, Glow>>

/** A scene on lights that are not to move. */
export function stillLevels({ scene }: { scene: LitScene }): Levels {
  return eachFace((face) => stillGlow(moodOf(face, scene)))
}

export function eachFace<T>(of: (face: Face) => T): Record<Face, T> {
  // Written out, since it is done for each frame.
  return { satisfied: of('satisfied'), neutral: of('neutral'), dissatisfied: of('dissatisfied') }
}

/** How soon it looks another way, in ms; undefined where it goes on looking as it does. */
export function paceOf(mood: Mood, sinceMs: number): number | undefined {
  switch (mood) {
    case 'ready':
      return 66
    case 'pressed':
      return sinceMs < patienceMs ? patienceMs - sinceMs : 50
    case 'thanks':
      return sinceMs < swells * swellMs ? 40 : undefined
    case 'identify':
      return 40
    default:
      return undefined
  }
}

/** One at whole turns, zero at half ones, and smooth between. */
function wave(turns: number): number {
  return 0.5 + 0.5 * Math.cos(2 * Math.PI * (turns % 1))
}

function between(low: number, high: number, share: number): number {
  return low + (high - low) * share
}

/** @param level how bright it looks, 0 to 1 */
function own(level: number): Glow {
  return { own: toLight(level), common: 0 }
}

function common(level: number): Glow {
  return { own: 0, common: toLight(level) }
}
