/** Sequences from one to another, both included. */
export interface Range {
  from: number
  to: number
}

/** What lies between 1 and the highest number, and in none of the ranges. */
export function holesOf(ranges: Range[]): Range[] {
  const holes: Range[] = []
  let next = 1
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from > next) holes.push({ from: next, to: from - 1 })
    next = Math.max(next, to + 1)
  }
  return holes
}
