import { openDatabase } from '../../../src/subscriber/database/open-database.ts'
import { vote, voteItem } from './told.ts'

/** How fast a database is here: votes of several counters, stored in batches, and their hours read. */
export interface Speed {
  storedPerSecond: number
  hours: number
  hoursPerSecond: number
}

/** @param where an empty database */
export async function speedOf(
  where: string,
  { votes = 100_000, batch = 1000, counters = 20 } = {},
): Promise<Speed> {
  const items = Array.from({ length: votes }, (_, n) => {
    const source = `faccina://c_e506/anagrafe/${n % counters}`
    return voteItem(vote(Math.floor(n / counters) + 1, { source }))
  })
  await using database = await openDatabase(where)
  const begun = performance.now()
  for (let n = 0; n < votes; n += batch) await database.store(items.slice(n, n + batch), 5)
  const stored = performance.now()
  let hours = 0
  for await (const _ of database.hours({})) hours++
  const read = performance.now()
  return {
    storedPerSecond: (votes / (stored - begun)) * 1000,
    hours,
    hoursPerSecond: (hours / (read - stored)) * 1000,
  }
}
