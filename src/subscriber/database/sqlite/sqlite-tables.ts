import { nameOf } from '../../../contract/topics.ts'
import { epochVote, type Value, voteColumns, voteValues } from '../columns.ts'
import { type CountsRow, countColumns, type HourSums } from '../counts-row.ts'
import { countVotesSql, upsertHoursSql } from '../sql.ts'
import type * as rows from '../tables.ts'
import { statusColumns, type Tables } from '../tables.ts'
import type { SqliteConnection } from './connection.ts'

const marks = (count: number) => `(${Array(count).fill('?').join(', ')})`

/** Rows of one statement: fewer calls, up to where more no longer pays. */
const votesAtOnce = 50
const insertVotes = (count: number) =>
  `INSERT INTO vote (${voteColumns.map(([name]) => name).join(', ')})
   VALUES ${Array(count).fill(marks(voteColumns.length)).join(', ')}`
const selectVote = `SELECT ${voteColumns.map(([name]) => name).join(', ')} FROM vote
  WHERE epoch = ? AND sequence = ?`

/** The tables in a transaction of SQLite's: whoever is in one that writes is alone in it. */
export class SqliteTables implements Tables {
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async terminals(sources: readonly string[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>()
    for (const source of sources) {
      const { municipality, office, counter } = nameOf(source)
      const [known] = this.#all<[number]>('SELECT id FROM terminal WHERE source = ?', [source])
      const [id] =
        known ??
        this.#all<[number]>(
          'INSERT INTO terminal (source, municipality, office, counter) VALUES (?, ?, ?, ?) RETURNING id',
          [source, municipality, office, counter],
        )[0]!
      ids.set(source, id)
    }
    return ids
  }

