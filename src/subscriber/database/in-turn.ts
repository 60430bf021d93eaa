/** Work that is done one piece after the other, in the order in which it was asked for. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve()

  do<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => {})
    return mine
  }
}

const byName = new Map<string, InTurn>()

/** The same for all in this program who name the same. */
export function inTurnOf(name: string): InTurn {
  const turns = byName.get(name) ?? new InTurn()
  byName.set(name, turns)
  return turns
}
