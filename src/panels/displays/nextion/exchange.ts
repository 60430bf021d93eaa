import type { Clock } from '../../../ports/clock.ts'
import type { Frame } from './frames.ts'

export interface ExchangeOptions {
  clock: Clock
  send(bytes: Uint8Array): void
  /** An instruction was refused. */
  refused(instruction: string, code: number): void
  /** Nothing is on its way any more. */
  drained(): void
  /** Answers are missing, though the display may be alive: what it shows is unknown. */
  lost(): void
  /** It answers no question. */
  dead(): void
}

interface Sent {
  instruction: string
  bytes: Uint8Array
  /** A question is answered by data, all others by done or refused (`bkcmd=3`). */
  answer?: (value: number | string | undefined) => void
}

/**
 * Bytes under way without an answer. The display keeps 1,024 of them; what is beyond that is lost, and
 * drawing takes it longer than sending takes us.
 */
const window = 256
/** Some models keep few instructions, however short they are. */
const most = 8
const answerMs = 1_000
const questionMs = 2_000

/**
 * Instructions on their way to the display and its answers, in order. Questions go alone, since some
 * firmware answers them with data only and some with data and done.
 */
export class Exchange implements Disposable {
  readonly #options: ExchangeOptions
  #waiting: Sent[] = []
  #sent: Sent[] = []
  #alarm: Disposable | undefined

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  get idle(): boolean {
    return this.#sent.length === 0 && this.#waiting.length === 0
  }

  tell(instructions: readonly string[]): void {
    for (const instruction of instructions) this.#waiting.push({ instruction, bytes: encode(instruction) })
    this.#pump()
  }

  /** Resolves with what it answered: nothing where it refused, or was overtaken by `forget`. */
  ask(instruction: string): Promise<number | string | undefined> {
    return new Promise((answer) => {
      this.#waiting.push({ instruction, bytes: encode(instruction), answer })
      this.#pump()
    })
  }

  /** What has not been sent yet is not worth sending any more. */
  overtake(): void {
    const questions = this.#waiting.filter(({ answer }) => answer)
    this.#waiting = questions
  }

  /** Whatever is under way is taken for lost. */
  forget(): void {
    const all = [...this.#sent, ...this.#waiting]
    this.#sent = []
    this.#waiting = []
    this.#wait()
    for (const { answer } of all) answer?.(undefined)
  }

  /** An answer, or any other message, which is left alone. */
  receive(frame: Frame): void {
    const [first] = this.#sent
    if (!first) return
    if (first.answer) {
      if (frame.is === 'number') this.#settle(first, frame.value)
      else if (frame.is === 'text') this.#settle(first, frame.text)
      else if (frame.is === 'refused') this.#settle(first, undefined)
    } else if (frame.is === 'done') this.#settle(first, undefined)
    else if (frame.is === 'refused') {
      this.#options.refused(first.instruction, frame.code)
      this.#settle(first, undefined)
    }
  }

  #settle(first: Sent, value: number | string | undefined): void {
    this.#sent = this.#sent.filter((one) => one !== first)
    first.answer?.(value)
    this.#wait()
    this.#pump()
    if (this.idle) this.#options.drained()
  }

  #pump(): void {
    for (;;) {
      const [next] = this.#waiting
      if (!next) return
      const under = this.#sent.reduce((sum, { bytes }) => sum + bytes.length, 0)
      const alone = next.answer !== undefined || this.#sent.some(({ answer }) => answer)
      const full = this.#sent.length >= most || under + next.bytes.length > window
      if (this.#sent.length > 0 && (alone || full)) return
      this.#waiting.shift()
      this.#sent.push(next)
      if (this.#sent.length === 1) this.#wait()
      this.#options.send(next.bytes)
    }
  }

  /** Each answer gives the next one its time. */
  #wait(): void {
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = undefined
    const [first] = this.#sent
    if (!first) return
    const { clock, lost, dead } = this.#options
    const at = clock.now().mono + (first.answer ? questionMs : answerMs)
    this.#alarm = clock.alarm(at, () => {
      if (first.answer) dead()
      else lost()
    })
  }

  [Symbol.dispose](): void {
    this.forget()
  }
}

const end = [0xff, 0xff, 0xff]

/** An instruction as it goes over the line. */
export function encode(instruction: string): Uint8Array {
  return Buffer.concat([Buffer.from(instruction, 'utf8'), Buffer.from(end)])
}
