import { type Face, faces } from '../../../domain/words.ts'

/** A vote as the stream gives it; only what the page reads. */
export interface VoteData {
  epoch: string
  sequence: number
  face: Face
  reason?: string
  outcome: string
  suppressed: number
  corrected: boolean
}

/** Votes received, each counted once, against the terminal's own totals. */
export class Tally {
  #epoch = ''
  readonly #votes = new Map<number, Face>()
  #totals: { epoch: string | undefined; sequence: number } | undefined

  /** False when it had been received before: delivery is at least once. */
  addVote({ epoch, sequence, face }: VoteData): boolean {
    // A new journal counts from 1 again.
    if (epoch !== this.#epoch) this.#votes.clear()
    this.#epoch = epoch
    const isNew = !this.#votes.has(sequence)
    this.#votes.set(sequence, face)
    return isNew
  }

  setTotals(payload: unknown): void {
    const totals = inner(payload)
    if (typeof totals.sequence !== 'number') return
    const epoch = typeof totals.epoch === 'string' ? totals.epoch : undefined
    this.#totals = { epoch, sequence: totals.sequence }
  }

  count(face: Face): number {
    return [...this.#votes.values()].filter((voted) => voted === face).length
  }

  /** Whether every vote that the terminal has counted is here, in a sentence. */
  proof(): { complete: 'yes' | 'not-yet' | 'unknown'; sentence: string } {
    const received = this.#votes.size
    const totals =
      this.#totals?.epoch === undefined || this.#totals.epoch === this.#epoch ? this.#totals : undefined
    if (received === 0) {
      const earlier = this.#totals?.sequence ?? 0
      return {
        complete: 'unknown',
        sentence: earlier > 0 ? `No vote yet today; ${earlier} in totals.` : 'No vote yet.',
      }
    }
    const first = Math.min(...this.#votes.keys())
    const last = Math.max(...this.#votes.keys())
    const noun = received === 1 ? 'vote' : 'votes'
    if (!totals) return { complete: 'unknown', sentence: `${received} ${noun} received; no totals yet.` }
    const whole = received === last - first + 1 && totals.sequence === last
    const sum = first === 1 ? `${received} received` : `${received} received (#${first} to #${last})`
    const of = first === 1 ? `${totals.sequence} in totals` : `up to #${totals.sequence} in totals`
    if (whole)
      return { complete: 'yes', sentence: first === 1 ? `${sum} = ${of} ✓` : `${sum}, ${of}, no hole ✓` }
    return { complete: 'not-yet', sentence: `${sum}, ${of} …` }
  }
}

export function isFaceName(value: unknown): value is Face {
  return (faces as readonly unknown[]).includes(value)
}

/** The message itself, or what it carries where it is an event. */
export function inner(payload: unknown): Record<string, unknown> {
  if (typeof payload !== 'object' || payload === null) return {}
  const data = (payload as { data?: unknown }).data
  return (typeof data === 'object' && data !== null ? data : payload) as Record<string, unknown>
}
