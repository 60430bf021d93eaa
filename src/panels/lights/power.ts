/** What a chain of pixels may take. */
export interface PowerBudget {
  /** Of one pixel at full white. */
  milliampsPerPixel: number
  maxMilliamps: number
}

/** A WS2812 takes about this much while it is dark (data sheet: 0.3 to 1 mA). */
const quiescentMilliamps = 1

/** What a frame of red, green, blue takes. */
export function milliampsOf(frame: Uint8Array, { milliampsPerPixel }: PowerBudget): number {
  let sum = 0
  for (const value of frame) sum += value
  return (sum / (3 * 255)) * milliampsPerPixel + (frame.length / 3) * quiescentMilliamps
}

/** Dims a whole frame, in place, so that it keeps within the budget: colours stay what they are. */
export function keepWithin(frame: Uint8Array, budget: PowerBudget): void {
  const quiescent = (frame.length / 3) * quiescentMilliamps
  const lit = milliampsOf(frame, budget) - quiescent
  const spare = Math.max(0, budget.maxMilliamps - quiescent)
  if (lit <= spare) return
  const share = spare / lit
  for (let at = 0; at < frame.length; at++) frame[at] = Math.floor(frame[at]! * share)
}
