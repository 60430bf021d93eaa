import * as fc from 'fast-check'
import t from 'tap'
import { type Face, faces } from '../../../src/domain/words.ts'
import { faceColours } from '../../../src/panels/faces.ts'
import { glowOf, type Levels, type Mood, stillLevels } from '../../../src/panels/lights/animation.ts'
import { colourLight, luminance, toLight } from '../../../src/panels/lights/gamma.ts'
import { LampPainter } from '../../../src/panels/lights/lamp-lights.ts'
import { inOrder } from '../../../src/panels/lights/layout.ts'
import { matrixPicture } from '../../../src/panels/lights/matrix.ts'
import { pixelFrames } from '../../../src/panels/lights/pixel-lights.ts'
import { PixelPainter } from '../../../src/panels/lights/pixel-painter.ts'
import { milliamps, restMilliamps, withinBudget } from '../../../src/panels/lights/power.ts'
import type { PixelsProfile } from '../../../src/panels/profile/parts.ts'
import { litScenes, pressed } from '../../fakes/lit-scenes.ts'
import { allWhite, faceBytes, pixelsProfile, rings } from './pixels.ts'

const moods: Mood[] = ['dark', 'ready', 'pressed', 'resting', 'steering', 'thanks', 'fault', 'identify']

/** Any way in which pixels can be wired and fed. */
const profiles: fc.Arbitrary<PixelsProfile> = fc.record({
  shape: fc.constantFrom('ring', 'matrix'),
  pixelsPerFace: fc.integer({ min: 1, max: 64 }),
  chain: fc.shuffledSubarray([...faces], { minLength: 3 }),
  width: fc.integer({ min: 1, max: 16 }),
  rows: fc.constantFrom('straight', 'serpentine'),
  order: fc.constantFrom('GRB', 'RGB', 'BRG', 'RBG', 'GBR', 'BGR'),
  brightnessPercent: fc.integer({ min: 1, max: 100 }),
  milliampsPerPixel: fc.integer({ min: 1, max: 100 }),
  maxMilliamps: fc.integer({ min: 50, max: 20_000 }),
})
/** Any moment of any moods. */
const levels: fc.Arbitrary<Levels> = fc
  .tuple(
    fc.constantFrom(...moods),
    fc.constantFrom(...moods),
    fc.constantFrom(...moods),
    fc.integer({ min: 0, max: 1_000_000 }),
    fc.integer({ min: 0, max: 10_000 }),
  )
  .map(([a, b, c, at, since]) => {
    const glow = (mood: Mood, face: Face) => glowOf(mood, face, at, since)
    return {
      satisfied: glow(a, 'satisfied'),
      neutral: glow(b, 'neutral'),
      dissatisfied: glow(c, 'dissatisfied'),
    }
  })

t.test('the supply is never asked for more than it has, whatever is shown', async () => {
  fc.assert(
    fc.property(
      profiles,
      fc.oneof(levels, fc.constant(allWhite)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (own, levels, brightness) => {
        const frame = pixelFrames(own)(levels, brightness)
        const rest = (frame.length / 3) * restMilliamps
        return (
          frame.length === 9 * own.pixelsPerFace &&
          taken(frame, own) <= Math.max(own.maxMilliamps, rest) + 1e-6
        )
      },
    ),
    { numRuns: 500 },
  )
})

/** Counted anew: what a data sheet says of each channel of each pixel. */
function taken(frame: Uint8Array, { milliampsPerPixel }: PixelsProfile): number {
  return [...frame].reduce((sum, byte) => sum + (byte / 255) * (milliampsPerPixel / 3), frame.length / 3)
}

t.test('all white is dimmed to the budget, and not further than needed', async (t) => {
  const white = new Uint8Array(3 * 48).fill(255)
  const limits = { milliampsPerPixel: 60, maxMilliamps: 1500 }
  t.equal(milliamps(white, limits), 48 * 61)
  withinBudget(white, limits)
  t.ok(milliamps(white, limits) <= 1500)
  t.ok(milliamps(white, limits) > 1480)
  t.equal(new Set(white).size, 1)
  const frame = Uint8Array.of(200, 100, 0)
  t.same(withinBudget(frame.slice(), { milliampsPerPixel: 60, maxMilliamps: 50 }), frame, 'what fits stays')
  t.same(
    withinBudget(new Uint8Array(3 * 60).fill(255), { milliampsPerPixel: 60, maxMilliamps: 50 }),
    new Uint8Array(3 * 60),
    'too many to be lit at all',
  )
})

t.test('colours are those of the faces, as light', async (t) => {
  const frame = pixelFrames(rings)(stillLevels({ scene: pressed('dissatisfied') }), 1)
  const bytes = faceBytes(frame, 'dissatisfied', rings)
  t.same(
    [...bytes.subarray(0, 3)],
    colourLight(faceColours.dissatisfied.lit).map((light) => Math.round(255 * light)),
  )
  t.equal(toLight(0), 0)
  t.equal(toLight(1), 1)
  t.ok(Math.abs(toLight(0.5) - 0.214) < 0.001, 'half as bright is a fifth of the light')
  t.ok(Math.abs(luminance(...colourLight('#777777')) - 0.184) < 0.001)
})

t.test('brightness of profile and day is a share of the light', async (t) => {
  const scene = pressed('neutral')
  const [full] = faceBytes(pixelFrames(rings)(stillLevels({ scene }), 1), 'neutral', rings)
  const [half] = faceBytes(
    pixelFrames(pixelsProfile({ brightnessPercent: 50 }))(stillLevels({ scene }), 0.5),
    'neutral',
    rings,
  )
  t.equal(full, 255)
  t.equal(half, 64)
  for (const scene of Object.values(litScenes))
    t.ok(
      pixelFrames(rings)(stillLevels({ scene }), 0).every((byte) => byte === 0),
      'none is dark',
    )
})

t.test('what is lit stays lit, however dim', async () => {
  fc.assert(
    fc.property(
      levels,
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 100 }),
      (levels, brightness, brightnessPercent) => {
        const own = pixelsProfile({ brightnessPercent })
        const frame = pixelFrames(own)(levels, brightness)
        const lamps = new LampPainter(() => false).paint(levels, brightness)!
        return faces.every((face) => {
          const isLit = levels[face].own + levels[face].common > 0
          return faceBytes(frame, face, own).some((byte) => byte > 0) === isLit && lamps[face] > 0 === isLit
        })
      },
    ),
  )
})

