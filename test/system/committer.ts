import mqtt, { type MqttClient } from 'mqtt'
import type { GapEvent, ReplyMessage, SummaryEvent, VoteEvent } from '../../src/contract/schemas.ts'
import { holesOf, type Range } from './ranges.ts'

export type Event = VoteEvent | GapEvent | SummaryEvent

export interface CommitterOptions {
  /** Whether it says how far it is; else it only collects. */
  commits: boolean
  /** How long it takes for each message: what the broker keeps for it meanwhile dies with the broker. */
  slowMs?: number
  /** Gets each event as it comes. */
  heard?: (event: Event) => void
}

/** Where the terminals of these tests stand. */
const base = 'faccina/1/c_e506/anagrafe/3'

/**
 * The smallest collector that keeps the contract. Its database is in memory, by source and epoch; it says,
 * retained, up to which sequence it has all, whenever that changes and whenever it comes back.
 */
export class Committer implements AsyncDisposable {
  readonly #client: MqttClient
  readonly #options: CommitterOptions
  readonly #database = new Map<string, Map<number, Range>>()
  readonly #contents = new Map<string, string>()
  readonly #said = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  readonly replies: ReplyMessage[] = []
  duplicates = 0
  /** When the latest of the votes was given. */
  last = 0
  /** Events that were marked as replayed, and those that came twice with different contents. */
  replayed = 0
  readonly faults: string[] = []

  private constructor(client: MqttClient, options: CommitterOptions) {
    this.#client = client
    this.#options = options
    client.on('connect', () => this.#begin())
    client.on('error', () => {})
    // MQTT.js acknowledges when this calls back.
    client.handleMessage = ({ topic, payload, properties }, callback) => {
      if (topic.endsWith('/reply')) this.replies.push(JSON.parse(payload.toString()))
      else this.#store(JSON.parse(payload.toString()), properties?.userProperties?.replay !== undefined)
      for (const listener of [...this.#listeners]) listener()
      if (options.slowMs === undefined) callback()
      else setTimeout(callback, options.slowMs)
    }
  }

  /** It comes back by itself when the broker has been away. */
  static open(port: number, options: CommitterOptions): Committer {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: 5,
      clientId: 'committer',
      reconnectPeriod: 100,
      resubscribe: false,
      manualConnect: true,
    })
    const committer = new Committer(client, options)
    client.connect()
    return committer
  }

  /** How many votes of all epochs, each once. */
  get votes(): number {
    return this.#contents.size
  }

  /** What is missing of an epoch, up to a sequence. */
  missing(epoch: string, upTo: number): Range[] {
    const ranges = [...(this.#database.get(epoch)?.values() ?? [])]
    return holesOf([...ranges, { from: upTo + 1, to: upTo + 1 }])
  }

  get epochs(): string[] {
    return [...this.#database.keys()]
  }

  until(condition: () => boolean, ms = 120_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const look = () => condition() && finish(resolve)
      const late = () => new Error(`not within ${ms} ms: ${condition}; ${this.votes} votes`)
      const timer = setTimeout(() => finish(() => reject(late())), ms)
      this.#listeners.add(look)
      look()
    })
  }

  /** Asks the terminal, and gives its answer. */
  async ask(command: string, request: { id: string } & Record<string, unknown>): Promise<ReplyMessage> {
    await this.#client.publishAsync(`${base}/command/${command}`, JSON.stringify(request), { qos: 1 })
    const answer = () => this.replies.find(({ id }) => id === request.id)
    await this.until(() => answer() !== undefined)
    return answer()!
  }

  #begin(): void {
    this.#said.clear()
    const topics = [...['vote', 'gap', 'summary'].map((kind) => `${base}/${kind}`), `${base}/command/+/reply`]
    this.#client.subscribe(topics, { qos: 1 }, () => this.#commit())
  }

  #store(event: Event, replayed: boolean): void {
    this.#options.heard?.(event)
    const { data } = event
    const [from, to] = 'sequence' in data ? [data.sequence, data.sequence] : [data.from, data.to]
    const epoch = this.#database.get(data.epoch) ?? new Map<number, Range>()
    this.#database.set(data.epoch, epoch)
    if (replayed) this.replayed++
    if (epoch.has(from)) this.duplicates++
    epoch.set(from, { from, to })
    if ('face' in data) {
      this.last = Math.max(this.last, Date.parse((event as VoteEvent).time))
      const content = JSON.stringify(event)
      const before = this.#contents.get(event.id)
      if (before !== undefined && before !== content) this.faults.push(`${event.id} has two contents`)
      this.#contents.set(event.id, content)
    }
    this.#commit()
  }

  /** Says how far it is, where that has changed. */
  #commit(): void {
    if (!this.#options.commits || !this.#client.connected) return
    for (const [epoch, has] of this.#database) {
      const before = this.#said.get(epoch) ?? 0
      let sequence = before
      for (let next = has.get(sequence + 1); next; next = has.get(sequence + 1)) sequence = next.to
      if (sequence === before) continue
      this.#said.set(epoch, sequence)
      const payload = JSON.stringify({ epoch, sequence })
      this.#client.publish(`${base}/committed`, payload, { qos: 1, retain: true }, () => {})
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true)
  }
}
