import { faces, outcomes, reasons } from '../../domain/words.ts'
import { countColumns } from './counts-row.ts'
import type { Where } from './database.ts'
import { unknownHour } from './schema.ts'

/** SQL that both databases read alike. */

/** Votes of an epoch's range, counted by hour: the hour first, then `countColumns`. */
export function countVotesSql(epoch: string, from: string, to: string): string {
  const sums = (column: string, names: readonly string[]) =>
    names.map((name) => `sum(CASE WHEN ${column} = '${name}' THEN 1 ELSE 0 END)`)
  const counts = [
    'count(*)',
    ...sums('face', faces),
    ...sums('reason', reasons),
    ...sums('outcome', outcomes),
    'CAST(sum(suppressed) AS bigint)',
    'sum(CASE WHEN corrected THEN 1 ELSE 0 END)',
  ]
  // Division cuts towards zero; times before 1970 are nobody's, but must not be counted elsewhere than before.
  const hour = `(time - ((time % 3600000) + 3600000) % 3600000)`
  return `SELECT CASE WHEN clock = 'unknown' THEN ${unknownHour} ELSE ${hour} END AS hour, ${counts.join(', ')}
    FROM vote WHERE epoch = ${epoch} AND sequence BETWEEN ${from} AND ${to} GROUP BY 1`
}

/** @param rows what is added: terminal, hour, `countColumns` */
export function upsertHoursSql(rows: string): string {
  const sums = countColumns.map((name) => `${name} = hour_counts.${name} + excluded.${name}`)
  return `INSERT INTO hour_counts (terminal, hour, ${countColumns.join(', ')}) ${rows}
    ON CONFLICT (terminal, hour) DO UPDATE SET ${sums.join(', ')}`
}

/** What a `Where` asks for, as conditions; `mark` gives the placeholder of the value that is the nth. */
export function conditions(
  { from, to, ...name }: Where,
  column: string,
  mark: (n: number) => string,
): { sql: string; values: (string | number)[] } {
  const values: (string | number)[] = []
  const parts: string[] = []
  const add = (condition: string, value: string | number) => {
    values.push(value)
    parts.push(`${condition} ${mark(values.length)}`)
  }
  for (const level of ['municipality', 'office', 'counter'] as const)
    if (name[level] !== undefined) add(`t.${level} =`, name[level])
  if (from !== undefined) add(`${column} >=`, from)
  if (to !== undefined) add(`${column} <`, to)
  if (from !== undefined || to !== undefined) parts.push(`${column} <> ${unknownHour}`)
  return { sql: parts.map((part) => ` AND ${part}`).join(''), values }
}

/** Terminal by terminal, hour by hour: source, hour, `countColumns`. */
export function hoursSql(where: string): string {
  return `SELECT t.source, c.hour, ${countColumns.map((name) => `c.${name}`).join(', ')}
    FROM terminal t JOIN hour_counts c ON c.terminal = t.id
    WHERE c.votes > 0${where} ORDER BY t.source, c.hour`
}

export function servedSql(where: string): string {
  return `SELECT t.source, s.begins, s.ends, s.served FROM terminal t JOIN served s ON s.terminal = t.id
    WHERE true${where} ORDER BY t.source, s.begins`
}

export const terminalsSql = `SELECT t.source, t.votes, t.last_vote, t.heard_at, s.state, s.health
  FROM terminal t LEFT JOIN status s ON s.terminal = t.id WHERE t.heard_at IS NOT NULL ORDER BY t.source`

export const progressSql = (condition: string) =>
  `SELECT t.source, e.id, e.name, e.complete, e.highest
   FROM epoch e JOIN terminal t ON t.id = e.terminal WHERE ${condition} ORDER BY t.source, e.name`

export const claimSql = (
  source: string,
  epoch: string,
  now: string,
  until: string,
) => `UPDATE epoch SET replay_until = ${until}
  WHERE name = ${epoch} AND terminal = (SELECT id FROM terminal WHERE source = ${source})
  AND (replay_until IS NULL OR replay_until <= ${now})`
