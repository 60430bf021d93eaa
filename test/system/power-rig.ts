import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { TcpProxy } from '../contracts/tcp-proxy.ts'
import { Citizen } from './citizen.ts'
import { Evidence, type Verdict } from './evidence.ts'
import type { SummaryEvent } from './evidence-summaries.ts'
import { atAnyEnd } from './interrupted.ts'
import { type Mosquitto, openMosquitto } from './mosquitto.ts'
import { PowerDisk } from './power-disk.ts'
import { type Pace, planRound, type Round } from './power-round.ts'
import { Random } from './random.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

export interface PowerRigOptions {
  /** Brings the same rounds back; the instants within them are as exact as the computer is. */
  seed: number
  /** Whether the disk has a cache of its own, which is lost too. */
  cached?: boolean
  /** Options for the terminal's Node. */
  nodeOptions?: string[]
  /** A folder for what the terminal logged in each round, and for the evidence; else neither is kept. */
  keep?: string | undefined
}

/** What the world around the evidence was like. */
export interface PowerReport extends Verdict {
  cuts: number
  /** How many cuts came after which moment. */
  cutsAfter: Record<string, number>
  /** How often a start found a write that the cut had torn. */
  torn: number
  /** What the terminal logged as an error; it has no reason to. */
  errors: string[]
}

interface World {
  disk: PowerDisk
  broker: Mosquitto
  proxy: TcpProxy
  subscriber: Subscriber
}

/** A terminal on a disk whose power is cut again and again, a broker, a subscriber, and all that was said. */
export class PowerRig implements AsyncDisposable {
  readonly #options: PowerRigOptions
  readonly #random: Random
  readonly #world: World
  readonly #evidence = new Evidence()
  readonly #report = { cuts: 0, cutsAfter: {} as Record<string, number>, torn: 0, errors: [] as string[] }
  #terminal: TerminalChild | undefined
  readonly #pace: Pace = { startMs: 500, pressMs: 10 }
  #drained = 0
  readonly #atAnyEnd = atAnyEnd(() => this.#clear())

