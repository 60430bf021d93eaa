import type { HealthMessage, VoteEvent } from '../../../src/contract/schemas.ts'
import type { Subscriber } from '../subscriber.ts'
import { program } from '../terminal-child.ts'
import type { Program, Rig, StartOptions } from './rig.ts'

const topic = 'faccina/1/c_e506/anagrafe/3'

/** How long after a press the next citizen's counts, and what the thank-you takes. */
const nextMs = 1_700

export interface TerminalOptions extends Pick<StartOptions, 'env' | 'without'> {
  /** The profile of the panel: its name, or what it says (JSON is YAML). */
  panel: string | object
  /** Of the broker, on the host. */
  port: number
  more?: Record<string, unknown>
}

/** `faccina run` in the guest, without root, and a subscriber on the host. */
export class GuestTerminal implements AsyncDisposable {
  static #count = 0
  readonly #rig: Rig
  readonly #subscriber: Subscriber
  readonly program: Program

  private constructor(rig: Rig, subscriber: Subscriber, child: Program) {
    this.#rig = rig
    this.#subscriber = subscriber
    this.program = child
  }

  static async start(rig: Rig, subscriber: Subscriber, options: TerminalOptions): Promise<GuestTerminal> {
    const { panel, port, more = {}, env = {}, without = [] } = options
    const name = `terminal-${++GuestTerminal.#count}`
    const folder = `/run/${name}`
    await rig.do('folder', { path: `${folder}/store` })
    const profile = typeof panel === 'string' ? panel : `${folder}/panel.yaml`
    if (typeof panel !== 'string') await rig.do('create', { path: profile, text: JSON.stringify(panel) })
    const settings = {
      terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
      panel: profile,
      broker: { url: `mqtt://10.0.2.2:${port}` },
      storage: { directory: `${folder}/store` },
      visit: { correctionSeconds: 0.5, lockoutSeconds: 1 },
      keys: { stuckSeconds: 5 },
      lights: { animation: 'off' },
      clock: { source: 'system' },
      log: { level: 'debug' },
      ...more,
    }
    await rig.do('create', { path: `${folder}/faccina.yaml`, text: JSON.stringify(settings) })
    const child = await rig.start({
      name,
      command: process.execPath,
      args: [program, 'run', '--settings', `${folder}/faccina.yaml`],
      env,
      without,
    })
    const terminal = new GuestTerminal(rig, subscriber, child)
    await rig.until(() => /connected/.test(child.output) || child.ended !== undefined, `${name} to connect`)
    if (child.ended) throw new Error(`${name} ended: ${child.output}`)
    return terminal
  }

  /** Resolves with what the terminal says of itself once that is wanted. */
  async health(
    wanted: (health: HealthMessage) => boolean,
    what: string,
    ms = 60_000,
  ): Promise<HealthMessage> {
    const end = performance.now() + ms
    let last: HealthMessage | undefined
    while (performance.now() < end) {
      this.#subscriber.take('3/health', 'health/reply')
      await this.#subscriber.publish(`${topic}/command/health`, '{}')
      const come = () => this.#subscriber.of<HealthMessage>('3/health').at(-1)
      // Nobody answers before the terminal has subscribed.
      await this.#subscriber.until(() => come() !== undefined, 1_000).catch(() => {})
      last = come() ?? last
      if (last && wanted(last)) return last
    }
    throw new Error(
      `${what} did not come to be: ${JSON.stringify(last)}\n${this.program.output.slice(-2000)}`,
    )
  }

  /** All votes so far. */
  get votes(): VoteEvent[] {
    return this.#subscriber.of<VoteEvent>('vote')
  }

  /** Does what is no more than one vote, and waits until it has arrived and the next citizen may come. */
  async vote(press: () => Promise<unknown>): Promise<VoteEvent> {
    const before = this.votes.length
    const begun = performance.now()
    await press()
    await this.#subscriber.until(() => this.votes.length > before, 60_000)
    await this.#rig.untilAsked(async () => {
      await this.#rig.read('/proc/uptime')
      return performance.now() - begun > nextMs
    }, 'the next citizen')
    if (this.votes.length > before + 1) throw new Error(`one press, ${this.votes.length - before} votes`)
    return this.votes.at(-1)!
  }

  /** Ends it as systemd does. */
  async stop(): Promise<void> {
    if (!this.program.ended) await this.#rig.end(this.program)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => {})
  }
}
