import { join } from 'node:path'
import t from 'tap'
import { temporary, trial } from './collector-trial.ts'

t.test('one collector with SQLite', { timeout: 600_000 }, async (t) => {
  await trial(t, join(await temporary(t), 'votes.db'), ['alone'])
})
