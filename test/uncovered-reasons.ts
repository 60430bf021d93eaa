export interface Reason {
  why: string
  /** The system tests that run it. */
  by?: readonly string[]
  places: readonly string[]
}

export const reasons: readonly Reason[] = []
