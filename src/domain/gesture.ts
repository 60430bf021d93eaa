import type { Filter } from './press-filter.ts'
import type { MonoMs } from './time.ts'
import { keys } from './words.ts'

/** The technician's gesture: these two held down together begin the commissioning. */
export const gestureKeys = ['satisfied', 'dissatisfied'] as const

/**
 * Since when each of the two is pressed, while both are and no other: an arm on the panel, or a broken chip that fires
 * on all keys, is no technician. A key that is stuck is nobody's finger.
 */
export function heldTogether(filter: Filter): readonly MonoMs[] | undefined {
  const pressed = keys.flatMap((key) => {
    const held = filter[key]?.held
    return held?.at === 'pressed' ? [{ key, since: held.since }] : []
  })
  const both = gestureKeys.every((key) => pressed.some((one) => one.key === key))
  return both && pressed.length === gestureKeys.length ? pressed.map(({ since }) => since) : undefined
}
