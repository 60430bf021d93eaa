import type { Lights, Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import { type Face, faces } from '../../domain/words.ts'
import type { Condition, LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import { eachFace, type Levels, type Mood, moodOf } from './animation.ts'
import { follow, glowNow, type Held, nextLook, unlit } from './mood.ts'
import { Outlet, type Sink } from './outlet.ts'

/** Makes of light what one kind of hardware takes. */
export interface Painter<Frame> {
  /**
   * @param brightness 0 to 1, of everything
   * @returns undefined where it would be the same as last time
   */
  paint(levels: Levels, brightness: number): Frame | undefined
}

/** How often it is asked whether it has become day or night. */
const daylightMs = 60_000

/** Lights that move on with time as long as something moves, and let the hardware come and go. */
export class ShownLights<Frame> implements LightsPort {
  readonly #piece: Mended<Sink<Frame>>
  readonly #painter: Painter<Frame>
  readonly #outlet: Outlet<Frame>
  readonly #clock: PanelContext['clock']
  readonly #lighting: PanelContext['lighting']
  readonly #listeners: Disposable[]
  readonly #held: Record<Face, Held> = { satisfied: unlit, neutral: unlit, dissatisfied: unlit }
  /** Undefined until something is shown. */
  #wanted: Record<Face, Mood> | undefined
  #brightness = 0
  #look: Disposable | undefined
  #daylight: Disposable | undefined
  #disposed = false

  constructor(piece: Mended<Sink<Frame>>, painter: Painter<Frame>, { clock, lighting }: PanelContext) {
    this.#piece = piece
    this.#painter = painter
    this.#clock = clock
    this.#lighting = lighting
    this.#outlet = new Outlet(piece, clock)
    this.#listeners = [clock.onChange(() => this.#lookAtDaylight()), piece.onOpen(() => this.#move())]
    piece.start()
  }

  show(lights: Lights, scene: Scene): void {
    if (this.#disposed) return
    const first = this.#wanted === undefined
    const lit = { ...scene, lights }
    this.#wanted = eachFace((face) => moodOf(face, lit))
    if (first) this.#lookAtDaylight()
    else this.#move()
  }

  written(): Promise<void> {
    return this.#outlet.written()
  }

  condition(): Condition {
    return this.#piece.condition()
  }

  onCondition(listener: () => void): Disposable {
    return this.#piece.onCondition(listener)
  }

  #lookAtDaylight(): void {
    if (this.#disposed || !this.#wanted) return
    this.#daylight?.[Symbol.dispose]()
    const now = this.#clock.now()
    this.#brightness = Math.min(1, Math.max(0, this.#lighting.brightness(now)))
    this.#daylight = this.#clock.alarm(now.mono + daylightMs, () => this.#lookAtDaylight())
    this.#move()
  }

  /** Shows how the faces are lit now, and comes back when that changes. */
  #move(): void {
    this.#look?.[Symbol.dispose]()
    this.#look = undefined
    const wanted = this.#wanted
    if (this.#disposed || !wanted) return
    const at = this.#clock.now().mono
    const moving = this.#lighting.animation
    for (const face of faces) this.#held[face] = follow(this.#held[face], wanted[face], face, at, moving)
    const levels = eachFace((face) => glowNow(this.#held[face], face, at, moving))
    const frame = this.#painter.paint(levels, this.#brightness)
    if (frame !== undefined) this.#outlet.put(frame)
    // Nobody sees it move in the dark, or where there is nothing to light.
    if (this.#brightness === 0 || !this.#piece.current) return
    const next = this.#next(wanted, at, moving)
    if (next < Number.POSITIVE_INFINITY) this.#look = this.#clock.alarm(next, () => this.#move())
  }

  #next(wanted: Readonly<Record<Face, Mood>>, at: MonoMs, moving: boolean): MonoMs {
    let next = Number.POSITIVE_INFINITY
    for (const face of faces)
      next = Math.min(next, nextLook(this.#held[face], wanted[face], at, moving) ?? next)
    return next
  }

  /** Nothing moves any more, and the hardware goes dark. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#look?.[Symbol.dispose]()
    this.#daylight?.[Symbol.dispose]()
    for (const listener of this.#listeners) listener[Symbol.dispose]()
    await this.#outlet[Symbol.asyncDispose]()
  }
}
