import type { Measured, Report, Unit } from './report.ts'

/** Lists that fit a page, however many offices and counters there are. Pure. */

export type ShownUnit = Unit & { result: Measured }

export interface Ranked {
  /** Lowest index first. */
  lowest: ShownUnit[]
  /** What lies between, if there are too many. */
  between: { count: number; from: number; to: number } | undefined
  highest: ShownUnit[]
  /** How many may not be shown. */
  withheld: number
}

/** The units in the order of their index: all of them if they are few, else the ends of the list. */
export function ranked(units: readonly Unit[], most = 20, atTheTop = 5): Ranked {
  const shown = units.filter((unit): unit is ShownUnit => unit.result.is === 'shown')
  shown.sort((a, b) => a.result.index - b.result.index)
  const withheld = units.filter(({ result }) => result.is === 'withheld').length
  if (shown.length <= most) return { lowest: shown, between: undefined, highest: [], withheld }
  const lowest = shown.slice(0, most - atTheTop)
  const highest = shown.slice(-atTheTop)
  const between = shown.slice(most - atTheTop, -atTheTop)
  const [from, to] = [between[0]!.result.index, between.at(-1)!.result.index]
  return { lowest, between: { count: between.length, from, to }, highest, withheld }
}

/** Critical areas that a page shows; the rest is counted. */
export const mostAreas = 12

/** Whether enough hours of the week are shown for a picture of them. */
export function hoursTellSomething({ hours }: Pick<Report, 'hours'>): boolean {
  const shown = hours.filter(({ result }) => result.is === 'shown').length
  return shown > 0 && shown * 4 >= hours.length
}
