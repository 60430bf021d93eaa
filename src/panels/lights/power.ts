import type { PixelsProfile } from '../profile/parts.ts'

/** What a pixel takes while dark, mA; data sheets of the WS2812B and its kin say 0.6 to 1. */
export const restMilliamps = 1

export type PowerLimits = Pick<PixelsProfile, 'milliampsPerPixel' | 'maxMilliamps'>

/**
 * What a frame takes, mA. A lit pixel takes in proportion to its bytes, and beside that what it takes dark.
 * @param frame three bytes a pixel
 */
export function milliamps(frame: Uint8Array, { milliampsPerPixel }: PowerLimits): number {
  let sum = 0
  for (const byte of frame) sum += byte
  return (frame.length / 3) * restMilliamps + (sum * milliampsPerPixel) / (3 * 255)
}

/**
 * Dims the whole frame, in place, as far as it takes more than the supply can spare. Colours stay as they
 * are. More pixels than could even be dark on the budget are dark.
 */
export function withinBudget(frame: Uint8Array, limits: PowerLimits): Uint8Array {
  const rest = (frame.length / 3) * restMilliamps
  const wanted = milliamps(frame, limits) - rest
  const spare = Math.max(0, limits.maxMilliamps - rest)
  if (wanted <= spare) return frame
  const share = spare / wanted
  for (let i = 0; i < frame.length; i++) frame[i] = Math.floor(frame[i]! * share)
  return frame
}
