import type { Scene } from '../../../domain/scene.ts'
import type { MonoMs } from '../../../domain/time.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Condition, Display } from '../../../ports/panel.ts'
import type { PanelContext } from '../../drivers.ts'
import type { Mended } from '../../mended.ts'
import type { NextionLine } from './line.ts'
import { type LineOptions, type NextionProfile, shareNextion } from './open-line.ts'
import { nextionPicture } from './picture.ts'

/** A Nextion touch display with Faccina's pages in it. */
export async function openNextionDisplay(
  own: NextionProfile,
  context: PanelContext,
  options: LineOptions = {},
): Promise<Display> {
  return new NextionDisplay(await shareNextion(own, context, options), context.clock)
}

/** How often a picture that moves is drawn: what is left of the time, the light that asks for notice. */
const stepMs = 350

class NextionDisplay implements Display {
  readonly #line: Mended<NextionLine>
  readonly #clock: Clock
  #scene: Scene | undefined
  #step: Disposable | undefined

  constructor(line: Mended<NextionLine>, clock: Clock) {
    this.#line = line
    this.#clock = clock
    line.onOpen(() => this.#draw())
    line.start()
  }

  show(scene: Scene): void {
    this.#scene = scene
    this.#draw()
  }

  #draw(): void {
    this.#step?.[Symbol.dispose]()
    this.#step = undefined
    const line = this.#line.current
    if (!this.#scene || !line) return
    const now = this.#clock.now().mono
    void line.write(nextionPicture(this.#scene, now))
    if (moves(this.#scene, now)) this.#step = this.#clock.alarm(now + stepMs, () => this.#draw())
  }

  /** What is wrong with the page in the display is a trouble of the display alone: keys may work. */
  condition(): Condition {
    const condition = this.#line.condition()
    const problem = this.#line.current?.problem
    return condition.is === 'good' && problem !== undefined ? { is: 'broken', problem } : condition
  }

  onCondition(listener: () => void): Disposable {
    let ofPage: Disposable | undefined
    const opening = this.#line.onOpen((line) => {
      ofPage?.[Symbol.dispose]()
      ofPage = line.onProblem(listener)
    })
    const ofLine = this.#line.onCondition(listener)
    return {
      [Symbol.dispose]() {
        for (const one of [opening, ofPage, ofLine]) one?.[Symbol.dispose]()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#step?.[Symbol.dispose]()
    this.#scene = undefined
    await this.#line[Symbol.asyncDispose]()
  }
}

function moves({ identify, screen }: Scene, now: MonoMs): boolean {
  return identify === true || (screen.countdown !== undefined && screen.countdown.until > now)
}
