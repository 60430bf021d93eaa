/** The name that somebody probably meant, or undefined when none is near enough to be worth saying. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const from = plain(written)
  const ranked = names
    .map((name) => ({ name, steps: editSteps(from, plain(name)) }))
    .sort((a, b) => a.steps - b.steps)
  const best = ranked[0]
  const most = from.length < 3 ? 0 : Math.max(1, Math.floor(from.length / 3))
  return best && best.steps <= most && best.steps < plain(best.name).length ? best.name : undefined
}

/** `Max_Mebibytes`, `max-mebibytes` and `maxMebibytes` are the same word to a reader. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_\s]/g, '')
    .slice(0, 64)
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editSteps(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let steps = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) steps = Math.min(steps, rows[i - 2]![j - 2]! + 1)
      row.push(steps)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
