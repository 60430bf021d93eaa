import type { Random } from './random.ts'

/** So many of the items, in an order left to chance; all of them if there are no more. */
export function draw<Item>(items: readonly Item[], count: number, random: Random): Item[] {
  const left = [...items]
  const drawn: Item[] = []
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(Math.floor(random.next() * left.length), 1))
  }
  return drawn
}
