import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Libsql from 'libsql'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { readMessage } from '../../src/subscriber/messages.ts'
import { bytes, someVote, topicOf } from '../fakes/told-votes.ts'
import type { Line } from './report.ts'

const program = join(fileURLToPath(import.meta.url), '..', 'faccina.js')
const counters = 200
const days = 250
const hoursADay = 8
const votesAnHour = 25
const hourMs = 3_600_000

/** A year of a large municipality: 10,000,000 votes in 400,000 hours of 200 counters. */
export async function benchReport(directory: string): Promise<Line[]> {
  const where = join(directory, 'report.db')
  await fillHours(where)
  const output = join(directory, 'report.html')
  const options = ['--database', where, '--from', '2025-01-01', '--to', '2025-12-31', '--format', 'html']
  const begun = performance.now()
  execFileSync(process.execPath, [program, 'report', ...options, '--output', output])
  const seconds = (performance.now() - begun) / 1000
  const votes = counters * days * hoursADay * votesAnHour
  if (!readFileSync(output, 'utf8').includes('10.000.000')) throw new Error('the report has other votes')
  return [
    {
      name: 'report over 10,000,000 votes',
      value: seconds,
      limit: 10,
      unit: 's',
      how: `faccina report as HTML from its start to its end, on ${votes} votes in ${counters * days * hoursADay} hours of counters, which is what it reads; they are put there directly`,
    },
  ]
}

async function fillHours(where: string): Promise<void> {
  {
    await using database = await openDatabase(where)
    const items = Array.from({ length: counters }, (_, n) => {
      const source = `faccina://c_e506/office-${n % 20}/${Math.floor(n / 20)}`
      const payload = bytes(someVote(1, { source }))
      return readMessage('faccina/1', { topic: topicOf('vote', source), payload, retained: false })!
    })
    await database.store(items, Date.now())
  }
  const database = new Libsql(where)
  const insert = database.prepare(`
    INSERT INTO hour_counts
      (terminal, hour, votes, satisfied, neutral, dissatisfied, waiting_time, not_asked, selected)
    SELECT t.id, ?, ${votesAnHour}, 15 + (t.id + ?) % 5, 3, 7 - (t.id + ?) % 5, 2, 18, 7 FROM terminal t`)
  database.exec('BEGIN; DELETE FROM hour_counts')
  for (let day = 0; day < days; day++)
    for (let hour = 0; hour < hoursADay; hour++) {
      const at = Date.UTC(2025, 0, 1, 7) + day * 24 * hourMs + hour * hourMs
      insert.run(at, day + hour, day + hour)
    }
  database.exec('COMMIT')
  database.close()
}
