import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import Libsql from 'libsql'
import t from 'tap'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import type { Item } from '../../src/subscriber/item.ts'
import { allOf } from '../../src/subscriber/simulate/merge.ts'
import { municipality } from '../../src/subscriber/simulate/municipality.ts'
import { folder } from './folder.ts'
import { program } from './terminal-child.ts'

const [from, to] = ['2026-04-01', '2026-04-30']
const town = { name: 'c_e506', terminals: 30, days: 60, from: '2026-03-02', seed: 11, crowd: 2, version: '0' }
/** Summer time all April: Rome is two hours from UTC. */
const inPeriod = `time >= unixepoch('${from} 00:00:00', '-2 hours') * 1000
  AND time < unixepoch('${to} 00:00:00', '+1 day', '-2 hours') * 1000 AND clock <> 'unknown'`

interface Figures {
  total: {
    votes: number
    index: number
    faces: Record<string, number>
    dissatisfied: { low: number; high: number }
  }
  details: { asked: number; answered: number; reasons: Record<string, { votes: number }>; suppressed: number }
  offices: { office: string; result: { is: string; votes: number; index: number } }[]
  counters: { office: string; counter: string; result: { is: string; votes: number; index: number } }[]
  hours: { weekday: string; hour: number; result: { is: string; votes: number; index: number } }[]
}

t.test('the report says what SQL by hand says of the single votes', async (t) => {
  const where = join(await folder(t), 'votes.db')
  await fill(where)
  const json = execFileSync(process.execPath, [
    ...[program, 'report', '--database', where, '--from', from, '--to', to, '--format', 'json'],
  ])
  const report = JSON.parse(json.toString()) as Figures
  const database = new Libsql(where)
  const rows = <T>(sql: string) => database.prepare(sql).all() as T[]
  // Summaries were left out, so that each vote stands for itself.
  const votes = `(SELECT v.*, t.office, t.counter FROM vote v JOIN epoch e ON e.id = v.epoch
    JOIN terminal t ON t.id = e.terminal WHERE ${inPeriod})`
  const folded = rows<{ n: number }>(`SELECT count(*) AS n FROM summary`)[0]!.n
  t.equal(folded, 0, 'this seed folds nothing')

  const [total] = rows<Record<string, number>>(`SELECT count(*) AS votes,
    sum(face = 'satisfied') AS satisfied, sum(face = 'neutral') AS neutral, sum(face = 'dissatisfied') AS dissatisfied,
    100.0 * sum(CASE face WHEN 'satisfied' THEN 1 WHEN 'neutral' THEN 0.5 ELSE 0 END) / count(*) AS idx,
    sum(outcome <> 'not-asked') AS asked, sum(reason IS NOT NULL) AS answered, sum(suppressed) AS suppressed
    FROM ${votes}`)
  const { satisfied, neutral, dissatisfied } = total!
  t.ok(total!.votes! > 5_000, `${total!.votes} votes`)
  t.match(report.total, { votes: total!.votes, faces: { satisfied, neutral, dissatisfied } })
  t.ok(Math.abs(report.total.index - total!.idx!) < 1e-9, `index ${report.total.index}`)
  t.match(report.details, { asked: total!.asked, answered: total!.answered, suppressed: total!.suppressed })
  const wilson = rows<{ low: number; high: number }>(`SELECT
    (p + z * z / (2 * n) - z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS low,
    (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n) AS high
    FROM (SELECT ${dissatisfied}.0 / ${total!.votes} AS p, ${total!.votes}.0 AS n, 1.959963984540054 AS z)`)[0]!
  for (const end of ['low', 'high'] as const)
    t.ok(Math.abs(report.total.dissatisfied[end] - wilson[end]) < 1e-9, `Wilson, ${end}`)
  for (const { reason, n } of rows<{ reason: string; n: number }>(
    `SELECT reason, count(*) AS n FROM ${votes} WHERE reason IS NOT NULL GROUP BY reason`,
  ))
    t.equal(report.details.reasons[reason]?.votes, n, reason)

  const grouped = (columns: string) =>
    rows<{ key: string; votes: number; idx: number }>(`SELECT ${columns} AS key, count(*) AS votes,
      100.0 * sum(CASE face WHEN 'satisfied' THEN 1 WHEN 'neutral' THEN 0.5 ELSE 0 END) / count(*) AS idx
      FROM ${votes} GROUP BY 1`)
  const compare = (what: string, shown: { key: string; votes: number; index: number }[], least: number) => {
    const by = new Map(shown.map((one) => [one.key, one]))
    let same = 0
    for (const { key, votes, idx } of grouped(what)) {
      const one = by.get(key)
      if (!one) continue
      same++
      t.ok(one.votes === votes && Math.abs(one.index - idx) < 1e-9, `${key}: ${votes} votes, ${idx}`)
    }
    t.equal(same, shown.length, 'whatever is shown is in the votes')
    t.ok(same >= least, `${same} are shown`)
  }
  const shown = <T extends { result: { is: string; votes: number; index: number } }>(
    all: T[],
    keyOf: (one: T) => string,
  ) =>
    all
      .filter(({ result }) => result.is === 'shown')
      .map((one) => ({ key: keyOf(one), votes: one.result.votes, index: one.result.index }))
  compare(
    'office',
    shown(report.offices, ({ office }) => office),
    5,
  )
  compare(
    `office || '/' || counter`,
    shown(report.counters, (one) => `${one.office}/${one.counter}`),
    15,
  )
  const local = `datetime(time / 1000, 'unixepoch', '+2 hours')`
  const weekday = `substr('sunday   monday   tuesday  wednesdaythursday friday   saturday ', strftime('%w', ${local}) * 9 + 1, 9)`
  compare(
    `trim(${weekday}) || ' ' || CAST(strftime('%H', ${local}) AS integer)`,
    shown(report.hours, ({ weekday, hour }) => `${weekday} ${hour}`),
    20,
  )
})

async function fill(where: string): Promise<void> {
  await using database = await openDatabase(where)
  let items: Item[] = []
  for (const { said } of allOf(municipality(town))) {
    if (said.item.is === 'summary') continue
    items.push(said.item)
    if (items.length < 5_000) continue
    await database.store(items, 0)
    items = []
  }
  await database.store(items, 0)
}
