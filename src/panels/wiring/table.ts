import { quiet, r, text } from './ink.ts'
import type { Row } from './table-rows.ts'

/** The table of connections in a picture. */

const columns = { from: 0, name: 84, wire: 224, to: 308 } as const
const lineHeight = 24
const headHeight = 26
export const tableWidth = 650

export function tableHeight(rows: readonly Row[]): number {
  return headHeight + rows.length * lineHeight
}

export function drawTable(rows: readonly Row[], x: number, y: number): string {
  const heads = Object.entries({ from: 'from pin', wire: 'wire', to: 'to' }) as [keyof Row, string][]
  return [
    ...heads.map(([column, words]) =>
      text([x + columns[column], y + 14], words, { size: 13, bold: true, colour: quiet }),
    ),
    ...rows.map((row, i) => drawRow(row, x, y + headHeight + i * lineHeight)),
  ].join('')
}

function drawRow(row: Row, x: number, top: number): string {
  const cells = (Object.keys(columns) as (keyof Row)[]).map((column) =>
    row[column]
      ? text([x + columns[column], top + 17], row[column].replace(', second', ''), {
          size: 14,
          bold: column === 'from' && row.name !== '',
        })
      : '',
  )
  return `<path d="M${r(x)} ${r(top)}H${r(x + tableWidth)}" stroke="#d5dce3" stroke-width="1"/>${cells.join('')}`
}
