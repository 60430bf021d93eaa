import { lifeOf } from './life.ts'
import type { Municipality, Terminal } from './municipality.ts'
import type { Said } from './said.ts'

/** What one of many says. */
export interface Word {
  terminal: Terminal
  said: Said
}

/** One terminal's life, read as far as this. */
interface Reading {
  terminal: Terminal
  life: Iterator<readonly Said[]>
  piece: readonly Said[]
  next: number
}

/** All that is said in a municipality, in the order of its times; of one moment the first terminal's comes first. */
export function* allOf({ terminals }: Municipality): Generator<Word, void, undefined> {
  const heap = new Heap()
  for (const terminal of terminals) {
    const reading = { terminal, life: lifeOf(terminal), piece: [], next: 0 }
    if (advance(reading)) heap.push(reading)
  }
  for (let reading = heap.first; reading; reading = heap.first) {
    yield { terminal: reading.terminal, said: reading.piece[reading.next]! }
    reading.next++
    if (reading.next < reading.piece.length || advance(reading)) heap.sink()
    else heap.pop()
  }
}

/** To the next piece that has something in it; false if there is none. */
function advance(reading: Reading): boolean {
  reading.next = 0
  do {
    const { done, value } = reading.life.next()
    if (done) return false
    reading.piece = value
  } while (reading.piece.length === 0)
  return true
}

/** A binary heap of readings, the earliest first. */
class Heap {
  readonly #all: Reading[] = []

  get first(): Reading | undefined {
    return this.#all[0]
  }

  push(reading: Reading): void {
    const all = this.#all
    let place = all.push(reading) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!isBefore(reading, all[parent]!)) break
      all[place] = all[parent]!
      place = parent
    }
    all[place] = reading
  }

  pop(): void {
    const last = this.#all.pop()
    if (!last || this.#all.length === 0) return
    this.#all[0] = last
    this.sink()
  }

  /** The first has become later. */
  sink(): void {
    const all = this.#all
    const reading = all[0]!
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= all.length) break
      if (child + 1 < all.length && isBefore(all[child + 1]!, all[child]!)) child++
      if (!isBefore(all[child]!, reading)) break
      all[place] = all[child]!
      place = child
    }
    all[place] = reading
  }
}

function isBefore(a: Reading, b: Reading): boolean {
  const difference = a.piece[a.next]!.at - b.piece[b.next]!.at
  return difference < 0 || (difference === 0 && a.terminal.index < b.terminal.index)
}
