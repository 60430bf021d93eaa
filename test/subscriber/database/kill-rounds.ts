import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openDatabase } from '../../../src/subscriber/database/open-database.ts'
import { plainly } from '../../plainly.ts'
import type { Test } from './contract.ts'

/** Rows of a statement, whatever the database. */
export type Query = (sql: string) => Promise<unknown[][]>

const hourSums = `SELECT t.source AS source, CASE WHEN v.clock = 'unknown' THEN -1 ELSE v.time - v.time % 3600000 END AS hour,
  count(*) AS votes,
  sum(CASE WHEN v.face = 'satisfied' THEN 1 ELSE 0 END) AS satisfied,
  sum(CASE WHEN v.face = 'neutral' THEN 1 ELSE 0 END) AS neutral,
  sum(CASE WHEN v.face = 'dissatisfied' THEN 1 ELSE 0 END) AS dissatisfied,
  sum(CASE WHEN v.reason = 'waiting-time' THEN 1 ELSE 0 END) AS waiting_time,
  sum(CASE WHEN v.outcome = 'selected' THEN 1 ELSE 0 END) AS selected,
  sum(v.suppressed) AS suppressed, sum(CASE WHEN v.corrected THEN 1 ELSE 0 END) AS corrected
  FROM vote v JOIN epoch e ON e.id = v.epoch JOIN terminal t ON t.id = e.terminal GROUP BY 1, 2 ORDER BY 1, 2`
const hourCounts = `SELECT t.source AS source, c.hour AS hour, c.votes, c.satisfied, c.neutral, c.dissatisfied,
  c.waiting_time, c.selected, c.suppressed, c.corrected
  FROM hour_counts c JOIN terminal t ON t.id = c.terminal ORDER BY 1, 2`

/** The table of hours is what counting all votes anew gives, and so is the number of each terminal. */
export async function checkCounts(t: Test, query: Query): Promise<number> {
  const plain = (rows: unknown[][]) => rows.map((row) => row.map(String).join(' '))
  const counted = plain(await query(hourCounts))
  t.same(counted, plain(await query(hourSums)), 'hour_counts is a GROUP BY of vote')
  const [[told, votes] = []] = await query(
    'SELECT (SELECT sum(votes) FROM terminal) AS told, (SELECT count(*) FROM vote) AS votes',
  )
  t.equal(Number(told), Number(votes))
  return Number(votes)
}

/** Makes a program of the child, in a folder. */
export async function buildChild(folder: string): Promise<string> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const outfile = join(folder, 'storing-child.mjs')
  await build({
    entryPoints: [join(root, 'test/subscriber/database/storing-child.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile,
    logLevel: 'warning',
  })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return outfile
}

/** Starts the child, and kills it at some moment after its first batch. @returns where each counter was by then, at least */
async function liveAndDie(
  child: string,
  where: string,
  counters: readonly string[],
): Promise<Record<string, number>> {
  const process_ = spawn(...plainly(process.execPath, [child, where, ...counters]), {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(process_, 'close')
  let complaint = ''
  process_.stderr.on('data', (text) => {
    complaint += text
  })
  let said = '{}'
  const lines = createInterface(process_.stdout)
  lines.on('line', (line) => {
    said = line
  })
  await Promise.race([once(lines, 'line'), once(process_, 'exit')])
  // The moment is what the test is about: anywhere within some batches.
  await wait(Math.random() * 60)
  process_.kill('SIGKILL')
  await ended
  if (process_.signalCode !== 'SIGKILL') throw new Error(`it ended by itself: ${complaint}`)
  return JSON.parse(said)
}

/** Kills a program that stores, again and again: what it had said is there, and all is there once. */
export async function killRounds(
  t: Test,
  {
    child,
    where,
    query,
    rounds,
    children = 1,
  }: { child: string; where: string; query: Query; rounds: number; children?: number },
): Promise<void> {
  const counters = ['1', '2', '3']
  await (await openDatabase(where))[Symbol.asyncDispose]()
  let batches = 0
  for (let round = 0; round < rounds; round++) {
    const lives = Array.from({ length: children }, () => liveAndDie(child, where, counters))
    const said = await Promise.all(lives)
    await using database = await openDatabase(where)
    const progress = await database.progress()
    for (const [counter, sequence] of said.flatMap((one) => Object.entries(one))) {
      const found = progress.find(({ source }) => source.endsWith(`/${counter}`))
      t.ok(
        (found?.complete ?? 0) >= sequence,
        `counter ${counter} is complete up to ${sequence}, as was said`,
      )
      t.equal(found?.complete, found?.highest, 'and nothing is missing')
      batches++
    }
  }
  t.ok(batches >= rounds, 'it had stored something each time')
  const votes = await checkCounts(t, query)
  await using database = await openDatabase(where)
  const sum = (await database.progress()).reduce((sum, { complete }) => sum + complete, 0)
  t.equal(votes, sum, 'each vote once')
  t.comment(`${rounds * children} times killed, ${votes} votes`)
}
