import type { Face } from './words.ts'

/**
 * A panel that has no keys beside the reasons: its three faces move through them and choose. The red one
 * moves on, since who has just pressed it presses it again most easily, and never corrects a vote by that.
 */
export const steeringKeys = {
  back: 'satisfied',
  choose: 'neutral',
  next: 'dissatisfied',
} as const satisfies Record<string, Face>

/** The place in a list of so many after a press: another one, or this one for good. */
export function steer(chosen: number, count: number, face: Face): { chosen: number } | 'taken' {
  switch (face) {
    case steeringKeys.choose:
      return 'taken'
    case steeringKeys.next:
      return { chosen: (chosen + 1) % count }
    case steeringKeys.back:
      return { chosen: (chosen + count - 1) % count }
  }
}
