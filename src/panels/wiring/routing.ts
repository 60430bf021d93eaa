import type { BoardPin } from './boards.ts'
import { type Point, r } from './ink.ts'

/** A wire that has to find its way from the edge of a board to a part. */
export interface Way {
  pin: BoardPin
  from: Point
  to: Point
  /** The lane that it changes its height in, from the board outwards; none where it runs straight. */
  lane?: number
}

/**
 * Gives each wire a lane, so that none crosses another as long as parts and pins follow in the same order:
 * of those that run down, the lowest turns first; of those that run up, the highest.
 * Returns how many lanes are needed.
 */
export function giveLanes(ways: Way[]): number {
  let lanes = 0
  for (const run of runs(ways)) {
    const ordered = direction(run[0]!) > 0 ? [...run].reverse() : run
    ordered.forEach((way, i) => {
      way.lane = i
    })
    lanes = Math.max(lanes, run.length)
  }
  return lanes
}

/** Neighbours that bend in the same direction. */
function runs(ways: readonly Way[]): Way[][] {
  const all: Way[][] = []
  let before = 0
  for (const way of ways) {
    const now = direction(way)
    if (now === 0) {
      before = 0
      continue
    }
    if (now === before) all.at(-1)!.push(way)
    else all.push([way])
    before = now
  }
  return all
}

function direction({ from, to }: Way): -1 | 0 | 1 {
  const fall = r(to[1]) - r(from[1])
  return fall > 0 ? 1 : fall < 0 ? -1 : 0
}

/** Heights for parts that follow each other, each as near to its pins as it gets. */
export function stack(parts: readonly { height: number; wished: number }[], gap: number): number[] {
  // Neighbours that would overlap become one pile, which stands where its parts wish it on average.
  const piles: { from: number; count: number; height: number; wish: number }[] = []
  parts.forEach(({ height, wished }, i) => {
    piles.push({ from: i, count: 1, height, wish: wished })
    for (;;) {
      const [above, below] = piles.slice(-2)
      if (!above || !below || above.wish + above.height + gap <= below.wish) break
      const count = above.count + below.count
      const wish = (above.wish * above.count + (below.wish - above.height - gap) * below.count) / count
      piles.splice(-2, 2, { from: above.from, count, height: above.height + gap + below.height, wish })
    }
  })
  const tops: number[] = []
  for (const { from, count, wish } of piles) {
    let top = wish
    for (let i = from; i < from + count; i++) {
      tops.push(top)
      top += parts[i]!.height + gap
    }
  }
  return tops
}
