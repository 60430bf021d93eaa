import { HardwareError } from '../errors.ts'

/** Who uses which line of the Pi: two parts on one line would work against each other. */
export class RaspiLineBook {
  readonly #owners = new Map<number, string>()

  /**
   * Writes down what the lines are for; once more by the same owner does nothing.
   * @param wanted a GPIO, and what it is for: `key satisfied`
   * Throws a `HardwareError` that names both, and then keeps none of them.
   */
  claim(wanted: ReadonlyMap<number, string>): void {
    for (const [line, owner] of wanted) {
      const other = this.#owners.get(line)
      if (other !== undefined && other !== owner)
        throw new HardwareError(
          `GPIO ${line} is wanted twice, as ${other} and as ${owner}: give one of them another line in the profile`,
        )
    }
    for (const [line, owner] of wanted) this.#owners.set(line, owner)
  }
}
