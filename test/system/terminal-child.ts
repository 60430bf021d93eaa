import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { Child } from './children.ts'
import { SceneWatch } from './scene-watch.ts'

/** The built program, as `npm start` and the service run it. */
export const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))

export interface TerminalSettings {
  directory: string
  broker?: string
  more?: Record<string, unknown>
  /** False where the journal cannot be had. */
  awaitReady?: boolean
  /** A command that runs Node, with its own options, e.g. strace. */
  through?: string[]
  /** Options for Node itself, in front of the program. */
  nodeOptions?: string[]
  /** Further environment variables. */
  env?: Record<string, string>
}

/** `faccina run` as a child, with a browser panel on a free port. */
export class TerminalChild extends Child {
  #address = ''

  /** A child whose panel is open, and that takes votes. */
  static async start(settings: TerminalSettings): Promise<TerminalChild> {
    const child = await TerminalChild.launch(settings)
    try {
      await child.opened()
      if (settings.awaitReady ?? true) await child.said(/ready/)
    } catch (error) {
      await child[Symbol.asyncDispose]()
      throw error
    }
    return child
  }

  /** A child that has only just begun, for those who do not let it come far. */
  static async launch({
    directory,
    broker,
    more = {},
    through = [],
    nodeOptions = [],
    env = {},
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
    const [command = '', ...words] = [...through, process.execPath, ...nodeOptions, program]
    return new TerminalChild(command, [...words, 'run', '--settings', file], env)
  }

  /** Resolves when its panel has an address. */
  async opened(): Promise<void> {
    const [, address = ''] = await this.said(/address=(\S+)/)
    this.#address = address
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
  async scene(wanted: (scene: Scene) => boolean, ms = 15_000): Promise<Scene> {
    using watch = new SceneWatch(this.#address)
    return await watch.until(wanted, ms)
  }

  /** Once the next citizen may come, presses a face and waits for the thank-you; says how long that took, in ms. */
  async vote(face: string): Promise<number> {
    return (await this.#pressFor(face, ({ at }) => at === 'thanking')).ms
  }

  /** The same where it may be that the vote cannot be kept: whether it was thanked, or refused in words. */
  async tries(face: string): Promise<'thanked' | 'refused'> {
    const isRefusal = ({ screen }: Scene) => screen.title === it2009.texts.it.notRecorded
    const { scene } = await this.#pressFor(face, (scene) => scene.at === 'thanking' || isRefusal(scene))
    return isRefusal(scene) ? 'refused' : 'thanked'
  }

  async #pressFor(face: string, wanted: (scene: Scene) => boolean): Promise<{ scene: Scene; ms: number }> {
    await this.scene(({ at }) => at === 'idle')
    const shown = this.scene(wanted)
    const pressed = performance.now()
    await this.press(face)
    return { scene: await shown, ms: performance.now() - pressed }
  }
}
