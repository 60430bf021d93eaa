import { type Scene, scene } from '../../../src/domain/scene.ts'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { firstVisit, type Visit, type VisitRules } from '../../../src/domain/visit.ts'
import type { Language } from '../../../src/domain/words.ts'
import { visitRules } from '../../terminal/rules.ts'

/** Moments of a visit that a display has to show, and how long after their beginning it is looked at. */
export interface Moment {
  name: string
  scene: Scene
  at: number
}

const draft = {
  visit: 1,
  face: 'dissatisfied',
  pressedAt: 0,
  lockedUntil: 3000,
  suppressed: 0,
  suppressedWritten: 0,
  kept: true,
} as const

/** Looked at where a text may need more than one page. */
const later = [0, 2_500, 5_000, 7_500]

/** All screens in a language. */
export function moments(language: Language): Moment[] {
  const rules: VisitRules = { ...visitRules, languages: [language] }
  const { service, visits } = firstVisit(rules)
  const standing = { language, service, visits }
  const asking = { ...standing, at: 'asking', draft, limit: 60_000, until: 20_000 } as const
  const of = (name: string, visit: Visit, at = 0): Moment => ({
    name,
    scene: scene(visit, it2009, rules),
    at,
  })
  return [
    of('idle', { ...standing, at: 'idle' }),
    of('recording', { ...standing, at: 'recording', draft: { ...draft, kept: false }, writing: 1, until: 1 }),
    of('asked', asking, 0),
    of('asking 1', asking, 3_000),
    of('asking 2', asking, 6_000),
    of('asking 3', asking, 9_000),
    ...[0, 1, 2, 3, 4].map((chosen) => of(`steered ${chosen + 1}`, { ...asking, chosen }, 3_000)),
    of('thanking', { ...standing, at: 'thanking', draft, until: 3_000 }),
    ...later.map((at) => of(`closed ${at}`, { ...standing, at: 'closed' }, at)),
    ...later.map((at) =>
      of(`not recorded ${at}`, { ...standing, at: 'fault', why: 'not-recorded', until: 9_000 }, at),
    ),
    ...later.map((at) => of(`out of service ${at}`, { ...standing, at: 'fault', why: 'out-of-service' }, at)),
    ((moment) => ({ ...moment, scene: { ...moment.scene, identify: true as const } }))(
      of('identify', { ...standing, at: 'idle' }),
    ),
  ]
}
