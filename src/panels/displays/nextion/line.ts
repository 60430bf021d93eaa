import type { Clock } from '../../../ports/clock.ts'
import { pause } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { HardwareError } from '../../errors.ts'
import { Listeners } from '../../listeners.ts'
import type { ScreenSink } from '../screen-sink.ts'
import { Exchange, encode } from './exchange.ts'
import { Fingers, type Touch } from './fingers.ts'
import { type Frame, refusal } from './frames.ts'
import type { Greeting } from './greet.ts'
import { instructionsFor, type Told } from './instructions.ts'
import { type Layout, layoutFor } from './layout.ts'
import { layoutMark } from './page.ts'
import type { NextionPicture } from './picture.ts'
import type { Wire } from './wire.ts'

export interface NextionLineOptions {
  wire: Wire
  greeting: Greeting
  /** Where it is, for the messages. */
  path: string
  clock: Clock
  log: Log
  fail(error: Error): void
}

/** Kept in a variable of the display's own, which is 0 after each power-up. */
const mark = 2009
const setup = [`sys0=${mark}`, 'sendxy=1', 'thsp=0', 'ussp=0', 'sleep=0', 'page message']
const beatMs = 2_000
const answerMs = 200
/** How long a display needs after it was switched on, before it listens. */
const startMs = 300
/** How long the last page may take before the port is closed. */
const farewellMs = 300

/** One display that is there and works: it shows pictures, and tells of touches. */
export class NextionLine implements ScreenSink<NextionPicture> {
  readonly #options: NextionLineOptions
  readonly #layout: Layout
  readonly #exchange: Exchange
  readonly #fingers = new Fingers()
  readonly #touches = new Listeners<[Touch]>()
  readonly #problems = new Listeners()
  readonly #listening: Disposable
  readonly #over = new AbortController()
  #at: 'starting' | 'ready' | 'over' = 'starting'
  #started = 0
  #losses = 0
  #problem: string | undefined
  #failure: Error | undefined
  #wanted: NextionPicture | undefined
  #told: Told | undefined
  #beat: Disposable | undefined

