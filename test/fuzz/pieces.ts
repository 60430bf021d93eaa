import { Random } from '../../src/subscriber/simulate/random.ts'

/** Bytes as a line may bring them: in pieces of chance, the same for the same seed. */
export function pieces(bytes: Uint8Array, seed: number): Uint8Array[] {
  const random = new Random(seed)
  const longest = random.pick([1, 3, 20, 600])
  const cut: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.whole(0, longest)
    cut.push(bytes.subarray(at, end))
    at = end
  }
  return cut
}
