/**
 * Whoever knows sums of some numbers: which of the numbers can be computed? Each equation has a 1 for each
 * number that is in its sum. A number is determined if its unit vector lies in the span of the equations:
 * then the reduced row echelon form has it as a row.
 */
export function determined(equations: readonly (readonly number[])[], numbers: number): boolean[] {
  const rows = equations.map((row) => [...row])
  let top = 0
  for (let column = 0; column < numbers && top < rows.length; column++) {
    const pivot = rows.findIndex((row, i) => i >= top && Math.abs(row[column]!) > 1e-9)
    if (pivot < 0) continue
    ;[rows[top], rows[pivot]] = [rows[pivot]!, rows[top]!]
    const lead = rows[top]![column]!
    rows[top] = rows[top]!.map((value) => value / lead)
    for (const [i, row] of rows.entries()) {
      const times = row[column]!
      if (i !== top && times !== 0) rows[i] = row.map((value, j) => value - times * rows[top]![j]!)
    }
    top++
  }
  const known = new Array<boolean>(numbers).fill(false)
  for (const row of rows) {
    const others = row.flatMap((value, i) => (Math.abs(value) > 1e-9 ? [i] : []))
    if (others.length === 1) known[others[0]!] = true
  }
  return known
}
