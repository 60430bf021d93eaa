/** Bytes that look like chance, and are the same in each run (Marsaglia, Xorshift RNGs, 2003). */
export function randomBytes(seed: number): (count: number) => Uint8Array {
  let state = seed | 0 || 1
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return state & 0xff
    })
}
