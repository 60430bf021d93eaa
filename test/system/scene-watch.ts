import { type ClientRequest, get } from 'node:http'
import type { Scene } from '../../src/domain/scene.ts'

/** What a panel shows, as long as it is looked at: its server-sent events. */
export class SceneWatch implements Disposable {
  readonly #request: ClientRequest
  readonly #listeners = new Set<() => void>()
  #scene: Scene | undefined
  #problem: Error | undefined

  constructor(address: string) {
    let text = ''
    this.#request = get(new URL('panel/events', address), (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        const events = text.split('\n\n')
        text = events.pop()!
        for (const event of events) this.#take(event)
      })
      response.on('error', (error) => this.#end(error))
      response.on('close', () => this.#end(new Error('the panel is gone')))
    })
    this.#request.on('error', (error) => this.#end(error))
  }

  /** The latest one; undefined until one has come. */
  get scene(): Scene | undefined {
    return this.#scene
  }

  /** Resolves with the first scene that is wanted, be it the present one or one that comes. */
  until(wanted: (scene: Scene) => boolean, ms = 15_000): Promise<Scene> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const look = () => {
        const scene = this.#scene
        if (scene && wanted(scene)) finish(() => resolve(scene))
        else if (this.#problem) finish(() => reject(this.#problem))
      }
      const fail = () => finish(() => reject(new Error(`no such scene within ${ms} ms`)))
      const timer = setTimeout(fail, ms)
      this.#listeners.add(look)
      look()
    })
  }

  #take(event: string): void {
    const data = /^data: ?(.*)$/m.exec(event)?.[1]
    if (data === undefined) return
    this.#scene = JSON.parse(data) as Scene
    this.#tell()
  }

  #end(problem: Error): void {
    this.#problem ??= problem
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  [Symbol.dispose](): void {
    this.#request.destroy()
  }
}
