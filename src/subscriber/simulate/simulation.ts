import { setMaxListeners } from 'node:events'
import type { StateMessage } from '../../contract/schemas.ts'
import { topicsOf } from '../../contract/topics.ts'
import type { MonoMs, WallMs } from '../../domain/time.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import type { Incoming, Message, Uplink } from '../../ports/uplink.ts'
import { Commits } from './commits.ts'
import { Lane } from './lane.ts'
import { lifeOf } from './life.ts'
import { allOf } from './merge.ts'
import type { Municipality, Terminal } from './municipality.ts'
import { Random } from './random.ts'
import { Replays } from './replays.ts'
import { messageOf, type Said } from './said.ts'
import { addSaid, noTruth, sumOf, type Truth } from './truth.ts'

/** How fast the time of the municipality goes. */
export type Pace =
  /** As fast as the broker takes it. */
  | { is: 'all-at-once' }
  /** So many times as fast as ours; 1 is real time. */
  | { is: 'times'; factor: number }
  /** What is past at once, and then as it happens, by our clock. */
  | { is: 'live' }

export interface SimulationOptions {
  municipality: Municipality
  /** Each connection has one of its own; the number is that of the connection. */
  uplinkOf: (connection: number) => Uplink
  /** One for each terminal, as it really is, with its will; or a few that publish for all. */
  connections: 'terminal' | 'few'
  topicRoot: string
  pace: Pace
  /** This share of the votes is not sent, as if the broker had lost it; a replay brings it. */
  lossy: number
  clock: Clock
  /** Called once in a while. */
  onProgress?: (progress: Progress) => void
  /** Called when all connections stand, with the seconds that it took. */
  onConnected?: (connections: number, seconds: number) => void
}

export interface Progress {
  /** How far the municipality's time is. */
  at: WallMs
  /** From 0 to 1. */
  share: number
  messages: number
}

/** What was published, and what is true of it. */
export interface Published {
  truth: Truth
  /** The counts of each counter, in the order of its terminals. */
  counters: { source: string; truth: Truth }[]
  connections: number
  connectSeconds: number
  messages: number
  /** Of topics and payloads. */
  bytes: number
  seconds: number
  votesDropped: number
  replayRequests: number
  replayed: number
  reconnects: number
  refused: number
  /** The latest of the broker's reasons, if it refused something. */
  refusal?: string
  /** How many terminals were told by a collector that all they have sent is in its database. */
  terminalsCommitted: number
}

const fewLanes = 16
const windowOf = { terminal: 16, few: 64 } as const
/** So many connections are made at the same time: a broker's queue of newcomers is short. */
const connectingAtOnce = 64
const connectAttempts = 6
/** In messages. */
const progressEvery = 500

