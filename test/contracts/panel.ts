import type { Test } from 'tap'
import type { Edge } from '../../src/domain/press-filter.ts'
import { type Scene, scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { firstVisit, step, type VisitRules } from '../../src/domain/visit.ts'
import { faces, type Key } from '../../src/domain/words.ts'
import type { Panel } from '../../src/ports/panel.ts'
import type { FakeClock } from '../fakes/fake-clock.ts'

/** A panel, and a citizen in front of it. */
export interface PanelWorld {
  panel: Panel
  clock: FakeClock
  /** Resolves when the panel has taken the press. */
  press(key: Key): Promise<void>
  /** What is to be seen now. */
  see(): Promise<Scene>
}

const rules: VisitRules = {
  correctionMs: 2000,
  togetherMs: 100,
  lockoutMs: 3000,
  thanksMs: 1500,
  askMs: 20_000,
  askLimitMs: 60_000,
  recordMs: 10_000,
  faultMs: 5000,
  languageMs: 20_000,
  gestureMs: 10_000,
  gestureBriefMs: 2_000,
  asks: ['dissatisfied'],
  reasons: it2009.reasons,
  languages: ['it', 'de'],
}

const idle = firstVisit(rules)
const { visit: recording } = step(idle, { on: 'press', key: 'dissatisfied' }, 1000, rules)
const { visit: asking } = step(recording, { on: 'recorded', visit: 1 }, 1010, rules)
const closed = firstVisit(rules, 'closed')
const [idleScene, recordingScene, askingScene, closedScene] = [idle, recording, asking, closed].map((visit) =>
  scene(visit, it2009, rules),
) as [Scene, Scene, Scene, Scene]

/** What holds for every panel behind the ports Keys, Lights and Display. */
export function panelContract(t: Test, open: (t: Test) => Promise<PanelWorld>): void {
  const show = ({ panel }: PanelWorld, scene: Scene) => {
    panel.lights.show(scene.lights, scene)
    panel.display.show(scene)
  }

  t.test('it has a name and at least the three faces, and says how its parts are', async (t) => {
    const { panel } = await open(t)
    t.not(panel.name, '')
    t.ok(faces.every((face) => panel.keys.keys.includes(face)))
    t.ok(panel.keys.debounceMs >= 0)
    for (const part of [panel.keys, panel.lights, panel.display]) t.same(part.condition(), { is: 'good' })
  })

  t.test('a press is told as its edges, at the time of the monotonic clock', async (t) => {
    const world = await open(t)
    const edges: Edge[] = []
    world.panel.keys.listen((edge) => edges.push(edge))
    show(world, idleScene)
    const at = world.clock.now().mono
    for (const key of world.panel.keys.keys) await world.press(key)
    const expected = world.panel.keys.keys.flatMap((key) => [
      { key, edge: 'down', at },
      { key, edge: 'up', at },
    ])
    t.same(edges, expected)
  })

  t.test('a press to which nobody listens does no harm', async (t) => {
    const world = await open(t)
    await world.press('satisfied')
    show(world, idleScene)
    t.match(await world.see(), idleScene)
  })

  t.test('the latest scene is seen, whole, also by who looks later', async (t) => {
    const world = await open(t)
    for (const scene of [idleScene, recordingScene, askingScene, closedScene, askingScene]) {
      show(world, scene)
      t.match(await world.see(), scene)
      t.match(await world.see(), scene, 'and again')
    }
    show(world, idleScene)
    show(world, recordingScene)
    t.match(await world.see(), recordingScene, 'of two in a row the second')
  })

  t.test('it can be disposed twice; then it is silent, and showing does no harm', async (t) => {
    const world = await open(t)
    const edges: Edge[] = []
    world.panel.keys.listen((edge) => edges.push(edge))
    show(world, idleScene)
    await world.panel[Symbol.asyncDispose]()
    await world.panel[Symbol.asyncDispose]()
    await world.press('satisfied').catch(() => {
      // Where the citizen is told that the panel has gone.
    })
    show(world, closedScene)
    t.same(edges, [])
  })
}
