/**
 * Random numbers that a seed brings back, the same on every computer: xoshiro128** (D. Blackman and S. Vigna,
 * Scrambled linear pseudorandom number generators, 2018), its state filled by a mixer of 32 bits.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number

  /** @param seeds what the numbers depend on, and nothing else, e.g. a seed and the number of a terminal */
  constructor(...seeds: number[]) {
    let state = 0x9e3779b9
    for (const seed of seeds) state = mixed(state ^ mixed(seed | 0) ^ mixed(Math.floor(seed / 2 ** 32)))
    const next = () => {
      state = (state + 0x9e3779b9) | 0
      return mixed(state)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    // The one state that never changes is all zeros.
    this.#d = next() | 1
  }

  /** From 0 to below 1, in steps of 2⁻³². */
  next(): number {
    const b5 = Math.imul(this.#b, 5)
    const result = Math.imul((b5 << 7) | (b5 >>> 25), 9)
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return (result >>> 0) / 2 ** 32
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A whole number from `from` up to and including `to`. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!
  }

  /** One of them, each with its share; the shares need not sum up to 1. */
  weighted<K extends string>(shares: readonly (readonly [K, number])[]): K {
    let sum = 0
    for (const share of shares) sum += share[1]
    let rest = this.next() * sum
    for (const share of shares) {
      rest -= share[1]
      if (rest < 0) return share[0]
    }
    return shares.at(-1)![0]
  }

  /** How many come where `mean` are to be expected (Knuth, The Art of Computer Programming 2, 3.4.1); for means up to some hundreds. */
  poisson(mean: number): number {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.next(); product > limit; product *= this.next()) count++
    return count
  }

  /** Letters and digits, as an epoch has them. */
  text(length: number): string {
    let text = ''
    while (text.length < length) text += 'abcdefghijklmnopqrstuvwxyz0123456789'[this.whole(0, 35)]
    return text
  }

  shuffled<T>(values: readonly T[]): T[] {
    const all = [...values]
    for (let n = all.length - 1; n > 0; n--) {
      const other = this.whole(0, n)
      const value = all[n]!
      all[n] = all[other]!
      all[other] = value
    }
    return all
  }
}

/** Every bit of the result depends on every bit of the number (the finaliser of MurmurHash3, public domain, A. Appleby). */
function mixed(number: number): number {
  let bits = number | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
