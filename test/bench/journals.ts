import type { Press } from '../../src/domain/vote.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Journal } from '../../src/ports/journal.ts'
import type { Log } from '../../src/ports/log.ts'
import { type Files, realFiles } from '../../src/storage/files.ts'
import { openJournal } from '../../src/storage/journal.ts'

export const quiet: Log = { debug() {}, info() {}, warn() {}, error: console.error }

export function openAt(directory: string, clock: Clock, files: Files = realFiles): Promise<Journal> {
  return openJournal({
    directory,
    source: 'faccina://c_e506/anagrafe/3',
    start: { boot: 1, bootId: '5f2b7b0e-8c34-4a56-9d1c-2f6f0f1d7a10', survey: 'it-2009/1', version: '0.1.0' },
    maxBytes: 1024 ** 3,
    keepMs: 30 * 86_400_000,
    clock,
    log: quiet,
    files,
  })
}

export function press(clock: Clock): Press {
  return { face: 'satisfied', asks: false, language: 'it', withinHours: true, at: clock.now() }
}

/** Fills a journal with votes that nobody has taken, without waiting for the disk. */
export async function fill(directory: string, votes: number, clock: Clock): Promise<void> {
  const hasty: Files = {
    ...realFiles,
    async open(path, how) {
      return { ...(await realFiles.open(path, how)), async sync() {} }
    },
  }
  await using journal = await openAt(directory, clock, hasty)
  const batch = 10_000
  for (let done = 0; done < votes; done += batch) {
    const sequences = await Promise.all(
      Array.from({ length: Math.min(batch, votes - done) }, () => journal.record(press(clock))),
    )
    journal.settle(sequences.at(-1)!)
  }
}
