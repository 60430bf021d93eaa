import * as fc from 'fast-check'
import t from 'tap'
import { type Face, faces } from '../../../src/domain/words.ts'
import {
  glowOf,
  type Mood,
  moodOf,
  paceOf,
  stillGlow,
  stillLevels,
} from '../../../src/panels/lights/animation.ts'
import { LampPainter } from '../../../src/panels/lights/lamp-lights.ts'
import { follow, glowNow, holdMs, unlit } from '../../../src/panels/lights/mood.ts'
import { pixelFrames } from '../../../src/panels/lights/pixel-lights.ts'
import { litScenes } from '../../fakes/lit-scenes.ts'
import { faceBytes, howMuch, matrices, mostInASecond, rings, rises, words } from './pixels.ts'

type SceneName = keyof typeof litScenes

/** Satisfied, neutral, dissatisfied: what pixels show, and lamps, dimmed ones and those that know only on and off. */
const table: Record<
  SceneName,
  { pixels: [string, string, string]; lamps: [string, string, string]; onOff: string }
> = {
  idle: same('lit own', 'lit', '111'),
  'recording satisfied': {
    pixels: ['full own', 'dim own', 'dim own'],
    lamps: ['full', 'dim', 'dim'],
    onOff: '100',
  },
  'recording neutral': {
    pixels: ['dim own', 'full own', 'dim own'],
    lamps: ['dim', 'full', 'dim'],
    onOff: '010',
  },
  'recording dissatisfied': {
    pixels: ['dim own', 'dim own', 'full own'],
    lamps: ['dim', 'dim', 'full'],
    onOff: '001',
  },
  'recording the answer': same('dim own', 'dim', '000'),
  asking: same('dim own', 'dim', '000'),
  'asking by the faces': same('lit own', 'lit', '111'),
  thanking: same('full common', 'full', '111'),
  closed: same('dark', 'dark', '000'),
  fault: same('glimmer common', 'glimmer', '000'),
  identify: same('full common', 'full', '111'),
  'identify while recording': {
    pixels: ['full common', 'full own', 'full common'],
    lamps: ['full', 'full', 'full'],
    onOff: '111',
  },
  'identify while closed': same('full common', 'full', '111'),
}

function same(pixels: string, lamps: string, onOff: string) {
  return { pixels: triple(pixels), lamps: triple(lamps), onOff }
}

function triple(word: string): [string, string, string] {
  return [word, word, word]
}

t.test('each scene on each kind of lights', async (t) => {
  for (const name of Object.keys(table) as SceneName[]) {
    const levels = stillLevels({ scene: litScenes[name] })
    for (const own of [rings, matrices]) {
      const frame = pixelFrames(own)(levels, 1)
      t.same(
        faces.map((face) => brightest(frame, face, own)),
        table[name].pixels,
        `${name}: ${own.shape}`,
      )
    }
    const lamps = new LampPainter(() => false).paint(levels, 1)!
    const level = (face: Face) => howMuch(lamps[face])
    t.same(faces.map(level), table[name].lamps, `${name}: lamps`)
    const onOff = new LampPainter(() => true).paint(levels, 0.1)!
    t.equal(faces.map((face) => onOff[face]).join(''), table[name].onOff, `${name}: lamps without steps`)
  }
})

/** What the brightest pixel of a face shows. */
function brightest(frame: Uint8Array, face: Face, own: typeof rings): string {
  const bytes = faceBytes(frame, face, own)
  let best = 0
  for (let i = 0; i < bytes.length; i += 3)
    if (bytes[i]! + bytes[i + 1]! + bytes[i + 2]! > bytes[best]! + bytes[best + 1]! + bytes[best + 2]!)
      best = i
  return words(bytes[best]! / 255, bytes[best + 1]! / 255, bytes[best + 2]! / 255, face)
}

const moods = [
  ...new Set(Object.values(litScenes).flatMap((scene) => faces.map((face) => moodOf(face, scene)))),
]
const mood = fc.constantFrom<Mood>(...moods)
const face = fc.constantFrom<Face>(...faces)
const moment = fc.integer({ min: 0, max: 2_000_000_000 })

t.test('every mood there is comes from a scene', async (t) => {
  t.same([...moods].sort(), [
    'dark',
    'fault',
    'identify',
    'pressed',
    'ready',
    'resting',
    'steering',
    'thanks',
  ])
})

