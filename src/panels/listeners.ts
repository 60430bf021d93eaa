/** Those who want to know of something, each until it disposes of its place. */
export class Listeners<Args extends unknown[] = []> {
  readonly #all = new Set<(...args: Args) => void>()

  add(listener: (...args: Args) => void): Disposable {
    // Its own function, so that who listens twice is called twice.
    const own = (...args: Args) => listener(...args)
    this.#all.add(own)
    return { [Symbol.dispose]: () => void this.#all.delete(own) }
  }

  call(...args: Args): void {
    for (const listener of [...this.#all]) listener(...args)
  }
}
