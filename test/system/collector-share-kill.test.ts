import t from 'tap'
import { trial } from './collector-trial.ts'
import { openPostgres } from './postgres-server.ts'

t.test('three collectors that share one PostgreSQL', { timeout: 600_000 }, async (t) => {
  const postgres = await openPostgres()
  t.teardown(() => postgres[Symbol.asyncDispose]())
  await trial(t, await postgres.create('votes'), ['first', 'second', 'third'])
})
