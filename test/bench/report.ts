/** One budget: what was measured, beside its limit. */
export interface Budget {
  name: string
  value: number
  /** At most, or at least, this; both absent for a figure that is only told. */
  limit?: number
  least?: number
  unit: string
  /** How it was measured. */
  how: string
}

/** A budget that could not be measured here, and why. */
interface Unmeasured {
  name: string
  why: string
}

export type Line = Budget | Unmeasured

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/** @param last what each was in an earlier run, by its name */
export function print(lines: readonly Line[], last: ReadonlyMap<string, number>): void {
  const before = (name: string) => (last.has(name) ? number(last.get(name)!) : '')
  const rows = lines.map((line) =>
    'why' in line
      ? [line.name, '—', '', before(line.name), '', `not measured: ${line.why}`]
      : [line.name, number(line.value), bound(line), before(line.name), line.unit, verdict(line)],
  )
  const head = ['budget', 'measured', 'limit', 'last', 'unit', '']
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  const text = (row: string[]) =>
    row.map((cell, i) => (i >= 1 && i <= 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')
  console.log(
    ['', text(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(text), ''].join('\n'),
  )
  for (const line of lines) if ('how' in line) console.log(`  ${line.name}: ${line.how}`)
}

export function missed(lines: readonly Line[]): Budget[] {
  return lines.filter((line): line is Budget => 'value' in line && isMissed(line))
}

function isMissed({ value, limit, least }: Budget): boolean {
  return (limit !== undefined && value > limit) || (least !== undefined && value < least)
}

function bound({ limit, least }: Budget): string {
  if (limit !== undefined) return `≤ ${number(limit)}`
  return least === undefined ? '' : `≥ ${number(least)}`
}

function verdict(budget: Budget): string {
  if (bound(budget) === '') return ''
  return isMissed(budget) ? 'MISSED' : 'met'
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
