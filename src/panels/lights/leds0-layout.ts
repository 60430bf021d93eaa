import type { PixelsProfile } from '../profile/parts.ts'
import { inOrder } from './layout.ts'

/**
 * What /dev/leds0 is to be written: four bytes for each pixel, red, green, blue, white. The kernel's
 * ws2812-pio sends them on as green, red, blue, as most pixels take them; those that take another order get
 * theirs by being put where the kernel will move them to the right place. White is for pixels with a fourth
 * light, which these are not.
 * @param frame red, green, blue of each pixel
 */
export function leds0Bytes(frame: Uint8Array, order: PixelsProfile['order']): Uint8Array {
  const sent = inOrder(frame, order)
  const bytes = new Uint8Array((frame.length / 3) * 4)
  for (let pixel = 0; pixel < frame.length / 3; pixel++) {
    bytes[4 * pixel] = sent[3 * pixel + 1]!
    bytes[4 * pixel + 1] = sent[3 * pixel]!
    bytes[4 * pixel + 2] = sent[3 * pixel + 2]!
  }
  return bytes
}