/** Publishes a municipality. */
export class Simulation {
  readonly #options: SimulationOptions
  readonly #lanes: Lane[]
  readonly #ended: Promise<void>[] = []
  readonly #replays: Replays
  readonly #commits: Commits
  readonly #terminals: ReadonlyMap<string, Terminal>
  /** How many pieces each terminal has told. */
  readonly #told: Uint32Array
  #connectSeconds = 0
  #dropped = 0
  #messages = 0
  #bytes = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    const { terminals } = options.municipality
    this.#terminals = new Map(terminals.map((terminal) => [terminal.source, terminal]))
    this.#told = new Uint32Array(terminals.length)
    this.#commits = new Commits(terminals.length)
    this.#lanes = this.#makeLanes()
    this.#replays = new Replays({
      topicRoot: options.topicRoot,
      terminals: this.#terminals,
      told: ({ index }) => this.#told[index] ?? 0,
      publish: async (terminal, message) => this.#put(terminal, message),
    })
  }

  /** Connects; rejects with an `UplinkError` where the broker cannot be had. */
  async connect(signal: AbortSignal): Promise<void> {
    const { clock, onConnected } = this.#options
    const begun = clock.now().mono
    setMaxListeners(0, signal)
    let next = 0
    const work = async (attempts: number) => {
      for (let lane = this.#lanes[next++]; lane && !signal.aborted; lane = this.#lanes[next++]) {
        this.#ended.push((await lane.open(signal, attempts)).ended)
        // Where the first one stands the broker is there, if perhaps in a hurry.
        if (attempts === 1) return
      }
    }
    await work(1)
    await Promise.all(Array.from({ length: connectingAtOnce }, () => work(connectAttempts)))
    this.#connectSeconds = (clock.now().mono - begun) / 1000
    if (!signal.aborted) onConnected?.(this.#lanes.length, this.#connectSeconds)
  }

  /** Publishes everything; resolves when all of it is acknowledged, or the signal has aborted. */
  async run(signal: AbortSignal): Promise<Published> {
    const { municipality, clock } = this.#options
    const counters = municipality.terminals.map(({ source }) => ({ source, truth: noTruth() }))
    const begun = clock.now().mono
    for (const { terminal, said } of allOf(municipality)) {
      if (signal.aborted) break
      const early = this.#earlyMs(said.at, begun)
      if (early > 0) await pause(clock, early, signal)
      if (signal.aborted) break
      this.#told[terminal.index]!++
      this.#commits.told(terminal, said)
      addSaid(counters[terminal.index]!.truth, said)
      const room = this.#publish(terminal, said)
      if (room) await room
    }
    await Promise.all(this.#lanes.map((lane) => lane.drained()))
    this.#tellProgress(municipality.to)
    return this.#published(counters, (clock.now().mono - begun) / 1000)
  }

  /** Goes on answering replays until collectors have all of it, or the signal aborts. */
  async untilCommitted(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    const isOver = () => signal.aborted || this.#commits.state.complete === this.#commits.state.told
    while (!isOver()) await Promise.race([this.#commits.change(), aborted])
    await this.#replays.settled()
  }

  /** Resolves when all connections have ended, which the signal of `connect` makes them do. */
  async ended(): Promise<void> {
    await Promise.all(this.#ended)
  }

  /** What has changed since `run` has resolved: replays, and what collectors said. */
  get since(): Pick<Published, 'replayRequests' | 'replayed' | 'reconnects' | 'terminalsCommitted'> {
    return {
      replayRequests: this.#replays.requests,
      replayed: this.#replays.messages,
      reconnects: this.#sum((lane) => lane.reconnects),
      terminalsCommitted: this.#commits.state.complete,
    }
  }

  #makeLanes(): Lane[] {
    const { municipality, connections, topicRoot, uplinkOf, clock } = this.#options
    const { name, terminals, seed } = municipality
    const hear = (message: Incoming) => this.#hear(message)
    const window = windowOf[connections]
    const lane = (n: number, filters: string[], will?: Message) => {
      const random = new Random(seed, 6, n)
      const options = { uplink: uplinkOf(n), window, filters, hear, clock, random: () => random.next() }
      return new Lane({ ...options, ...(will && { will }) })
    }
    if (connections === 'terminal')
      return terminals.map((terminal) => {
        const { commands, committed } = topicsOf(topicRoot, terminal.source)
        return lane(terminal.index, [commands, committed], willOf(terminal, topicRoot))
      })
    // One of the few listens for all.
    const filters = [`${topicRoot}/${name}/+/+/command/+`, `${topicRoot}/${name}/+/+/committed`]
    const count = Math.min(fewLanes, terminals.length)
    return Array.from({ length: count }, (_, n) => lane(n, n === 0 ? filters : []))
  }

  #hear(message: Incoming): void {
    if (this.#replays.hear(message)) return
    const [municipality, office, counter, what] = message.topic
      .slice(this.#options.topicRoot.length + 1)
      .split('/')
    const terminal = this.#terminals.get(`faccina://${municipality}/${office}/${counter}`)
    if (terminal && what === 'committed') this.#commits.hear(terminal, message)
  }

  /** How long it is until something is said. */
  #earlyMs(at: WallMs, begun: MonoMs): number {
    const { pace, clock, municipality } = this.#options
    if (pace.is === 'all-at-once') return 0
    const now = clock.now()
    if (pace.is === 'live') return at - now.wall
    return (at - municipality.from) / pace.factor - (now.mono - begun)
  }

  #publish(terminal: Terminal, said: Said): Promise<void> | undefined {
    this.#messages++
    if (this.#messages % progressEvery === 0) this.#tellProgress(said.at)
    if (said.item.is !== 'vote' || !this.#isLost(terminal))
      return this.#put(terminal, messageOf(this.#options.topicRoot, said.item))
    this.#dropped++
    return undefined
  }

  /** Always the same ones, whatever else happens. */
  #isLost({ index, municipality }: Terminal): boolean {
    const { lossy } = this.#options
    return lossy > 0 && new Random(municipality.seed, 7, index, this.#told[index]!).chance(lossy)
  }

  #put(terminal: Terminal, message: Message): Promise<void> | undefined {
    this.#bytes += Buffer.byteLength(message.payload) + message.topic.length
    return this.#lanes[terminal.index % this.#lanes.length]!.put(message)
  }

  #tellProgress(at: WallMs): void {
    const { onProgress, municipality } = this.#options
    const { from, to } = municipality
    onProgress?.({ at, share: Math.min(1, (at - from) / (to - from)), messages: this.#messages })
  }

  #published(counters: Published['counters'], seconds: number): Published {
    const refusal = this.#lanes.find((lane) => lane.refusal)?.refusal?.message
    return {
      truth: sumOf(counters.map(({ truth }) => truth)),
      counters,
      connections: this.#lanes.length,
      connectSeconds: this.#connectSeconds,
      messages: this.#messages - this.#dropped,
      bytes: this.#bytes,
      seconds,
      votesDropped: this.#dropped,
      refused: this.#sum((lane) => lane.refused),
      ...(refusal !== undefined && { refusal }),
      ...this.since,
    }
  }

  #sum(of: (lane: Lane) => number): number {
    return this.#lanes.reduce((sum, lane) => sum + of(lane), 0)
  }
}

/** What the broker says of a terminal whose connection is lost; which epoch it is in it cannot know yet. */
function willOf(terminal: Terminal, topicRoot: string): Message {
  for (const piece of lifeOf(terminal))
    for (const { item } of piece) {
      if (item.is !== 'state') continue
      const state: StateMessage = { ...item.state, state: 'offline', will: true }
      return messageOf(topicRoot, { ...item, state })
    }
  throw new Error(`${terminal.source} says nothing`)
}
