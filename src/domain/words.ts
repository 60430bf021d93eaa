/** The words of the house. Their spelling is part of the contract with subscribers. */

/** What a citizen can press first; green, yellow, red. */
export const faces = ['satisfied', 'neutral', 'dissatisfied'] as const
export type Face = (typeof faces)[number]

/** Why a face was pressed, after the programme *Mettiamoci la faccia*. */
export const reasons = ['waiting-time', 'staff-behaviour', 'must-return', 'negative-outcome'] as const
export type Reason = (typeof reasons)[number]

/** How asking for the reason ended; `interrupted` is a power cut between the press and the answer. */
export const outcomes = ['not-asked', 'selected', 'skipped', 'timed-out', 'interrupted'] as const
export type Outcome = (typeof outcomes)[number]

/** Languages a citizen can read the panel in. */
export const languages = ['it', 'de', 'sl', 'fr', 'en'] as const
export type Language = (typeof languages)[number]

export const reasonKeys = ['reason-1', 'reason-2', 'reason-3', 'reason-4'] as const

/** Everything a panel can have pressed. */
export const keys = [...faces, ...reasonKeys, 'skip', 'language'] as const
export type Key = (typeof keys)[number]

export function isFace(key: Key): key is Face {
  return (faces as readonly Key[]).includes(key)
}

/** The place (0, 1, …) of the reason that a reason key stands for, or -1 for any other key. */
export function reasonIndex(key: Key): number {
  return (reasonKeys as readonly Key[]).indexOf(key)
}