  constructor(options: NextionLineOptions) {
    this.#options = options
    this.#layout = layoutFor(options.greeting.model)
    this.#exchange = new Exchange({
      clock: options.clock,
      send: (bytes) => options.wire.send(bytes),
      refused: (instruction, code) => this.#refused(instruction, code),
      drained: () => this.#draw(),
      lost: () => void this.#lost(),
      dead: () => this.#fail('the display has stopped answering: is it on 5 V, and its cable whole?'),
    })
    this.#listening = options.wire.onFrame((frame) => this.#receive(frame))
  }

  /** What is wrong with the page in the display, while it otherwise works. */
  get problem(): string | undefined {
    return this.#problem
  }

  onProblem(listener: () => void): Disposable {
    return this.#problems.add(listener)
  }

  onTouch(listener: (touch: Touch) => void): Disposable {
    return this.#touches.add(listener)
  }

  /** Sets the display up. Rejects with a `HardwareError` where it has not our pages. */
  async begin(): Promise<void> {
    for (;;) {
      const begun = this.#started
      this.#at = 'starting'
      this.#told = undefined
      this.#exchange.forget()
      // Whether this is answered depends on what was set before; from then on everything is.
      const answered = this.#options.wire.next('done', answerMs, this.#over.signal)
      this.#options.wire.send(encode('bkcmd=3'))
      await answered
      this.#exchange.tell(setup)
      const found = await this.#exchange.ask('get layout.txt')
      if (this.#failure) throw this.#failure
      if (this.#over.signal.aborted) return
      if (begun === this.#started) {
        this.#check(found)
        break
      }
      await pause(this.#options.clock, startMs, this.#over.signal)
    }
    this.#at = 'ready'
    this.#await()
    this.#draw()
  }

  #check(found: number | string | undefined): void {
    if (found === layoutMark) {
      this.#settle(undefined)
      return
    }
    const what =
      typeof found === 'string' ? `its layout is "${found}", not "${layoutMark}"` : 'it has no such layout'
    throw new HardwareError(
      `${this.#options.path}: the page in the display is not Faccina's (${what}): ${remedy}`,
    )
  }

  /** Resolves at once: what goes wrong on the way is for `fail` to say. */
  async write(picture: NextionPicture): Promise<void> {
    this.#wanted = picture
    this.#draw()
  }

  /** Sends what is another than before, as soon as what is under way has arrived. */
  #draw(): void {
    if (this.#at !== 'ready' || !this.#wanted) return
    if (this.#told && this.#told.page !== this.#wanted.page) this.#exchange.overtake()
    else if (!this.#exchange.idle) return
    const { told, instructions } = instructionsFor(this.#wanted, this.#layout, this.#told)
    this.#told = told
    if (instructions.length > 0) this.#exchange.tell(instructions)
  }

  #receive(frame: Frame): void {
    switch (frame.is) {
      case 'touch':
      case 'point':
        // Until a page of ours is shown there is nothing to press.
        this.#tell(this.#fingers.receive(frame, this.#told ? (this.#wanted?.keys ?? []) : []))
        break
      case 'started':
        this.#restarted()
        break
      case 'overflow':
        void this.#lost()
        break
      case 'asleep':
        this.#exchange.tell(['sleep=0'])
        break
      default:
        this.#exchange.receive(frame)
    }
  }

  #tell(touches: readonly Touch[]): void {
    for (const touch of touches) this.#touches.call(touch)
  }

  /** It was without power: it has forgotten all, and nobody holds a key. */
  #restarted(): void {
    this.#started++
    this.#tell(this.#fingers.release())
    this.#exchange.forget()
    if (this.#at !== 'ready') return
    this.#at = 'starting'
    this.#options.log.warn('display restarted', {
      path: this.#options.path,
      hint: 'is its supply strong enough?',
    })
    const { clock } = this.#options
    void pause(clock, startMs, this.#over.signal)
      .then(() => this.begin())
      .catch((error: Error) => this.#options.fail(error))
  }

  /** Answers are missing: where it still is alive it is told everything again. */
  async #lost(): Promise<void> {
    if (this.#at !== 'ready') return this.#fail('the display did not answer while it was set up')
    this.#losses++
    if (this.#losses > 3) return this.#fail('too many messages are lost on the way to the display and back')
    this.#at = 'starting'
    this.#exchange.forget()
    this.#told = undefined
    this.#options.wire.send(encode(''))
    await pause(this.#options.clock, 100, this.#over.signal)
    if (this.#over.signal.aborted || this.#at !== 'starting') return
    this.#at = 'ready'
    this.#ask()
  }

  #await(): void {
    this.#beat?.[Symbol.dispose]()
    const { clock } = this.#options
    this.#beat = clock.alarm(clock.now().mono + beatMs, () => {
      if (this.#at === 'ready' && this.#exchange.idle) this.#ask()
      this.#await()
    })
  }

  /** Whether it is alive, and the same as before. */
  #ask(): void {
    const begun = this.#started
    void this.#exchange.ask('get sys0').then((value) => {
      if (this.#at !== 'ready' || begun !== this.#started) return
      if (value === mark) this.#losses = 0
      else if (value === undefined) void this.#lost()
      else this.#restarted()
    })
  }

  #refused(instruction: string, code: number): void {
    const { path, log } = this.#options
    if (instruction === setup[0]) {
      this.#fail(`Program.s in the display lacks the line "int sys0=0,sys1=0,sys2=0": ${remedy}`)
      return
    }
    const shown = instruction.split('=')[0]!
    const problem = `${path}: the display refuses "${shown}": ${refusal(code)}: its page is not Faccina's, or not complete: ${remedy}`
    log.debug('instruction refused', { path, instruction, code })
    if (this.#problem === undefined) this.#settle(problem)
  }

  #settle(problem: string | undefined): void {
    if (problem === this.#problem) return
    this.#problem = problem
    this.#problems.call()
  }

  #fail(what: string): void {
    this.#failure = new HardwareError(`${this.#options.path}: ${what}`)
    this.#exchange.forget()
    this.#options.fail(this.#failure)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#at === 'over') return
    const worked = this.#at === 'ready' && !this.#failure && this.#options.wire.alive
    this.#at = 'over'
    this.#over.abort()
    this.#beat?.[Symbol.dispose]()
    this.#tell(this.#fingers.release())
    if (worked) await this.#farewell()
    this.#listening[Symbol.dispose]()
    this.#exchange[Symbol.dispose]()
    await this.#options.wire[Symbol.asyncDispose]()
  }

  /** An empty page, as after its power-up; what is under way is answered before it. */
  async #farewell(): Promise<void> {
    const { clock, wire } = this.#options
    const end = clock.now().mono + farewellMs
    this.#exchange.overtake()
    this.#exchange.tell(['page message'])
    while (!this.#exchange.idle && clock.now().mono < end)
      await wire.next('done', end - clock.now().mono, new AbortController().signal)
  }
}

const remedy = 'build and load it as hardware/nextion/README.md says'
