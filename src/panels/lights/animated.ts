import type { Lights, Scene } from '../../domain/scene.ts'
import type { Instant, MonoMs } from '../../domain/time.ts'
import type { Condition, LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import { dark, type Levels, type Lit, levelsAt, nextFrame, stillLevels } from './animation.ts'

export interface AnimatedOptions<Frame, Sink extends AsyncDisposable> {
  piece: Mended<Sink>
  context: PanelContext
  /** @param brightness of day or night, as the eye sees it, 0 to 1 */
  draw: (levels: Levels, brightness: number) => Frame
  same: (a: Frame, b: Frame) => boolean
  write: (sink: Sink, frame: Frame) => Promise<void>
}

/** Day and night are looked at this often where nothing moves. */
const stillMs = 60_000

/**
 * Lights that move: draws the frame of the moment, and sends it where it is another than the one before.
 * One write at a time is under way, and then the newest frame is the next.
 */
export class AnimatedLights<Frame, Sink extends AsyncDisposable> implements LightsPort {
  readonly #options: AnimatedOptions<Frame, Sink>
  #lit: Lit | undefined
  /** What the open sink shows. */
  #shown: Frame | undefined
  #wanted: Frame | undefined
  #writing: Promise<void> | undefined
  #alarm: Disposable | undefined
  #disposed = false

  constructor(options: AnimatedOptions<Frame, Sink>) {
    this.#options = options
    options.piece.onOpen(() => {
      this.#shown = undefined
      this.#look()
    })
    options.piece.start()
  }

  show(_: Lights, scene: Scene): void {
    const now = this.#options.context.clock.now()
    const from = this.#lit ? this.#levels(this.#lit, now.mono) : dark
    const { at, lights, identify } = scene
    if (this.#lit && sameScene(this.#lit.scene, scene)) return
    this.#lit = { scene: { at, lights, ...(identify && { identify }) }, since: now.mono, from }
    this.#look(now)
  }

  condition(): Condition {
    return this.#options.piece.condition()
  }

  onCondition(listener: () => void): Disposable {
    return this.#options.piece.onCondition(listener)
  }

  async written(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  #look(now: Instant = this.#options.context.clock.now()): void {
    const { context, draw, piece } = this.#options
    this.#alarm?.[Symbol.dispose]()
    // Nothing moves for nobody: what is opened later is shown the frame of that moment.
    if (this.#disposed || !this.#lit || !piece.current) return
    this.#wanted = draw(this.#levels(this.#lit, now.mono), context.lighting.brightness(now))
    this.#send()
    const next = context.lighting.animation ? nextFrame(this.#lit, now.mono) : undefined
    this.#alarm = context.clock.alarm(next ?? now.mono + stillMs, () => this.#look())
  }

  #levels(lit: Lit, now: MonoMs): Levels {
    return this.#options.context.lighting.animation ? levelsAt(lit, now) : stillLevels(lit)
  }

  #send(): void {
    const { piece, same, write } = this.#options
    const frame = this.#wanted
    const sink = piece.current
    if (this.#writing || !sink || frame === undefined) return
    if (this.#shown !== undefined && same(this.#shown, frame)) return
    this.#shown = frame
    this.#writing = write(sink, frame)
      .catch((error) => {
        // One that has been replaced meanwhile fails for itself alone.
        if (piece.current === sink) piece.fail(error)
      })
      .then(() => {
        this.#writing = undefined
        this.#send()
      })
  }

  /** Leaves them dark. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#alarm?.[Symbol.dispose]()
    this.#wanted = undefined
    await this.#writing
    await this.#options.piece[Symbol.asyncDispose]()
  }
}

function sameScene(a: Lit['scene'], b: Lit['scene']): boolean {
  const faces = Object.keys(a.lights) as (keyof Lights)[]
  return (
    a.at === b.at &&
    (a.identify === true) === (b.identify === true) &&
    faces.every((face) => a.lights[face] === b.lights[face])
  )
}
