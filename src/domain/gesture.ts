import type { Filter } from './press-filter.ts'
import type { MonoMs } from './time.ts'

/** The technician's gesture: these two held down together begin the commissioning. */
export const gestureKeys = ['satisfied', 'dissatisfied'] as const

/** Since when each of the two is pressed, while both are. A key that is stuck is nobody's finger. */
export function heldTogether(filter: Filter): readonly MonoMs[] | undefined {
  const since = gestureKeys.flatMap((key) => {
    const held = filter[key]?.held
    return held?.at === 'pressed' ? [held.since] : []
  })
  return since.length === gestureKeys.length ? since : undefined
}
