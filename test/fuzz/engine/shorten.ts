import { Buffer } from 'node:buffer'

/** A shorter input that does the same: parts are left out, ever smaller ones (A. Zeller, Yesterday, my program worked). */
export async function shortened(
  input: Uint8Array,
  same: (shorter: Uint8Array) => Promise<boolean>,
  mostTries = 500,
): Promise<Uint8Array> {
  let best = input
  let tries = 0
  for (let size = best.length >> 1; size > 0; size >>= 1)
    for (let at = 0; at < best.length && tries < mostTries; ) {
      tries++
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)])
      if (await same(shorter)) best = shorter
      else at += size
    }
  return best
}
