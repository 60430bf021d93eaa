import { writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scene } from '../../src/domain/scene.ts'
import { Child } from './children.ts'

/** The built program, as `npm start` and the service run it. */
export const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))

export interface TerminalSettings {
  directory: string
  broker?: string
  more?: Record<string, unknown>
  /** False where the journal cannot be had. */
  awaitReady?: boolean
}

/** `faccina run` as a child, with a browser panel on a free port. */
export class TerminalChild extends Child {
  #address = ''

  static async start({
    directory,
    broker,
    more = {},
    awaitReady = true,
  }: TerminalSettings): Promise<TerminalChild> {
    const file = join(directory, 'faccina.yaml')
    // JSON is YAML.
    const settings = {
      terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
      ...(broker && { broker: { url: broker } }),
      browser: { listen: '127.0.0.1:0' },
      storage: { directory: join(directory, 'store') },
      visit: { correctionSeconds: 0.5, lockoutSeconds: 1 },
      clock: { source: 'system' },
      log: { level: 'debug' },
      ...more,
    }
    await writeFile(file, JSON.stringify(settings))
    const child = new TerminalChild(process.execPath, [program, 'run', '--settings', file])
    const [, address = ''] = await child.said(/address=(\S+)/)
    child.#address = address
    if (awaitReady) await child.said(/ready/)
    return child
  }

  get address(): string {
    return this.#address
  }

  async press(key: string): Promise<number> {
    const response = await fetch(new URL('panel/press', this.#address), {
      method: 'POST',
      body: JSON.stringify({ key }),
    })
    return response.status
  }

  /** Resolves with the next scene, from now on, that is wanted. */
  scene(wanted: (scene: Scene) => boolean, ms = 15_000): Promise<Scene> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        request.destroy()
        settle()
      }
      const timer = setTimeout(() => finish(() => reject(new Error(`no such scene within ${ms} ms`))), ms)
      let text = ''
      const request = get(new URL('panel/events', this.#address), (response) => {
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
          const events = text.split('\n\n')
          text = events.pop()!
          for (const event of events) {
            const data = /^data: ?(.*)$/m.exec(event)?.[1]
            const scene = data === undefined ? undefined : (JSON.parse(data) as Scene)
            if (scene && wanted(scene)) finish(() => resolve(scene))
          }
        })
      })
      request.on('error', (error) => finish(() => reject(error)))
    })
  }

  /** Presses a face and waits for the thank-you, then until the next citizen may come. */
  async vote(face: string): Promise<void> {
    await this.scene(({ at }) => at === 'idle')
    const thanked = this.scene(({ at }) => at === 'thanking')
    await this.press(face)
    await thanked
  }
}
