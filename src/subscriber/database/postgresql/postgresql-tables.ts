import type { PoolClient } from 'pg'
import { epochVote, type Value, voteColumns, voteValues } from '../columns.ts'
import { type CountsRow, countColumns, type HourSums } from '../counts-row.ts'
import { countVotesSql, upsertHoursSql } from '../sql.ts'
import type * as rows from '../tables.ts'
import { statusColumns, type Tables } from '../tables.ts'

type Column = readonly [name: string, type: string]
type Given = Value | boolean | Uint8Array

const bigints = (...names: readonly string[]): Column[] => names.map((name) => [name, 'bigint'])
const namesOf = (columns: readonly Column[]) => columns.map(([name]) => name).join(', ')
/** Rows that are sent along: each column an array. */
const sent = (columns: readonly Column[]) =>
  `unnest(${columns.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ')})`

const range = bigints('epoch', 'first', 'last')
const gap: Column[] = [...range, ['cause', 'text'], ['time', 'bigint']]
const counts = bigints(...countColumns)
const hour: Column[] = [...bigints('terminal', 'hour'), ...counts]
const status: Column[] = [['terminal', 'bigint'], ...statusColumns.map((name) => [name, 'json'] as const)]
const news: Column[] = [...bigints('id', 'votes', 'last_vote', 'seen_at'), ['heard', 'boolean']]
const quarantined: Column[] = [
  ['at', 'bigint'],
  ['kind', 'text'],
  ['topic', 'text'],
  ['why', 'text'],
  ['payload', 'bytea'],
]

/** Terminals of the batch are not in the table yet. They are to be put there by a transaction of their own. */
export class UnknownTerminals extends Error {
  override name = 'UnknownTerminals'
  readonly sources: readonly string[]

  constructor(sources: readonly string[]) {
    super('terminals that are new')
    this.sources = sources
  }
}

/**
 * The tables in a transaction of PostgreSQL's. The lock on the terminals lets one transaction after the other
 * at what is theirs; each statement sees what was committed before it (READ COMMITTED), so also what the one
 * in front has left.
 */
export class PostgresqlTables implements Tables {
  readonly #client: PoolClient

  constructor(client: PoolClient) {
    this.#client = client
  }

  /** Rejects with `UnknownTerminals`: one that waits for another's new row would hold locks out of their order. */
  async terminals(sources: readonly string[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>()
    if (sources.length === 0) return ids
    const found = await this.#all<[string, number]>(
      'SELECT source, id FROM terminal WHERE source = ANY($1) ORDER BY id FOR NO KEY UPDATE',
      [sources],
    )
    for (const [source, id] of found) ids.set(source, id)
    if (ids.size < sources.length) throw new UnknownTerminals(sources.filter((source) => !ids.has(source)))
    return ids
  }

  async epochs(keys: readonly rows.EpochKey[]): Promise<rows.EpochRow[]> {
    const known = await this.#epochs(keys)
    const fresh = keys.filter((key) => !known.has(nameOf(key)))
    if (fresh.length > 0) {
      const columns: Column[] = [
        ['terminal', 'bigint'],
        ['name', 'text'],
      ]
      await this.#insert(
        'epoch',
        columns,
        fresh.map(({ terminal, name }) => [terminal, name]),
      )
      for (const [name, row] of await this.#epochs(fresh)) known.set(name, row)
    }
    return keys.map((key) => known.get(nameOf(key))!)
  }