t.test('the chain goes through the faces in the order of the profile', async (t) => {
  const own = pixelsProfile({ chain: ['dissatisfied', 'satisfied', 'neutral'], pixelsPerFace: 2 })
  const frame = pixelFrames(own)(stillLevels({ scene: pressed('dissatisfied') }), 1)
  t.equal(frame[0], 255)
  t.equal(frame[3], 255)
  t.ok(frame.subarray(6).every((byte) => byte < 40))
})

t.test('a matrix draws its face, also where every second row runs backwards', async (t) => {
  // Eleven columns: a face of eight by eight has one more dark one on its right, so that it has a direction.
  for (const rows of ['straight', 'serpentine'] as const) {
    const own = pixelsProfile({
      shape: 'matrix',
      pixelsPerFace: 88,
      width: 11,
      rows,
      chain: ['neutral', 'dissatisfied', 'satisfied'],
    })
    const frame = pixelFrames(own)(stillLevels({ scene: pressed('satisfied') }), 1)
    const bytes = faceBytes(frame, 'satisfied', own)
    const most = Math.max(...bytes)
    const picture = matrixPicture('satisfied', 11, 8)
    for (let row = 0; row < 8; row++)
      for (let column = 0; column < 11; column++) {
        const along = rows === 'serpentine' && row % 2 === 1 ? 10 - column : column
        const green = bytes[3 * (11 * row + along) + 1]!
        t.ok(Math.abs(green / most - picture[11 * row + column]! / 255) < 0.01, `${rows} ${row} ${column}`)
      }
  }
})

t.test('colours in the order of the pixels', async (t) => {
  const frame = Uint8Array.of(1, 2, 3, 4, 5, 6)
  t.same([...inOrder(frame, 'GRB')], [2, 1, 3, 5, 4, 6])
  t.same([...inOrder(frame, 'BRG')], [3, 1, 2, 6, 4, 5])
  t.same([...inOrder(frame, 'GBR')], [2, 3, 1, 5, 6, 4])
  t.same([...inOrder(frame, 'RGB')], [...frame])
  t.not(inOrder(frame, 'RGB'), frame)
})

t.test('the same frame is not painted twice', async (t) => {
  for (const painter of [new PixelPainter(rings), new LampPainter(() => false)]) {
    const dark = stillLevels({ scene: litScenes.closed })
    t.ok(painter.paint(dark, 1), 'nobody knows what was there before: dark is news')
    t.equal(painter.paint(dark, 1), undefined)
    const idle = stillLevels({ scene: litScenes.idle })
    const first = painter.paint(idle, 1)
    t.ok(first)
    const kept = JSON.stringify(first)
    t.equal(painter.paint(idle, 1), undefined)
    t.ok(painter.paint(idle, 0.5))
    t.equal(JSON.stringify(first), kept, 'a frame that was handed out stays as it is')
  }
})
