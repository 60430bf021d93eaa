import type { PanelContext } from '../drivers.ts'
import { HardwareError } from '../errors.ts'

/** Who uses which line of the Pi: two parts on one line would work against each other. */
export class RaspiLines implements AsyncDisposable {
  readonly #owners = new Map<number, string>()

  /**
   * Writes down what the lines are for; once more by the same owner does nothing.
   * @param wanted a GPIO, and what it is for: `key satisfied`
   * Throws a `HardwareError` that names both, and then keeps none of them.
   */
  claim(wanted: Iterable<readonly [line: number, owner: string]>): void {
    const all = new Map(this.#owners)
    for (const [line, owner] of wanted) {
      const other = all.get(line)
      if (other !== undefined && other !== owner)
        throw new HardwareError(
          `GPIO ${line} is wanted twice, as ${other} and as ${owner}: give one of them another line in the profile`,
        )
      all.set(line, owner)
    }
    for (const [line, owner] of all) this.#owners.set(line, owner)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#owners.clear()
  }
}

/** Those of a panel. */
export function raspiLines({ share }: Pick<PanelContext, 'share'>): Promise<RaspiLines> {
  return share('lines of the Pi', () => new RaspiLines())
}