t.test('light is light, whatever the mood and the time', async () => {
  fc.assert(
    fc.property(mood, face, moment, fc.integer({ min: 0, max: 100_000 }), (mood, face, at, sinceMs) => {
      const { own, common } = glowOf(mood, face, at, sinceMs)
      return own >= 0 && common >= 0 && own + common <= 1
    }),
  )
})

t.test('a press is answered at once, at full, by the face that was pressed', async (t) => {
  for (const face of faces) {
    t.same(glowOf('pressed', face, 12_345, 0), { own: 1, common: 0 })
    const held = follow({ ...unlit, mood: 'ready', since: 990 }, 'pressed', face, 1000, true)
    t.same(glowNow(held, face, 1000, true), { own: 1, common: 0 }, 'without a fade, and without a wait')
  }
})

t.test('the thank-you tells nothing of the face', async () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 10_000 }), (at, sinceMs) => {
      const [first, ...others] = faces.map((face) => JSON.stringify(glowOf('thanks', face, at, sinceMs)))
      return others.every((other) => other === first)
    }),
  )
})

t.test('breathing is slow and small', async () => {
  const frames = pixelFrames(rings)
  fc.assert(
    fc.property(moment, (at) => {
      const step = paceOf('ready', 0)!
      const now = frames(levelsOf('ready', at), 1)
      const next = frames(levelsOf('ready', at + step), 1)
      return now.every((byte, i) => Math.abs(byte - next[i]!) <= 4)
    }),
  )
  fc.assert(
    fc.property(face, moment, (face, at) => {
      const still = stillGlow('ready').own
      return Math.abs(glowOf('ready', face, at, 0).own - still) < 0.15
    }),
  )
})

function levelsOf(mood: Mood, at: number) {
  return Object.fromEntries(faces.map((face) => [face, glowOf(mood, face, at, at)])) as ReturnType<
    typeof stillLevels
  >
}

t.test('no mood flashes, on any lights', async (t) => {
  for (const mood of moods)
    for (const face of faces) {
      const series = Array.from({ length: 2000 }, (_, i) => {
        const { own, common } = glowOf(mood, face, 10 * i, 10 * i)
        return [10 * i, own + common] as const
      })
      t.ok(mostInASecond(rises(series, 0.01)) <= 1, `${face} ${mood}`)
    }
})

t.test('still, wherever nothing moves', async () => {
  fc.assert(
    fc.property(
      mood,
      face,
      moment,
      fc.integer({ min: 0, max: 10_000 }),
      fc.integer({ min: 0, max: 5000 }),
      (mood, face, at, sinceMs, laterMs) => {
        if (paceOf(mood, sinceMs) !== undefined) return true
        const now = JSON.stringify(glowOf(mood, face, at, sinceMs))
        return now === JSON.stringify(glowOf(mood, face, at + laterMs, sinceMs + laterMs))
      },
    ),
    { numRuns: 500 },
  )
})

t.test('a face keeps its mood for a while, except from a finger', async (t) => {
  const thanks = follow(unlit, 'thanks', 'neutral', 1000, true)
  t.equal(thanks.mood, 'thanks', 'the first one at once')
  t.equal(follow(thanks, 'ready', 'neutral', 1000 + holdMs - 1, true), thanks)
  t.equal(follow(thanks, 'ready', 'neutral', 1000 + holdMs, true).mood, 'ready')
  const pressed = follow(thanks, 'pressed', 'neutral', 1001, true)
  t.equal(pressed.mood, 'pressed')
  t.equal(follow(pressed, 'thanks', 'neutral', 1001 + holdMs - 1, true), pressed, 'and can be seen')
})

t.test('a fade begins where it is, and ends where it goes', async () => {
  fc.assert(
    fc.property(
      mood,
      mood,
      face,
      moment,
      fc.integer({ min: holdMs, max: 5000 }),
      (first, second, face, at, later) => {
        const before = follow(unlit, first, face, at, true)
        const after = follow(before, second, face, at + later, true)
        if (second === first || second === 'pressed') return true
        const from = glowNow(before, face, at + later, true)
        const begins = glowNow(after, face, at + later, true)
        const ends = glowNow(after, face, at + later + 700, true)
        return (
          Math.abs(from.own - begins.own) < 1e-9 &&
          Math.abs(from.common - begins.common) < 1e-9 &&
          JSON.stringify(ends) === JSON.stringify(glowOf(second, face, at + later + 700, 700))
        )
      },
    ),
  )
})
