import type { FilterRules } from '../../src/domain/press-filter.ts'
import type { VisitRules } from '../../src/domain/visit.ts'

/** The defaults of a terminal, near enough. */
export const visitRules: VisitRules = {
  correctionMs: 2_000,
  togetherMs: 100,
  lockoutMs: 3_000,
  thanksMs: 1_500,
  askMs: 20_000,
  askLimitMs: 60_000,
  recordMs: 10_000,
  faultMs: 5_000,
  languageMs: 20_000,
  gestureMs: 10_000,
  gestureBriefMs: 2_000,
  asks: ['dissatisfied'],
  reasons: ['waiting-time', 'staff-behaviour', 'must-return', 'negative-outcome'],
  languages: ['it', 'de'],
}

export const filterRules: FilterRules = {
  debounceMs: 20,
  stuckMs: 30_000,
  burstPresses: 8,
  burstMs: 2_000,
  quietMs: 1_000,
  fingerPresses: 40,
  restMs: 5_000,
}