  private constructor(options: PowerRigOptions, world: World) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#world = world
  }

  /** Needs root; rejects with what is missing. */
  static async open(options: PowerRigOptions): Promise<PowerRig> {
    const disk = PowerDisk.open(options)
    let broker: Mosquitto | undefined
    try {
      broker = await openMosquitto()
      const proxy = await TcpProxy.open(broker.port)
      const subscriber = await Subscriber.open(broker.port)
      return new PowerRig(options, { disk, broker, proxy, subscriber })
    } catch (error) {
      await broker?.[Symbol.asyncDispose]()
      disk[Symbol.dispose]()
      throw error
    }
  }

  get seed(): number {
    return this.#options.seed
  }

  get cuts(): number {
    return this.#report.cuts
  }

  /** A start, whatever the citizens come to do, and the cut; then the next disk is in place. */
  async round(): Promise<void> {
    const { disk, proxy } = this.#world
    const round = planRound(this.#random, this.#pace)
    proxy.away = round.broker === 'away' || round.broker === 'comes'
    using over = new Disposables()
    const terminal = await this.#launch()
    const power = disk.powerSwitch(terminal.process.pid!)
    const citizen = new Citizen(terminal, this.#evidence, this.#report.cuts + 1)
    const { moment, acting } = this.#act(round, terminal, citizen, over)
    let failure: unknown
    acting.catch((error) => {
      failure ??= error
    })
    // A terminal that fails before the cut has not been ended by it.
    await Promise.race([moment, acting.then(() => moment)])
    await pause(round.cut.ms)
    if (failure) throw failure
    await power.throw()
    await terminal.kill('SIGKILL')
    citizen.end()
    await acting.catch(() => {})
    this.#note(round, terminal)
    await disk.afterCut()
  }

  /** Power for good: everything that waits is delivered, and compared. */
  async finish(): Promise<PowerReport> {
    const { proxy, subscriber } = this.#world
    proxy.away = false
    const terminal = await this.#launch()
    await terminal.opened()
    await terminal.said(/ready/)
    const last = Date.now()
    const citizen = new Citizen(terminal, this.#evidence, this.#report.cuts + 1)
    await citizen.visit({ face: 'satisfied', further: [] }, () => {})
    // Votes come in order: with the last one all are there.
    const came = () => subscriber.of<VoteEvent>('vote').findLast(({ time }) => Date.parse(time) >= last)
    await subscriber.until(() => came() !== undefined, 60_000)
    const { epoch, sequence } = came()!.data
    const totals = () => subscriber.of<TotalsMessage>('totals').at(-1)
    await subscriber.until(() => totals()?.epoch === epoch && totals()!.sequence >= sequence, 60_000)
    await terminal.kill('SIGTERM')
    this.#drain()
    this.#listen(terminal)
    this.#keep('evidence.json', JSON.stringify(this.#evidence, null, 1))
    return { ...this.#report, ...this.#evidence.verdict() }
  }

  async #launch(): Promise<TerminalChild> {
    const { disk, proxy } = this.#world
    this.#terminal = await TerminalChild.launch({
      directory: disk.directory,
      broker: `mqtt://127.0.0.1:${proxy.port}`,
      nodeOptions: this.#options.nodeOptions ?? [],
      more: {
        storage: { directory: join(disk.mountPoint, 'store') },
        visit: { correctionSeconds: 0, lockoutSeconds: 1, reasonSeconds: 5 },
      },
    })
    return this.#terminal
  }

  /** Lets everything happen that the round wants; `moment` is when its cut is due, but for some milliseconds. */
  #act({ intents, cut, broker }: Round, terminal: TerminalChild, citizen: Citizen, over: Disposables) {
    let reach: (moment: Round['cut']['after']) => void
    const moment = new Promise<void>((resolve) => {
      reach = (reached) => {
        if (reached === cut.after) resolve()
      }
    })
    const act = async () => {
      const launched = performance.now()
      reach('launched')
      await terminal.opened()
      reach('opened')
      await terminal.said(/ready/)
      this.#learn('startMs', performance.now() - launched)
      reach('ready')
      this.#moveBroker(broker, over)
      for (const intent of intents) {
        const isLast = intent === intents.at(-1)
        let pressed = 0
        await citizen.visit(intent, (moment) => {
          if (moment === 'pressed') pressed = performance.now()
          else if (moment !== 'thanked' || intent.face !== 'dissatisfied')
            this.#learn('pressMs', performance.now() - pressed)
          if (isLast) reach(moment)
        })
      }
    }
    return { moment, acting: act() }
  }

  #learn(what: keyof Pace, ms: number): void {
    this.#pace[what] += (ms - this.#pace[what]) / 4
  }

  #moveBroker(broker: Round['broker'], over: Disposables): void {
    if (broker !== 'comes' && broker !== 'leaves') return
    const timer = setTimeout(
      () => {
        this.#world.proxy.away = broker === 'leaves'
      },
      this.#random.between(0, 2_000),
    )
    over.add(() => clearTimeout(timer))
  }

  #note({ cut }: Round, terminal: TerminalChild): void {
    this.#report.cuts++
    this.#report.cutsAfter[cut.after] = (this.#report.cutsAfter[cut.after] ?? 0) + 1
    this.#listen(terminal)
    this.#drain()
  }

  #listen({ output }: TerminalChild): void {
    this.#keep(`round-${this.#report.cuts}.log`, output)
    this.#report.torn += output.match(/journal damaged/g)?.length ?? 0
    this.#report.errors.push(...(output.match(/^\S+ error .*$/gm) ?? []))
  }

  #keep(name: string, text: string): void {
    const { keep, seed } = this.#options
    if (keep === undefined) return
    const folder = join(keep, String(seed))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), text)
  }

  /** What has come since the last time. */
  #drain(): void {
    const { received } = this.#world.subscriber
    const round = this.#report.cuts
    for (const { topic, payload } of received.slice(this.#drained)) {
      const kind = topic.split('/').at(-1)
      if (kind === 'vote') this.#evidence.heard({ kind, event: payload as VoteEvent, round })
      else if (kind === 'gap') this.#evidence.heard({ kind, event: payload as GapEvent, round })
      else if (kind === 'summary') this.#evidence.heard({ kind, event: payload as SummaryEvent, round })
      else if (kind === 'totals') this.#evidence.totals(payload as TotalsMessage)
    }
    this.#drained = received.length
  }

  /** The children, where nobody can wait for them any more; the disk looks after itself. */
  #clear(): void {
    this.#terminal?.process.kill('SIGKILL')
    void this.#world.broker.kill()
    rmSync(this.#world.broker.directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { disk, broker, proxy, subscriber } = this.#world
    await this.#terminal?.kill('SIGKILL')
    await subscriber[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
    await broker[Symbol.asyncDispose]()
    disk[Symbol.dispose]()
    this.#atAnyEnd[Symbol.dispose]()
  }
}

/** What has to be undone at the end of a round. */
class Disposables implements Disposable {
  readonly #undo: (() => void)[] = []

  add(undo: () => void): void {
    this.#undo.push(undo)
  }

  [Symbol.dispose](): void {
    for (const undo of this.#undo) undo()
  }
}
