/**
 * What must not be shown, so that nobody is judged by a few votes: a part with too few of them, and so many
 * other parts that it cannot be computed from the whole either (complementary suppression). Pure.
 */

/** A part of a whole whose votes are shown, too. */
export interface Part {
  votes: number
  /** Whether it could be shown if there were no others. */
  mayShow: boolean
}

/**
 * Which parts are withheld. What is left of the whole once the parts that are shown are taken away is then
 * either nothing, or two parts at least and `minimum` votes at least. Parts without votes are as good as not
 * there.
 */
export function withheldParts(parts: readonly Part[], minimum: number): boolean[] {
  const withheld = parts.map(({ votes, mayShow }) => votes > 0 && !mayShow)
  let count = 0
  let votes = 0
  for (const [i, part] of parts.entries()) {
    if (!withheld[i]) continue
    count++
    votes += part.votes
  }
  if (count === 0) return withheld
  const smallestFirst = parts
    .map((_, i) => i)
    .filter((i) => !withheld[i] && parts[i]!.votes > 0)
    .sort((a, b) => parts[a]!.votes - parts[b]!.votes)
  for (const i of smallestFirst) {
    if (count >= 2 && votes >= minimum) break
    withheld[i] = true
    count++
    votes += parts[i]!.votes
  }
  return withheld
}

/** A counter, an office of counters, a municipality of offices, or all of them. */
export interface Node {
  votes: number
  parts: readonly Node[]
}

/**
 * Which nodes of a tree are shown: none below one that is not, and of the parts of each one that is, those
 * that `withheldParts` leaves. @param already may not be shown for another reason
 */
export function shownNodes(
  root: Node,
  minimum: number,
  already: (node: Node) => boolean = () => false,
): Set<Node> {
  const shown = new Set<Node>()
  const visit = (node: Node) => {
    shown.add(node)
    const parts = node.parts.map((part) => ({
      votes: part.votes,
      mayShow: part.votes >= minimum && !already(part),
    }))
    const withheld = withheldParts(parts, minimum)
    for (const [i, part] of node.parts.entries()) if (!withheld[i] && part.votes > 0) visit(part)
  }
  if (root.votes >= minimum && !already(root)) visit(root)
  return shown
}
