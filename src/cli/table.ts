/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: string[][], colour: boolean): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const numeric = head.map((_, i) => rows.every((row) => /^\d*$/.test(row[i] ?? '')))
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  const title = line(head)
  return `${[colour ? `\u001b[1m${title}\u001b[0m` : title, ...rows.map(line)].join('\n')}\n`
}
