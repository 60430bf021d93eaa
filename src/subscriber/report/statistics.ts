/** Statistics of shares and of mean scores; all intervals are of 95 %. Pure. */

/** From `low` up to and including `high`. */
export interface Interval {
  low: number
  high: number
}

/** A difference and the interval of it. */
export interface Difference extends Interval {
  value: number
}

/** The 97.5 % point of the standard normal distribution. */
export const z95 = 1.959963984540054

/**
 * Wilson's score interval of a share, `hits` of `n`: it stays within 0 and 1, and holds for few and for
 * extreme counts as well (Wilson 1927; method 3 in Newcombe, Statistics in Medicine 17, 1998, 857–872).
 */
export function wilson(hits: number, n: number, z = z95): Interval {
  if (n === 0) return { low: 0, high: 1 }
  const share = hits / n
  const centre = share + (z * z) / (2 * n)
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  const over = 1 + (z * z) / n
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - half) / over),
    high: hits === n ? 1 : Math.min(1, (centre + half) / over),
  }
}

/** A share: so many of so many. */
export interface Share {
  hits: number
  n: number
}

/**
 * The first share minus the second, with the interval that joins the Wilson intervals of the two (method 10
 * in Newcombe, Statistics in Medicine 17, 1998, 873–890).
 */
export function shareDifference(one: Share, other: Share): Difference {
  const [p, q] = [one.hits / one.n, other.hits / other.n]
  const [a, b] = [wilson(one.hits, one.n), wilson(other.hits, other.n)]
  const value = p - q
  return {
    value,
    low: value - Math.hypot(p - a.low, b.high - q),
    high: value + Math.hypot(a.high - p, q - b.low),
  }
}

/** How probable it is that a standard normal value is greater than `z` (Abramowitz and Stegun 26.2.11, 26.2.14). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z > 4) {
    let fraction = z
    for (let i = 60; i > 0; i--) fraction = z + i / fraction
    return density / fraction
  }
  let term = z
  let sum = z
  for (let i = 3; term > sum * 1e-17; i += 2) {
    term *= (z * z) / i
    sum += term
  }
  return 0.5 - density * sum
}

/**
 * How probable it is that the first share is this much greater than the second by chance alone: the
 * one-sided z test of two proportions with the pooled share (the square of its z is Pearson's chi-squared).
 */
export function greaterByChance(one: Share, other: Share): number {
  const pooled = (one.hits + other.hits) / (one.n + other.n)
  const variance = pooled * (1 - pooled) * (1 / one.n + 1 / other.n)
  if (!(variance > 0)) return 1
  return normalTail((one.hits / one.n - other.hits / other.n) / Math.sqrt(variance))
}

/**
 * The p-values adjusted for their number after Benjamini and Hochberg (Journal of the Royal Statistical
 * Society B 57, 1995, 289–300): of all whose adjusted value is at most `q`, a share of `q` is expected to be
 * chance. In the order given.
 */
export function falseDiscovery(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[b]! - ps[a]!)
  const adjusted = new Array<number>(ps.length)
  let least = 1
  for (const [place, i] of order.entries()) {
    least = Math.min(least, (ps[i]! * ps.length) / (ps.length - place))
    adjusted[i] = least
  }
  return adjusted
}

/** Cohen's h, the size of the effect between two shares (Statistical Power Analysis, 1988, chapter 6). */
export function cohensH(p: number, q: number): number {
  return 2 * (Math.asin(Math.sqrt(p)) - Math.asin(Math.sqrt(q)))
}
