/** What a line costs beyond its length, of which a full one costs 1: readers stumble over a last small word. */
const stumble = 0.1
/** What it is worth that a line ends where a sentence does. */
const rest = 0.15

/**
 * Words in as few lines of at most so much as can be, about equally long; undefined where a word is longer.
 * @param widthOf how long a line is, in the unit of `most`
 */
export function linesOf(
  words: readonly string[],
  most: number,
  widthOf: (line: string) => number,
): string[] | undefined {
  /** The best ways to set the first words, by how many: none of them has more lines than it must have. */
  const ways: ({ lines: string[]; cost: number } | undefined)[] = [{ lines: [], cost: 0 }]
  for (let end = 1; end <= words.length; end++) {
    for (let start = end - 1; start >= 0; start--) {
      const line = words.slice(start, end).join(' ')
      if (widthOf(line) > most) break
      const before = ways[start]
      if (!before) continue
      const cost = before.cost + (widthOf(line) / most) ** 2 + (end < words.length ? endCost(line) : 0)
      const way = { lines: [...before.lines, line], cost }
      const best = ways[end]
      const fewer = way.lines.length - (best?.lines.length ?? Number.POSITIVE_INFINITY)
      if (fewer < 0 || (fewer === 0 && cost < best!.cost)) ways[end] = way
    }
  }
  return ways[words.length]?.lines
}

function endCost(line: string): number {
  if (/[.!?]$/.test(line)) return -rest
  // In Slovene `se` belongs to the verb in front of it.
  return /(^| )(?!se$)\S{1,2}$/.test(line) ? stumble : 0
}
