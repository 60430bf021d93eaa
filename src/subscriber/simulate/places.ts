import type { Drift } from './moods.ts'
import type { Service } from './offices.ts'
import type { Opening } from './opening.ts'

/** A service at one of its sites. */
export interface Office {
  /** As a level of a topic; further sites of the same service have a number. */
  code: string
  service: Service
  openings: readonly Opening[]
  mood: Drift
}

/** An office and one of its counters. */
export interface CounterName {
  office: Office
  counter: string
}