  async #epochs(keys: readonly rows.EpochKey[]): Promise<Map<string, rows.EpochRow>> {
    if (keys.length === 0) return new Map()
    const found = await this.#all<[number, number, string, number, number, number]>(
      `SELECT e.id, e.terminal, e.name, e.complete, e.highest, e.summaries
       FROM unnest($1::bigint[], $2::text[]) AS k (terminal, name)
       JOIN epoch e ON e.terminal = k.terminal AND e.name = k.name COLLATE "C"`,
      [keys.map(({ terminal }) => terminal), keys.map(({ name }) => name)],
    )
    const epochs = found.map(([id, terminal, name, complete, highest, summaries]) => {
      return { id, terminal, name, complete, highest, summaries }
    })
    return new Map(epochs.map((epoch) => [nameOf(epoch), epoch]))
  }

  async updateEpochs(
    epochs: readonly Pick<rows.EpochRow, 'id' | 'complete' | 'highest' | 'summaries'>[],
  ): Promise<void> {
    await this.#run(
      `UPDATE epoch e SET complete = n.complete, highest = n.highest, summaries = n.summaries
       FROM ${sent(bigints('id', 'complete', 'highest', 'summaries'))} AS n (id, complete, highest, summaries)
       WHERE e.id = n.id`,
      transposed(epochs.map((e) => [e.id, e.complete, e.highest, e.summaries])),
    )
  }

  async touching(ranges: readonly rows.EpochRange[]): Promise<rows.EpochRange[]> {
    if (ranges.length === 0) return []
    // Ranges lie in order and apart: the one that begins last in front of it is the first that can reach it.
    const found = await this.#all<[number, number, number]>(
      `SELECT DISTINCT b.epoch, b.first, b.last FROM ${sent(range)} AS r (epoch, first, last)
       JOIN beyond b ON b.epoch = r.epoch AND b.last >= r.first - 1 AND b.first <= r.last + 1
       AND b.first >= coalesce((SELECT max(x.first) FROM beyond x WHERE x.epoch = r.epoch AND x.first <= r.first), 0)`,
      rangeArrays(ranges),
    )
    return found.map(([epoch, from, to]) => ({ epoch, from, to }))
  }

  async replaceRanges(gone: readonly rows.EpochRange[], come: readonly rows.EpochRange[]): Promise<void> {
    if (gone.length > 0)
      await this.#run(
        `DELETE FROM beyond b USING ${sent(range)} AS g (epoch, first, last)
         WHERE b.epoch = g.epoch AND b.first = g.first`,
        rangeArrays(gone),
      )
    await this.#insert(
      'beyond',
      range,
      come.map(({ epoch, from, to }) => [epoch, from, to]),
    )
  }

  async firstRanges(epochs: readonly number[], most: number): Promise<rows.EpochRange[]> {
    const found = await this.#all<[number, number, number]>(
      `SELECT e.id, b.first, b.last FROM unnest($1::bigint[]) AS e (id) CROSS JOIN LATERAL
       (SELECT first, last FROM beyond WHERE epoch = e.id ORDER BY first LIMIT $2) b ORDER BY e.id, b.first`,
      [epochs, most],
    )
    return found.map(([epoch, from, to]) => ({ epoch, from, to }))
  }

  async votesAt(places: readonly { epoch: number; sequence: number }[]): Promise<rows.EpochVote[]> {
    const found = await this.#all<(Value | boolean)[]>(
      `SELECT ${voteColumns.map(([name]) => `v.${name}`).join(', ')}
       FROM unnest($1::bigint[], $2::bigint[]) AS p (epoch, sequence)
       JOIN vote v ON v.epoch = p.epoch AND v.sequence = p.sequence`,
      [places.map(({ epoch }) => epoch), places.map(({ sequence }) => sequence)],
    )
    return found.map(epochVote)
  }

  async insertVotes(votes: readonly rows.EpochVote[]): Promise<void> {
    await this.#insert('vote', voteColumns, votes.map(voteValues))
  }

  async countVotes({ epoch, from, to }: rows.EpochRange): Promise<{ hour: number; counts: CountsRow }[]> {
    const counted = await this.#all<number[]>(countVotesSql('$1', '$2', '$3'), [epoch, from, to])
    return counted.map(([hour = 0, ...counts]) => ({ hour, counts }))
  }

  async gapsAt(ranges: readonly rows.EpochRange[]): Promise<rows.GapRow[]> {
    const found = await this.#all<[number, number, number, rows.GapRow['cause'], number]>(
      `SELECT g.epoch, g.first, g.last, g.cause, g.time FROM ${sent(range)} AS r (epoch, first, last)
       JOIN gap g ON g.epoch = r.epoch AND g.first = r.first AND g.last = r.last`,
      rangeArrays(ranges),
    )
    return found.map(([epoch, from, to, cause, time]) => ({ epoch, from, to, cause, time }))
  }

  async insertGaps(gaps: readonly rows.GapRow[]): Promise<void> {
    await this.#insert(
      'gap',
      gap,
      gaps.map((g) => [g.epoch, g.from, g.to, g.cause, g.time]),
    )
  }

  async summaries(epochs: readonly number[]): Promise<rows.SummaryRow[]> {
    const found = await this.#all<[number, number, number, number]>(
      'SELECT epoch, first, last, time FROM summary WHERE epoch = ANY($1) ORDER BY epoch, first',
      [epochs],
    )
    const hours = await this.#all<[number, number, number | null, number | null, ...CountsRow]>(
      `SELECT epoch, summary, begins, ends, ${countColumns.join(', ')} FROM summary_hour
       WHERE epoch = ANY($1) ORDER BY epoch, summary, place`,
      [epochs],
    )
    const lost = await this.#all<[number, number, number, number, rows.GapRow['cause']]>(
      `SELECT epoch, summary, first, last, cause FROM summary_lost
       WHERE epoch = ANY($1) ORDER BY epoch, summary, place`,
      [epochs],
    )
    return found.map(([epoch, from, to, time]) => {
      const isMine = ([of, first]: readonly unknown[]) => of === epoch && first === from
      return {
        epoch,
        from,
        to,
        time,
        hours: hours.filter(isMine).map(([, , begins, ends, ...counts]) => ({ begins, ends, counts })),
        lost: lost.filter(isMine).map(([, , from, to, cause]) => ({ from, to, cause })),
      }
    })
  }

  async insertSummary({ epoch, from, to, time, hours, lost }: rows.SummaryRow): Promise<void> {
    await this.#insert('summary', [...range, ['time', 'bigint']], [[epoch, from, to, time]])
    await this.#insert(
      'summary_hour',
      [...bigints('epoch', 'summary', 'place', 'begins', 'ends'), ...counts],
      hours.map(({ begins, ends, counts }, place) => [epoch, from, place, begins, ends, ...counts]),
    )
    await this.#insert(
      'summary_lost',
      [...bigints('epoch', 'summary', 'place', 'first', 'last'), ['cause', 'text']],
      lost.map((range, place) => [epoch, from, place, range.from, range.to, range.cause]),
    )
  }

  async deleteSummary(epoch: number, first: number): Promise<void> {
    await this.#run('DELETE FROM summary WHERE epoch = $1 AND first = $2', [epoch, first])
  }

  async addHours(sums: HourSums): Promise<void> {
    const added = [...sums.rows()].map(([terminal, hour, counts]) => [terminal, hour, ...counts])
    if (added.length > 0) await this.#run(upsertHoursSql(`SELECT * FROM ${sent(hour)}`), transposed(added))
  }

  async updateTerminals(all: readonly rows.TerminalNews[]): Promise<void> {
    if (all.length === 0) return
    await this.#run(
      `UPDATE terminal t SET votes = t.votes + n.votes, last_vote = greatest(t.last_vote, n.last_vote),
         heard_at = CASE WHEN t.heard_at IS NULL OR (n.heard AND t.heard_at < n.seen_at)
           THEN n.seen_at ELSE t.heard_at END
       FROM ${sent(news)} AS n (${namesOf(news)}) WHERE t.id = n.id`,
      transposed(all.map((n) => [n.terminal, n.votes, n.lastVote, n.seenAt, n.heard])),
    )
  }

  async statuses(terminals: readonly number[]): Promise<rows.StatusRow[]> {
    const found = await this.#all<[number, string | null, string | null, string | null, string | null]>(
      `SELECT ${namesOf(status)} FROM status WHERE terminal = ANY($1)`,
      [terminals],
    )
    return found.map(([terminal, state, health, survey, totals]) => ({
      terminal,
      state,
      health,
      survey,
      totals,
    }))
  }

  async putStatuses(statuses: readonly rows.StatusRow[]): Promise<void> {
    const sets = statusColumns.map((name) => `${name} = excluded.${name}`).join(', ')
    await this.#insert(
      'status',
      status,
      statuses.map(({ terminal, ...each }) => [terminal, ...statusColumns.map((name) => each[name])]),
      `ON CONFLICT (terminal) DO UPDATE SET ${sets}`,
    )
  }

  async servedWithin(terminal: number, begins: number, ends: number): Promise<rows.ServedRow[]> {
    // None overlaps another: the one that begins last in front of the end is the only one to look at.
    const found = await this.#all<[number, number, number]>(
      `SELECT begins, ends, served FROM served WHERE terminal = $1 AND begins < $2
       ORDER BY begins DESC LIMIT 1`,
      [terminal, ends],
    )
    const overlapping = found.filter(([, end]) => end > begins)
    return overlapping.map(([begins, ends, served]) => ({ terminal, begins, ends, served }))
  }

  async insertServed({ terminal, begins, ends, served }: rows.ServedRow): Promise<void> {
    const columns = bigints('terminal', 'begins', 'ends', 'served')
    await this.#insert('served', columns, [[terminal, begins, ends, served]])
  }

  async quarantine(messages: readonly rows.QuarantineRow[], most: number): Promise<void> {
    const sums = new Map<string, [kind: string, message: string, count: number]>()
    for (const { kind, message } of messages) {
      const key = `${kind} ${message}`
      sums.set(key, [kind, message, (sums.get(key)?.[2] ?? 0) + 1])
    }
    // In one order for all, so that two batches never wait for each other.
    const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
    await this.#insert(
      'quarantine_count',
      [
        ['kind', 'text'],
        ['message', 'text'],
        ['messages', 'bigint'],
      ],
      sorted,
      'ON CONFLICT (kind, message) DO UPDATE SET messages = quarantine_count.messages + excluded.messages',
    )
    await this.#insert(
      'quarantine',
      quarantined,
      messages.map(({ at, kind, topic, why, payload }) => [at, kind, topic, why, Buffer.from(payload)]),
    )
    await this.#run(
      `DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine
       WHERE id <= (SELECT id FROM quarantine ORDER BY id DESC OFFSET $1 LIMIT 1) FOR UPDATE SKIP LOCKED)`,
      [most],
    )
  }

  async #insert(
    table: string,
    columns: readonly Column[],
    values: readonly (readonly Given[])[],
    conflict = '',
  ): Promise<void> {
    if (values.length === 0) return
    const sql = `INSERT INTO ${table} (${namesOf(columns)}) SELECT * FROM ${sent(columns)} ${conflict}`
    await this.#run(sql, transposed(values))
  }

  async #run(text: string, values: unknown[]): Promise<void> {
    await this.#client.query({ name: statementName(text), text, values })
  }

  async #all<Row extends unknown[]>(text: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#client.query<Row>({
      name: statementName(text),
      text,
      values,
      rowMode: 'array',
    })
    return rows
  }
}

/** Statements that have a name are prepared once in each connection; there are few, and none is ever made up. */
const statementNames = new Map<string, string>()

function statementName(text: string): string {
  const name = statementNames.get(text) ?? `faccina_${statementNames.size}`
  statementNames.set(text, name)
  return name
}

function nameOf({ terminal, name }: rows.EpochKey): string {
  return `${terminal} ${name}`
}

function rangeArrays(ranges: readonly rows.EpochRange[]): unknown[] {
  return transposed(ranges.map(({ epoch, from, to }) => [epoch, from, to]))
}

function transposed(values: readonly (readonly Given[])[]): Given[][] {
  const width = values[0]?.length ?? 0
  return Array.from({ length: width }, (_, column) => values.map((row) => row[column]!))
}
