import type { Light, Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import { type Face, faces } from '../../domain/words.ts'

/**
 * How bright each face is, as a pure function of scene and time. Levels are as the eye sees them: 0 is dark,
 * 1 the brightest, and ½ looks half as bright. Everything is slow: a level changes its direction at most
 * twice a second, less than a third of what WCAG 2.3.1 (three flashes a second) allows.
 */
export type Levels = Record<Face, number>

/** What is shown since when, and what was there before it. */
export interface Lit {
  scene: Pick<Scene, 'at' | 'lights' | 'identify'>
  since: MonoMs
  from: Levels
}

export const dark: Levels = { satisfied: 0, neutral: 0, dissatisfied: 0 }

const breathMs = 5_000
const chaseMs = 1_500
const fadeMs = 250

/** Mean level of each kind of light. `ready` and what is brighter is on where a lamp knows only on and off. */
const means: Record<Light, number> = { ready: 0.7, pressed: 1, resting: 0.2, thanks: 0.85, off: 0 }
const breath = 0.1
/** Out of service is not quite dark, so that a technician can tell it from a counter that is closed. */
const faultLevel = 0.12

/** The levels at a moment. */
export function levelsAt(lit: Lit, now: MonoMs): Levels {
  return each((face) => levelAt(lit, face, now))
}

/** The levels of a picture that stands still. */
export function stillLevels({ scene }: Pick<Lit, 'scene'>): Levels {
  return each((face) => (scene.identify ? 1 : mean(scene, face)))
}

/** When it looks different next, at the earliest; undefined where it stands still. */
export function nextFrame({ scene, since }: Lit, now: MonoMs): MonoMs | undefined {
  if (scene.identify || now - since < fadeMs) return now + 40
  return faces.some((face) => scene.lights[face] === 'ready') ? now + 80 : undefined
}

function levelAt({ scene, since, from }: Lit, face: Face, now: MonoMs): number {
  const light = scene.lights[face]
  const breathing = light === 'ready' ? breath * Math.sin((2 * Math.PI * (now - since)) / breathMs) : 0
  const target = mean(scene, face) + breathing
  const level = fades(light) ? target + (from[face] - target) * remaining(now - since) : target
  return scene.identify ? Math.max(level * 0.4, chase(face, now - since)) : level
}

/** The finger is answered at once; and from the thank-you nobody can read which face was lit before. */
function fades(light: Light): boolean {
  return light !== 'pressed' && light !== 'thanks'
}

function mean({ at, lights }: Lit['scene'], face: Face): number {
  return at === 'fault' && face === 'neutral' ? faultLevel : means[lights[face]]
}

/** From 1 to 0 during a fade, without corners. */
function remaining(elapsedMs: number): number {
  if (elapsedMs >= fadeMs) return 0
  return (1 + Math.cos((Math.PI * elapsedMs) / fadeMs)) / 2
}

/** A light that walks from face to face. */
function chase(face: Face, elapsedMs: number): number {
  const place = faces.indexOf(face) / faces.length
  return (1 + Math.cos(2 * Math.PI * (elapsedMs / chaseMs - place))) / 2
}

function each(level: (face: Face) => number): Levels {
  return Object.fromEntries(faces.map((face) => [face, level(face)])) as Levels
}
