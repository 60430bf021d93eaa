import type { Test } from 'tap'
import type { Edge } from '../../../src/domain/press-filter.ts'
import { type Scene, scene } from '../../../src/domain/scene.ts'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import type { Visit } from '../../../src/domain/visit.ts'
import { type Language, languages } from '../../../src/domain/words.ts'
import { shareNextion } from '../../../src/panels/displays/nextion/open-line.ts'
import { nextionPicture } from '../../../src/panels/displays/nextion/picture.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import { openNextionKeys } from '../../../src/panels/keys/nextion-keys.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Log } from '../../../src/ports/log.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { NextionModel, type NextionModelOptions } from '../../fakes/nextion-model.ts'
import { lineTo } from '../../fakes/nextion-on-mock.ts'
import { turn, turns, until } from '../../fakes/until.ts'

/** What the panel hands to its drivers. */
export function panelContext(clock: Clock, log: Log) {
  const shared = new Map<string, Promise<AsyncDisposable>>()
  const context: PanelContext = {
    clock,
    log,
    browser: { listen: { host: '127.0.0.1', port: 0 } },
    lighting: { brightness: () => 1, animation: true },
    share<T extends AsyncDisposable>(name: string, open: () => T | Promise<T>) {
      const opening = shared.get(name) ?? Promise.resolve().then(open)
      shared.set(name, opening)
      return opening as Promise<T>
    },
  }
  return context
}

let ports = 0

/** Keys and line of a display that is a model, on serialport's mock binding. */
export async function nextionRig(test: Test, options: NextionModelOptions & { hung?: boolean } = {}) {
  const clock = new FakeClock()
  const log = new FakeLog()
  const model = new NextionModel(options)
  model.hung = options.hung ?? false
  const line = lineTo(model, `/dev/ttyUSB${100 + ports++}`)
  const context = panelContext(clock, log)
  const profile = { device: line.path, baud: '115200' }
  const keys = await openNextionKeys(profile, context, { make: line.make, root: '/nowhere' })
  const piece = await shareNextion(profile, context)
  const edges: string[] = []
  keys.listen(({ key, edge }: Edge) => edges.push(`${key} ${edge}`))
  test.teardown(async () => {
    const over = piece[Symbol.asyncDispose]()
    await passing(clock, over)
  })
  const rig = {
    clock,
    log,
    context,
    profile,
    model,
    line,
    keys,
    piece,
    edges,
    problem: () => {
      const condition = keys.condition()
      return condition.is === 'broken' ? condition.problem : ''
    },
    /** Time passes until something is so; not while what is waited for is the computer. */
    async within(ms: number, so: () => boolean, what?: string) {
      for (let passed = 0; !so() && passed <= ms; passed += 50) {
        await turns(5)
        await until(() => so() || clock.waiting > 0, 'an alarm is set')
        if (!so()) clock.advance(50)
      }
      await until(so, what, 1000)
    },
    async ready() {
      await rig.within(5000, () => keys.condition().is === 'good')
      return rig
    },
    /** Shows a scene and waits until it is on the display. */
    async show(shown: Scene) {
      await piece.current!.write(nextionPicture(shown, clock.now().mono))
      await rig.quiet()
    },
    /** Waits until nothing is on its way any more. */
    async quiet() {
      for (let before = -1; before !== model.instructions.length; ) {
        before = model.instructions.length
        await turns(30)
      }
    },
  }
  return rig
}

/** Time passes until a promise is settled. */
export async function passing<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let over = false
  const end = () => {
    over = true
  }
  promise.then(end, end)
  while (!over) {
    await turn()
    clock.advance(10)
  }
  return promise
}

/** A visit at one of its places, as a citizen sees it. */
export function sceneAt(
  at: 'idle' | 'pressed' | 'asking' | 'noting' | 'thanking' | 'closed' | 'fault',
  language: Language = 'it',
  offered: readonly [Language, ...Language[]] = languages,
  untilMs = 20_000,
): Scene {
  const draft = { face: 'dissatisfied', ...(at === 'noting' && { answer: { outcome: 'skipped' } }) }
  const states: Record<typeof at, object> = {
    idle: { at: 'idle' },
    pressed: { at: 'recording', draft },
    noting: { at: 'recording', draft },
    asking: { at: 'asking', until: untilMs, draft },
    thanking: { at: 'thanking' },
    closed: { at: 'closed' },
    fault: { at: 'fault', why: 'not-recorded' },
  }
  const visit = { ...states[at], language } as unknown as Visit
  return scene(visit, it2009, { askMs: 20_000, languages: offered })
}
