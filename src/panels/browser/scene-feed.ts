import type { Lights, Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Send } from '../../web/route.ts'

/** A scene as the page gets it: with the time on the clock that its countdown is told in. */
export type SceneEvent = Scene & { now: MonoMs }

/**
 * What the page shows: the lights' scene and the display's, as one. It is whole each time, so that a page
 * that missed some needs only the last.
 */
export class SceneFeed {
  readonly #clock: Clock
  readonly #viewers = new Set<Send>()
  #lit: { scene: Scene; lights: Lights } | undefined
  #scene: Scene | undefined
  #shown = ''

  constructor(clock: Clock) {
    this.#clock = clock
  }

  showLights(lights: Lights, scene: Scene): void {
    this.#lit = { scene, lights }
    this.#show({ ...scene, lights })
  }

  /** The lights may have been told something else about this very scene, e.g. to identify the terminal. */
  showScene(scene: Scene): void {
    this.#show(this.#lit?.scene === scene ? { ...scene, lights: this.#lit.lights } : scene)
  }

  /** The present scene at once, and each that follows. */
  watch(send: Send): Disposable {
    if (this.#scene) send(this.#event(this.#scene))
    this.#viewers.add(send)
    return { [Symbol.dispose]: () => void this.#viewers.delete(send) }
  }

  #show(scene: Scene): void {
    const shown = JSON.stringify(scene)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#scene = scene
    for (const send of this.#viewers) send(this.#event(scene))
  }

  #event(scene: Scene): SceneEvent {
    return { ...scene, now: this.#clock.now().mono }
  }
}
