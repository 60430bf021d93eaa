/** Looks at a data line as a chain of WS2812 does (data sheet WS2812B: a zero is high for less than 0.5 µs). */
export class PixelEye {
  /** Each frame that was shown, in bytes as they came. */
  readonly frames: Uint8Array[] = []
  /** Pulses that were neither zero nor one. */
  oddPulses = 0
  #high = false
  #since = 0
  #bits: number[] = []

  /** The line is so from this moment on. */
  see(high: boolean, ns: number): void {
    if (!high && !this.#high && ns - this.#since > latchNs) this.#latch()
    if (high === this.#high) return
    if (high && ns - this.#since > latchNs) this.#latch()
    if (!high) this.#bit(ns - this.#since)
    this.#high = high
    this.#since = ns
  }

  #bit(highNs: number): void {
    const isZero = highNs >= 200 && highNs <= 500
    const isOne = highNs >= 550 && highNs <= 1600
    if (!isZero && !isOne) this.oddPulses++
    this.#bits.push(isOne ? 1 : 0)
  }

  #latch(): void {
    if (this.#bits.length === 0) return
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8))
    for (const [i, bit] of this.#bits.entries()) bytes[i >> 3]! |= bit << (7 - (i & 7))
    this.#bits = []
    this.frames.push(bytes)
  }
}

const latchNs = 50_000
