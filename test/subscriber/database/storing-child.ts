import { writeSync } from 'node:fs'
import { openDatabase } from '../../../src/subscriber/database/open-database.ts'
import type { Item, Rejected } from '../../../src/subscriber/item.ts'
import { totals, votes } from './told.ts'

/**
 * A program that stores batch after batch until it is killed: `node storing-child.mjs WHERE COUNTER…`. It goes
 * on where the database ends, repeats what is there, and says what is stored once that is certain.
 */
const [where = '', ...counters] = process.argv.slice(2)
const whose = counters.map((counter) => ({ source: `faccina://c_e506/anagrafe/${counter}`, epoch: 'k3f9x2' }))
const rejected: Rejected = { is: 'rejected', topic: 'faccina/1/x', payload: new Uint8Array(9), why: 'a test' }

await using database = await openDatabase(where)
for (let round = 0; ; round++) {
  const items: (Item | Rejected)[] = [rejected]
  const ends: Record<string, number> = {}
  for (const [n, one] of whose.entries()) {
    const complete = (await database.progress(one.source))[0]?.complete ?? 0
    const count = 20 + ((round * 37 + n * 11) % 200)
    items.push(...votes(Math.max(1, complete - 5), complete + count, one), totals(complete + count, one))
    ends[counters[n]!] = complete + count
  }
  await database.store(items.reverse(), Date.UTC(2026, 4, 5))
  writeSync(1, `${JSON.stringify(ends)}\n`)
}
