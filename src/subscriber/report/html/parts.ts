import { escapeHtml } from './svg.ts'

/** Pieces of HTML; all text given is escaped here. */

export type Cell = string | { text: string; number: true } | { text: string; head: true }

export const number = (text: string): Cell => ({ text, number: true })

export function paragraph(text: string, className?: string): string {
  return `<p${className ? ` class="${className}"` : ''}>${escapeHtml(text)}</p>`
}

/** A table with a caption; the first cell of each row is its head. */
export function table(caption: string, heads: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const head = heads.map((cell) => `<th scope="col"${numeric(cell)}>${textOf(cell)}</th>`).join('')
  const body = rows.map(
    ([first = '', ...cells]) =>
      `<tr><th scope="row">${textOf(first)}</th>${cells.map((cell) => `<td${numeric(cell)}>${textOf(cell)}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll" role="group" aria-label="${escapeHtml(caption)}" tabindex="0"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`
}

/** A chart with its legend, and its table, which opens below it. */
export function figure(
  { drawing, caption, legend = '' }: { drawing: string; caption: string; legend?: string },
  tableTitle: string,
  itsTable: string,
): string {
  if (drawing === '') return ''
  return `<figure><figcaption>${escapeHtml(caption)}</figcaption>${drawing}${legend}</figure>
<details><summary>${escapeHtml(tableTitle)}<span class="unseen">: ${escapeHtml(caption)}</span></summary>${itsTable}</details>`
}

/** Signs of a chart and what they mean. */
export function legend(keys: readonly (readonly [sign: string, text: string])[]): string {
  const parts = keys.map(
    ([sign, text]) => `<span><span class="key ${sign}"></span> ${escapeHtml(text)}</span>`,
  )
  return `<p class="legend">${parts.join(' ')}</p>`
}

export function section(id: string, title: string, content: readonly string[]): string {
  const filled = content.filter((part) => part !== '')
  if (filled.length === 0) return ''
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>
${filled.join('\n')}
</section>`
}

function numeric(cell: Cell): string {
  return typeof cell === 'object' && 'number' in cell ? ' class="number"' : ''
}

function textOf(cell: Cell): string {
  return escapeHtml(typeof cell === 'string' ? cell : cell.text)
}
