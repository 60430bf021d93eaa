import type { SceneEvent } from '../scene-feed.ts'

/** How long the panel may be away before the citizen is told: a restart of the daemon goes unnoticed. */
const patienceMs = 3000
const retryMs = 1000

/**
 * The scenes from the terminal. It reconnects for ever; `lost` is said once per loss, and the first scene
 * after it is the recovery.
 */
export class SceneStream {
  readonly #show: (scene: SceneEvent) => void
  readonly #lost: () => void
  #source: EventSource | undefined
  #patience: number | undefined

  constructor(show: (scene: SceneEvent) => void, lost: () => void) {
    this.#show = show
    this.#lost = lost
  }

  /** (Re)connects now. The present scene comes first, whatever was missed. */
  connect(): void {
    this.#source?.close()
    this.#expectScene()
    const source = new EventSource('/panel/events')
    this.#source = source
    source.onmessage = (message) => {
      window.clearTimeout(this.#patience)
      this.#patience = undefined
      this.#show(JSON.parse(message.data))
    }
    // EventSource gives up for ever on an answer such as 503; the panel must not.
    source.onerror = () => {
      source.close()
      this.#expectScene()
      window.setTimeout(() => {
        if (this.#source === source) this.connect()
      }, retryMs)
    }
  }

  /** From now on, a scene has to come. */
  #expectScene(): void {
    this.#patience ??= window.setTimeout(this.#lost, patienceMs)
  }
}
