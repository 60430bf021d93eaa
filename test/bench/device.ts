import type { Clock } from '../../src/ports/clock.ts'
import { costOnExt4, type Keeper, NoExt4 } from './ext4.ts'
import { fill, openAt, press } from './journals.ts'
import type { Line } from './report.ts'

const votes = 1000

/** What a vote costs the card: bytes and flushes. */
export async function benchDevice(directory: string, waiting: number, clock: Clock): Promise<Line[]> {
  const bytes = `device bytes per vote, ${waiting.toLocaleString('en')} waiting`
  const flushes = `flushes per vote, ${waiting.toLocaleString('en')} waiting`
  try {
    const cost = await costOnExt4(directory, votes, async (folder) => {
      if (waiting > 0) await fill(folder, waiting, clock)
      return journalKeeper(folder, clock)
    })
    const how = `${votes} votes one by one on a loop-mounted ext4, from the block device's own counters, the next segment included`
    return [
      { name: bytes, value: cost.bytes, limit: 4.5 * 1024, unit: 'bytes', how },
      {
        name: flushes,
        value: cost.flushes,
        limit: 1.02,
        unit: '',
        how: `${how}; 1, and a little for the segments made meanwhile`,
      },
    ]
  } catch (error) {
    if (!(error instanceof NoExt4)) throw error
    return [bytes, flushes].map((name) => ({ name, why: error.message }))
  }
}

/** The journal of a terminal, whose votes are published at once. */
export async function journalKeeper(folder: string, clock: Clock): Promise<Keeper> {
  const journal = await openAt(folder, clock)
  return {
    async keep() {
      journal.settle(await journal.record(press(clock)))
    },
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  }
}
