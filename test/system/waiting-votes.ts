import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { segmentBytes, segmentNumbers, segmentPath } from '../../src/storage/segment.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { openAt, press } from '../bench/journals.ts'

/** What is left free: room for the line of a start, and one vote or a few. */
const room = { least: 450, most: 700 }

/**
 * Records votes with the storage's own code until the latest segment has just enough room left, in front of
 * the next multiple of `unit`, for a start of the daemon and a few votes. Returns how many it recorded.
 */
export async function votesUpTo(store: string, unit = segmentBytes): Promise<number> {
  using clock = SystemClock.open({ source: 'system' })
  const directory = join(store, 'journal')
  await using journal = await openAt(directory, clock)
  for (let votes = 0; votes < 10_000; ) {
    const left = unit - ((await used(directory)).bytes % unit)
    if (left > room.least && left < room.most) return votes
    // In large steps while there is far to go.
    const step = Math.max(1, Math.floor((left - room.most) / 200))
    await Promise.all(Array.from({ length: step }, () => journal.record(press(clock))))
    votes += step
    journal.settle(votes)
  }
  throw new Error('never near the end of a segment')
}

/** The latest segment that is in use, and how far it is written. */
export async function used(directory: string): Promise<{ path: string; bytes: number }> {
  for (const number of segmentNumbers(await readdir(directory)).reverse()) {
    const path = segmentPath(directory, number)
    const bytes = await written(path)
    if (bytes > 0) return { path, bytes }
  }
  throw new Error(`no segment of ${directory} is in use`)
}

/** A segment that could not be made to its end may go while we look at it: then nothing is written in it. */
async function written(path: string): Promise<number> {
  await using file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
  if (!file) return 0
  const { buffer, bytesRead } = await file.read(Buffer.alloc(segmentBytes))
  let end = bytesRead
  while (end > 0 && buffer[end - 1] === 0) end--
  return end
}