  async epochs(keys: readonly rows.EpochKey[]): Promise<rows.EpochRow[]> {
    return keys.map(({ terminal, name }) => {
      const [known] = this.#all<[number, number, number, number]>(
        'SELECT id, complete, highest, summaries FROM epoch WHERE terminal = ? AND name = ?',
        [terminal, name],
      )
      const [id, complete, highest, summaries] =
        known ??
        this.#all<[number, number, number, number]>(
          'INSERT INTO epoch (terminal, name) VALUES (?, ?) RETURNING id, complete, highest, summaries',
          [terminal, name],
        )[0]!
      return { id, terminal, name, complete, highest, summaries }
    })
  }

  async updateEpochs(
    epochs: readonly Pick<rows.EpochRow, 'id' | 'complete' | 'highest' | 'summaries'>[],
  ): Promise<void> {
    for (const { id, complete, highest, summaries } of epochs)
      this.#run('UPDATE epoch SET complete = ?, highest = ?, summaries = ? WHERE id = ?', [
        complete,
        highest,
        summaries,
        id,
      ])
  }

  async touching(ranges: readonly rows.EpochRange[]): Promise<rows.EpochRange[]> {
    const found = new Map<string, rows.EpochRange>()
    for (const { epoch, from, to } of ranges) {
      // Ranges lie in order and apart: the one that begins last in front of it is the first that can reach it.
      const touching = this.#all<[number, number]>(
        `SELECT first, last FROM beyond WHERE epoch = ?1 AND last >= ?2 - 1 AND first <= ?3 + 1
         AND first >= coalesce((SELECT max(first) FROM beyond WHERE epoch = ?1 AND first <= ?2), 0)
         ORDER BY first`,
        [epoch, from, to],
      )
      for (const [first, last] of touching) found.set(`${epoch} ${first}`, { epoch, from: first, to: last })
    }
    return [...found.values()]
  }

  async replaceRanges(gone: readonly rows.EpochRange[], come: readonly rows.EpochRange[]): Promise<void> {
    for (const { epoch, from } of gone)
      this.#run('DELETE FROM beyond WHERE epoch = ? AND first = ?', [epoch, from])
    for (const { epoch, from, to } of come)
      this.#run('INSERT INTO beyond (epoch, first, last) VALUES (?, ?, ?)', [epoch, from, to])
  }

  async firstRanges(epochs: readonly number[], most: number): Promise<rows.EpochRange[]> {
    return epochs.flatMap((epoch) =>
      this.#all<[number, number]>('SELECT first, last FROM beyond WHERE epoch = ? ORDER BY first LIMIT ?', [
        epoch,
        most,
      ]).map(([from, to]) => ({ epoch, from, to })),
    )
  }

  async votesAt(places: readonly { epoch: number; sequence: number }[]): Promise<rows.EpochVote[]> {
    return places.flatMap(({ epoch, sequence }) =>
      this.#all<Value[]>(selectVote, [epoch, sequence]).map((values) => epochVote(values)),
    )
  }

  async insertVotes(votes: readonly rows.EpochVote[]): Promise<void> {
    let begin = 0
    for (const size of [votesAtOnce, 1]) {
      for (; begin + size <= votes.length; begin += size)
        this.#run(insertVotes(size), votes.slice(begin, begin + size).flatMap(voteValues))
    }
  }

  async countVotes({ epoch, from, to }: rows.EpochRange): Promise<{ hour: number; counts: CountsRow }[]> {
    const counted = this.#all<number[]>(countVotesSql('?', '?', '?'), [epoch, from, to])
    return counted.map(([hour = 0, ...counts]) => ({ hour, counts }))
  }

  async gapsAt(ranges: readonly rows.EpochRange[]): Promise<rows.GapRow[]> {
    return ranges.flatMap(({ epoch, from, to }) =>
      this.#all<[rows.GapRow['cause'], number]>(
        'SELECT cause, time FROM gap WHERE epoch = ? AND first = ? AND last = ?',
        [epoch, from, to],
      ).map(([cause, time]) => ({ epoch, from, to, cause, time })),
    )
  }

  async insertGaps(gaps: readonly rows.GapRow[]): Promise<void> {
    for (const { epoch, from, to, cause, time } of gaps)
      this.#run('INSERT INTO gap (epoch, first, last, cause, time) VALUES (?, ?, ?, ?, ?)', [
        epoch,
        from,
        to,
        cause,
        time,
      ])
  }

  async summaries(epochs: readonly number[]): Promise<rows.SummaryRow[]> {
    return epochs.flatMap((epoch) =>
      this.#all<[number, number, number]>(
        'SELECT first, last, time FROM summary WHERE epoch = ? ORDER BY first',
        [epoch],
      ).map(([from, to, time]) => ({
        epoch,
        from,
        to,
        time,
        hours: this.#all<[number | null, number | null, ...CountsRow]>(
          `SELECT begins, ends, ${countColumns.join(', ')} FROM summary_hour
           WHERE epoch = ? AND summary = ? ORDER BY place`,
          [epoch, from],
        ).map(([begins, ends, ...counts]) => ({ begins, ends, counts })),
        lost: this.#all<[number, number, rows.GapRow['cause']]>(
          'SELECT first, last, cause FROM summary_lost WHERE epoch = ? AND summary = ? ORDER BY place',
          [epoch, from],
        ).map(([from, to, cause]) => ({ from, to, cause })),
      })),
    )
  }

  async insertSummary({ epoch, from, to, time, hours, lost }: rows.SummaryRow): Promise<void> {
    this.#run('INSERT INTO summary (epoch, first, last, time) VALUES (?, ?, ?, ?)', [epoch, from, to, time])
    hours.forEach(({ begins, ends, counts }, place) => {
      this.#run(
        `INSERT INTO summary_hour (epoch, summary, place, begins, ends, ${countColumns.join(', ')})
         VALUES ${marks(5 + countColumns.length)}`,
        [epoch, from, place, begins, ends, ...counts],
      )
    })
    lost.forEach((range, place) => {
      this.#run(
        'INSERT INTO summary_lost (epoch, summary, place, first, last, cause) VALUES (?, ?, ?, ?, ?, ?)',
        [epoch, from, place, range.from, range.to, range.cause],
      )
    })
  }

  async deleteSummary(epoch: number, first: number): Promise<void> {
    this.#run('DELETE FROM summary WHERE epoch = ? AND first = ?', [epoch, first])
  }

  async addHours(sums: HourSums): Promise<void> {
    const sql = upsertHoursSql(`VALUES ${marks(2 + countColumns.length)}`)
    for (const [terminal, hour, counts] of sums.rows()) this.#run(sql, [terminal, hour, ...counts])
  }

  async updateTerminals(news: readonly rows.TerminalNews[]): Promise<void> {
    for (const { terminal, votes, lastVote, seenAt, heard } of news) {
      this.#run(
        `UPDATE terminal SET votes = votes + ?1,
           last_vote = CASE WHEN last_vote > ?2 OR ?2 IS NULL THEN last_vote ELSE ?2 END,
           heard_at = CASE WHEN heard_at IS NULL OR (?4 AND heard_at < ?3) THEN ?3 ELSE heard_at END
         WHERE id = ?5`,
        [votes, lastVote, seenAt, Number(heard), terminal],
      )
    }
  }

  async statuses(terminals: readonly number[]): Promise<rows.StatusRow[]> {
    return terminals.flatMap((terminal) =>
      this.#all<[string | null, string | null, string | null, string | null]>(
        `SELECT ${statusColumns.join(', ')} FROM status WHERE terminal = ?`,
        [terminal],
      ).map(([state, health, survey, totals]) => ({ terminal, state, health, survey, totals })),
    )
  }

  async putStatuses(statuses: readonly rows.StatusRow[]): Promise<void> {
    for (const { terminal, state, health, survey, totals } of statuses)
      this.#run(
        'INSERT OR REPLACE INTO status (terminal, state, health, survey, totals) VALUES (?, ?, ?, ?, ?)',
        [terminal, state, health, survey, totals],
      )
  }

  async servedWithin(terminal: number, begins: number, ends: number): Promise<rows.ServedRow[]> {
    // None overlaps another: the one that begins last in front of the end is the only one to look at.
    return this.#all<[number, number, number]>(
      `SELECT begins, ends, served FROM served WHERE terminal = ? AND begins < ?
       ORDER BY begins DESC LIMIT 1`,
      [terminal, ends],
    )
      .filter(([, end]) => end > begins)
      .map(([begins, ends, served]) => ({ terminal, begins, ends, served }))
  }

  async insertServed({ terminal, begins, ends, served }: rows.ServedRow): Promise<void> {
    this.#run('INSERT INTO served (terminal, begins, ends, served) VALUES (?, ?, ?, ?)', [
      terminal,
      begins,
      ends,
      served,
    ])
  }

  async quarantine(messages: readonly rows.QuarantineRow[], most: number): Promise<void> {
    for (const { at, kind, topic, message, why, payload } of messages) {
      this.#run('INSERT INTO quarantine (at, kind, topic, why, payload) VALUES (?, ?, ?, ?, ?)', [
        at,
        kind,
        topic,
        why,
        payload,
      ])
      this.#run(
        `INSERT INTO quarantine_count (kind, message, messages) VALUES (?, ?, 1)
         ON CONFLICT (kind, message) DO UPDATE SET messages = messages + 1`,
        [kind, message],
      )
    }
    this.#run('DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?', [most])
  }

  #run(sql: string, values: readonly (Value | Uint8Array)[]): void {
    this.#connection.run(sql, values)
  }

  #all<Row extends unknown[]>(sql: string, values: readonly Value[]): Row[] {
    return this.#connection.all<Row>(sql, values)
  }
}
