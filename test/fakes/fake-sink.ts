import type { Sink } from '../../src/panels/lights/outlet.ts'
import { Mended } from '../../src/panels/mended.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { FakeLog } from './fake-log.ts'

/** Hardware that takes pictures, breaks when a test says so, and takes its time when it is held. */
export class FakeHardware<Frame> {
  /** What was taken, by which of the pieces opened one after the other, and when. */
  readonly taken: { frame: Frame; piece: number; at: number }[] = []
  opened = 0
  closed = 0
  /** How many writes of one piece were ever under way at once. */
  mostAtOnce = 0
  readonly log = new FakeLog()
  readonly piece: Mended<Sink<Frame>>
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  #held = false
  #problem: Error | undefined

  constructor(clock: Clock) {
    const open = async () => {
      if (this.#problem) throw this.#problem
      const piece = ++this.opened
      let underWay = 0
      return {
        write: async (frame: Frame) => {
          this.mostAtOnce = Math.max(this.mostAtOnce, ++underWay)
          this.taken.push({ frame, piece, at: clock.now().mono })
          if (this.#held)
            await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
          underWay--
          if (this.#problem) throw this.#problem
        },
        [Symbol.asyncDispose]: async (): Promise<void> => {
          this.closed++
        },
      }
    }
    this.piece = new Mended<Sink<Frame>>({ what: 'lights under test', open, clock, log: this.log })
  }

  /** From now on a write ends only when it is released, or again by itself. */
  hold(held = true): void {
    this.#held = held
  }

  /** Ends the writes that wait, well or not. */
  release(error?: Error): void {
    this.#held = false
    for (const { resolve, reject } of this.#waiting.splice(0)) error ? reject(error) : resolve()
  }

  /** It breaks, or is mended. */
  become(problem?: Error): void {
    this.#problem = problem
  }

  get frames(): Frame[] {
    return this.taken.map(({ frame }) => frame)
  }
}
