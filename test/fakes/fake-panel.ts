import type { Edge } from '../../src/domain/press-filter.ts'
import type { Scene } from '../../src/domain/scene.ts'
import type { MonoMs } from '../../src/domain/time.ts'
import { type Key, keys } from '../../src/domain/words.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Condition, Display, Keys, LightsPort, Panel } from '../../src/ports/panel.ts'

/** A panel without hardware: a test presses its keys and sees what a citizen would see. */
export class FakePanel implements Panel {
  readonly name = 'fake'
  readonly keys: Keys
  readonly lights: LightsPort
  readonly display: Display
  /** What each part says about itself. */
  readonly conditions: Record<'keys' | 'lights' | 'display', Condition> = {
    keys: { is: 'good' },
    lights: { is: 'good' },
    display: { is: 'good' },
  }
  /** Every scene that was shown, and when. */
  readonly scenes: { at: MonoMs; scene: Scene }[] = []
  /** Every scene that was lit; the same ones, if the kiosk is right. */
  readonly lit: Scene[] = []
  disposed = 0
  readonly #clock: Clock
  readonly #conditionListeners: { part: string; listener: () => void }[] = []
  #listener: ((edge: Edge) => void) | undefined

  constructor(clock: Clock, options: { keys?: readonly Key[] } = {}) {
    this.#clock = clock
    const part = (name: 'keys' | 'lights' | 'display') => ({
      condition: () => this.conditions[name],
      onCondition: (listener: () => void) => {
        this.#conditionListeners.push({ part: name, listener })
        return { [Symbol.dispose]: () => {} }
      },
      async [Symbol.asyncDispose]() {},
    })
    this.keys = {
      ...part('keys'),
      keys: options.keys ?? keys,
      debounceMs: 20,
      listen: (listener) => {
        this.#listener = listener
      },
    }
    this.lights = { ...part('lights'), show: (_, scene) => void this.lit.push(scene) }
    this.display = {
      ...part('display'),
      show: (scene) => void this.scenes.push({ at: clock.now().mono, scene }),
    }
  }

  /** A part breaks, or works again. */
  become(part: 'keys' | 'lights' | 'display', condition: Condition): void {
    this.conditions[part] = condition
    for (const { part: of, listener } of this.#conditionListeners) if (of === part) listener()
  }

  /** A contact closes or opens. */
  edge(key: Key, edge: Edge['edge']): void {
    this.#listener?.({ key, edge, at: this.#clock.now().mono })
  }

  /** A short press, without a bounce. */
  press(key: Key): void {
    this.edge(key, 'down')
    this.edge(key, 'up')
  }

  /** What a citizen sees now. */
  get scene(): Scene {
    const last = this.scenes.at(-1)
    if (!last) throw new Error('nothing has been shown yet')
    return last.scene
  }

  /** Where the visit has been, one after the other. */
  get path(): string[] {
    return this.scenes.map(({ scene }) => scene.at)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed++
    this.#listener = undefined
  }
}
