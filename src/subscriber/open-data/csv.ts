/** Comma-separated values as RFC 4180 has them. Pure. */

/** What a cell holds; nothing where there is nothing to say or where it is held back. */
export type Cell = string | number | undefined

/** UTF-8 without a byte order mark, lines that end with CR LF; a cell is quoted where it must be. */
export function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(text).join(',')}\r\n`).join('')
}

function text(cell: Cell): string {
  const plain = cell === undefined ? '' : String(cell)
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
