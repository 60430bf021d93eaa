/** A bar that gets shorter. The browser's compositor moves it; nothing is redrawn. */
export class Countdown {
  readonly #left: HTMLElement
  #running: Animation | undefined

  constructor(bar: HTMLElement) {
    this.#left = bar.querySelector<HTMLElement>('.left')!
  }

  run(leftMs: number, totalMs: number): void {
    const duration = Math.max(0, leftMs)
    const share = Math.min(1, duration / totalMs)
    // Who wants less motion gets a step per second.
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    const easing = still ? `steps(${Math.max(1, Math.round(duration / 1000))}, end)` : 'linear'
    this.#running?.cancel()
    this.#left.hidden = false
    this.#running = this.#left.animate([{ transform: `scaleX(${share})` }, { transform: 'scaleX(0)' }], {
      duration,
      easing,
      fill: 'forwards',
    })
  }

  hide(): void {
    this.#left.hidden = true
    this.#running?.cancel()
    this.#running = undefined
  }
}
