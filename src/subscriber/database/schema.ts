import { countColumns } from './counts-row.ts'

/**
 * The tables and views, the same in SQLite and PostgreSQL but for what a dialect must spell in its own way.
 * Times are whole milliseconds since 1970 in both: a vote's time comes back exactly as it was told, whatever
 * the time zone and the date style of a connection, and all that reads and writes is the same SQL. The views
 * show times to people.
 */
export interface Dialect {
  /** Type of a primary key that counts by itself. */
  key: string
  /** Whole numbers of 64 bits. */
  integer: string
  real: string
  json: string
  bytes: string
  /** Text that sorts by its bytes. */
  name: string
  boolean: string
  /** What stands behind the columns of a table. */
  table: string
  /** The same where the primary key is all that rows are found by. */
  keyed: string
  /** A moment in milliseconds, for people. */
  moment(milliseconds: string): string
}

/** A truth value as it is shown to people. */
function truth(condition: string): string {
  return `CASE WHEN ${condition} THEN 'yes' WHEN NOT ${condition} THEN 'no' END`
}

/** The hour that stands for a time that is not known; no hour begins at it. */
export const unknownHour = -1

/** Each is done once, in one transaction; those that are published are never changed again. */
export const migrations: readonly ((dialect: Dialect) => string[])[] = [
  (dialect) => [...tables(dialect), ...views(dialect)],
]

export const schemaVersion = migrations.length

function tables(d: Dialect): string[] {
  const counts = (more = '') => countColumns.map((name) => `${name} ${d.integer} NOT NULL${more}`).join(', ')
  return [
    `CREATE TABLE terminal (
      id ${d.key},
      source ${d.name} NOT NULL UNIQUE,
      municipality ${d.name} NOT NULL,
      office ${d.name} NOT NULL,
      counter ${d.name} NOT NULL,
      votes ${d.integer} NOT NULL DEFAULT 0,
      last_vote ${d.integer},
      heard_at ${d.integer}
    )${d.table}`,
    'CREATE INDEX terminal_name ON terminal (municipality, office, counter)',
    `CREATE TABLE status (
      terminal ${d.integer} PRIMARY KEY REFERENCES terminal,
      state ${d.json},
      health ${d.json},
      survey ${d.json},
      totals ${d.json}
    )${d.table}`,
    `CREATE TABLE epoch (
      id ${d.key},
      terminal ${d.integer} NOT NULL REFERENCES terminal,
      name ${d.name} NOT NULL,
      complete ${d.integer} NOT NULL DEFAULT 0,
      highest ${d.integer} NOT NULL DEFAULT 0,
      summaries ${d.integer} NOT NULL DEFAULT 0,
      replay_until ${d.integer},
      UNIQUE (terminal, name)
    )${d.table}`,
    `CREATE TABLE beyond (
      epoch ${d.integer} NOT NULL REFERENCES epoch,
      first ${d.integer} NOT NULL,
      last ${d.integer} NOT NULL,
      PRIMARY KEY (epoch, first)
    )${d.keyed}`,
    `CREATE TABLE vote (
      epoch ${d.integer} NOT NULL REFERENCES epoch,
      sequence ${d.integer} NOT NULL,
      id text,
      time ${d.integer} NOT NULL,
      recorded_time ${d.integer} NOT NULL,
      face text NOT NULL,
      reason text,
      outcome text NOT NULL,
      survey text NOT NULL,
      language text NOT NULL,
      clock text NOT NULL,
      uncertainty_seconds ${d.real},
      back_dated ${d.boolean} NOT NULL,
      suppressed ${d.integer} NOT NULL,
      corrected ${d.boolean} NOT NULL,
      within_hours ${d.boolean},
      batch_votes ${d.integer},
      batch_from ${d.integer},
      batch_to ${d.integer},
      PRIMARY KEY (epoch, sequence)
    )${d.keyed}`,
    `CREATE TABLE gap (
      epoch ${d.integer} NOT NULL REFERENCES epoch,
      first ${d.integer} NOT NULL,
      last ${d.integer} NOT NULL,
      cause text NOT NULL,
      time ${d.integer} NOT NULL,
      PRIMARY KEY (epoch, first, last)
    )${d.keyed}`,
    `CREATE TABLE summary (
      epoch ${d.integer} NOT NULL REFERENCES epoch,
      first ${d.integer} NOT NULL,
      last ${d.integer} NOT NULL,
      time ${d.integer} NOT NULL,
      PRIMARY KEY (epoch, first)
    )${d.keyed}`,
    `CREATE TABLE summary_hour (
      epoch ${d.integer} NOT NULL,
      summary ${d.integer} NOT NULL,
      place ${d.integer} NOT NULL,
      begins ${d.integer},
      ends ${d.integer},
      ${counts()},
      PRIMARY KEY (epoch, summary, place),
      FOREIGN KEY (epoch, summary) REFERENCES summary ON DELETE CASCADE
    )${d.keyed}`,
    `CREATE TABLE summary_lost (
      epoch ${d.integer} NOT NULL,
      summary ${d.integer} NOT NULL,
      place ${d.integer} NOT NULL,
      first ${d.integer} NOT NULL,
      last ${d.integer} NOT NULL,
      cause text NOT NULL,
      PRIMARY KEY (epoch, summary, place),
      FOREIGN KEY (epoch, summary) REFERENCES summary ON DELETE CASCADE
    )${d.keyed}`,
    `CREATE TABLE hour_counts (
      terminal ${d.integer} NOT NULL REFERENCES terminal,
      hour ${d.integer} NOT NULL,
      ${counts(' DEFAULT 0')},
      PRIMARY KEY (terminal, hour)
    )${d.keyed}`,
    `CREATE TABLE served (
      terminal ${d.integer} NOT NULL REFERENCES terminal,
      begins ${d.integer} NOT NULL,
      ends ${d.integer} NOT NULL,
      served ${d.integer} NOT NULL,
      PRIMARY KEY (terminal, begins)
    )${d.keyed}`,
    `CREATE TABLE quarantine (
      id ${d.key},
      at ${d.integer} NOT NULL,
      kind text NOT NULL,
      topic text NOT NULL,
      why text NOT NULL,
      payload ${d.bytes} NOT NULL
    )${d.table}`,
    `CREATE TABLE quarantine_count (
      kind ${d.name} NOT NULL,
      message ${d.name} NOT NULL,
      messages ${d.integer} NOT NULL,
      PRIMARY KEY (kind, message)
    )${d.keyed}`,
  ]
}

