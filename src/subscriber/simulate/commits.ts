import { parseCommitted } from '../../contract/incoming.ts'
import type { Incoming } from '../../ports/uplink.ts'
import type { Terminal } from './municipality.ts'
import type { Said } from './said.ts'

interface Place {
  epoch: string
  sequence: number
}

/** How far collectors say they are, beside how far the terminals are. */
export class Commits {
  readonly #told: Place[]
  readonly #committed = new Map<number, Place>()
  #changed: (() => void)[] = []

  constructor(terminals: number) {
    this.#told = Array.from({ length: terminals }, () => ({ epoch: '', sequence: 0 }))
  }

  told({ index }: Terminal, { item }: Said): void {
    if (item.is !== 'vote' && item.is !== 'gap' && item.is !== 'summary') return
    const { data } = item.event
    const place = this.#told[index]!
    const to = 'face' in data ? data.sequence : data.to
    // A gap that tells the end of an exchanged card is no news of the new one.
    if (item.is === 'gap' && item.event.data.cause === 'exchanged')
      this.#told[index] = { epoch: '', sequence: 0 }
    else if (place.epoch !== data.epoch) this.#told[index] = { epoch: data.epoch, sequence: to }
    else place.sequence = Math.max(place.sequence, to)
  }

  hear({ index }: Terminal, { payload }: Incoming): void {
    const committed = parseCommitted(payload)
    if (!committed) return
    this.#committed.set(index, committed)
    const changed = this.#changed
    this.#changed = []
    for (const wake of changed) wake()
  }

  /** How many terminals have told something, and of how many of these a collector has all. */
  get state(): { told: number; complete: number } {
    let told = 0
    let complete = 0
    for (const [index, { epoch, sequence }] of this.#told.entries()) {
      if (sequence === 0) continue
      told++
      const committed = this.#committed.get(index)
      if (committed?.epoch === epoch && committed.sequence >= sequence) complete++
    }
    return { told, complete }
  }

  /** Resolves with the next word of a collector. */
  change(): Promise<void> {
    return new Promise((resolve) => void this.#changed.push(resolve))
  }
}
