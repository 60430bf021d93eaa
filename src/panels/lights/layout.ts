import type { PixelsProfile } from '../profile/parts.ts'

/**
 * The bytes of a frame in the order in which the pixels take them.
 * @param frame red, green, blue of each pixel; it stays as it is
 * @param order as the profile names it: GRB for most WS2812
 */
export function inOrder(frame: Uint8Array, order: PixelsProfile['order']): Uint8Array {
  const first = 'RGB'.indexOf(order[0]!)
  const second = 'RGB'.indexOf(order[1]!)
  const third = 'RGB'.indexOf(order[2]!)
  const sent = new Uint8Array(frame.length)
  for (let i = 0; i + 2 < frame.length; i += 3) {
    sent[i] = frame[i + first]!
    sent[i + 1] = frame[i + second]!
    sent[i + 2] = frame[i + third]!
  }
  return sent
}