function views(d: Dialect): string[] {
  const counts = countColumns.map((name) => `c.${name}`).join(', ')
  return [
    `CREATE VIEW votes AS
      SELECT t.municipality, t.office, t.counter, e.name AS epoch, v.sequence,
        ${d.moment("CASE WHEN v.clock <> 'unknown' THEN v.time END")} AS time,
        v.face, v.reason, v.outcome, v.survey, v.language, v.clock, v.uncertainty_seconds,
        ${truth('v.back_dated')} AS back_dated, v.suppressed, ${truth('v.corrected')} AS corrected,
        ${truth('v.within_hours')} AS within_hours,
        v.batch_votes, ${d.moment('v.batch_from')} AS batch_from, ${d.moment('v.batch_to')} AS batch_to,
        ${d.moment('v.recorded_time')} AS recorded_time,
        ${truth(`EXISTS (SELECT 1 FROM summary s WHERE s.epoch = v.epoch AND s.first <= v.sequence
          AND v.sequence <= s.last AND NOT EXISTS (SELECT 1 FROM summary_lost l WHERE l.epoch = s.epoch
          AND l.summary = s.first AND l.first <= v.sequence AND v.sequence <= l.last))`)} AS in_summary
      FROM vote v JOIN epoch e ON e.id = v.epoch JOIN terminal t ON t.id = e.terminal`,
    `CREATE VIEW hourly AS
      SELECT t.municipality, t.office, t.counter,
        ${d.moment(`CASE WHEN c.hour <> ${unknownHour} THEN c.hour END`)} AS hour, ${counts}
      FROM hour_counts c JOIN terminal t ON t.id = c.terminal WHERE c.votes > 0`,
    `CREATE VIEW missing AS
      WITH edge AS (
        SELECT epoch, first, last FROM beyond
        UNION ALL SELECT id, highest + 1, highest + 1 FROM epoch
      ), hole AS (
        SELECT e.id, e.terminal, e.name, b.first - 1 AS last,
          coalesce(lag(b.last) OVER (PARTITION BY b.epoch ORDER BY b.first), e.complete) + 1 AS first
        FROM edge b JOIN epoch e ON e.id = b.epoch WHERE e.complete < e.highest
      )
      SELECT t.municipality, t.office, t.counter, h.name AS epoch, h.first, h.last,
        h.last - h.first + 1 AS missing
      FROM hole h JOIN terminal t ON t.id = h.terminal WHERE h.first <= h.last`,
    `CREATE VIEW completeness AS
      SELECT t.municipality, t.office, t.counter, e.name AS epoch, e.complete, e.highest,
        e.highest - e.complete - coalesce((SELECT CAST(sum(b.last - b.first + 1) AS bigint) FROM beyond b
          WHERE b.epoch = e.id), 0) AS missing,
        ${d.moment('t.last_vote')} AS last_vote, ${d.moment('t.heard_at')} AS heard_at
      FROM epoch e JOIN terminal t ON t.id = e.terminal`,
  ]
}
