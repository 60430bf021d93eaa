/**
 * Looks at a data line as the WS2812 does: by how long it is high and low. Throws where a pixel could not
 * be sure what it saw.
 */

/** Nanoseconds for which the line is high, then low. */
interface Pulse {
  highNs: number
  lowNs: number
}

/** Within what a pixel takes a pulse for (data sheets WS2812B and WS2812B-V5, the stricter of both). */
const zeroNs = { from: 220, to: 480 }
const oneNs = { from: 580, to: 1600 }
/** Low for longer it may take for the end … */
const quietNs = 5_000
/** … and for so long it must. */
const latchNs = 280_000

/**
 * What the pixels show, one picture for each time that they were let to.
 * @param bytes what the SPI sends, the highest bit first
 * @param rest bits of the clock for which the line stays low between two bytes
 */
export function ws2812Pictures(bytes: Uint8Array, hz: number, rest = 0): Uint8Array[] {
  const pictures: Uint8Array[] = []
  let bits: number[] = []
  for (const { highNs, lowNs } of pulses(levels(bytes, rest), 1e9 / hz)) {
    if (highNs > 0) bits.push(bitOf(highNs))
    if (lowNs < quietNs) continue
    if (lowNs < latchNs) throw new Error(`low for ${lowNs} ns: neither a bit nor the end`)
    if (bits.length > 0) pictures.push(packed(bits))
    bits = []
  }
  if (bits.length > 0) throw new Error(`the line did not rest after ${bits.length} bits`)
  return pictures
}

function* levels(bytes: Uint8Array, rest: number): Generator<number> {
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) yield (byte >> bit) & 1
    for (let i = 0; i < rest; i++) yield 0
  }
}

function* pulses(line: Iterable<number>, bitNs: number): Generator<Pulse> {
  let pulse: Pulse = { highNs: 0, lowNs: 0 }
  for (const level of line) {
    if (level === 1 && pulse.lowNs > 0) {
      yield pulse
      pulse = { highNs: 0, lowNs: 0 }
    }
    if (level === 1) pulse.highNs += bitNs
    else pulse.lowNs += bitNs
  }
  yield pulse
}

function bitOf(highNs: number): number {
  if (highNs >= zeroNs.from && highNs <= zeroNs.to) return 0
  if (highNs >= oneNs.from && highNs <= oneNs.to) return 1
  throw new Error(`high for ${highNs} ns: neither zero nor one`)
}

function packed(bits: readonly number[]): Uint8Array {
  if (bits.length % 8 !== 0) throw new Error(`${bits.length} bits are no whole bytes`)
  const bytes = new Uint8Array(bits.length / 8)
  for (const [i, bit] of bits.entries()) bytes[i >> 3]! |= bit << (7 - (i & 7))
  return bytes
}
