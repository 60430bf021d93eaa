import { type Files, realFiles } from '../../src/storage/files.ts'
import { segmentBytes } from '../../src/storage/segment.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { openAt, press as pressAt } from '../bench/journals.ts'
import type { Pressed } from './evidence.ts'

/** So many votes of a journal are not yet done, so that its cursor is saved soon after they are published. */
const waiting = 66

/** Makes a journal with so little room in its segment that the next one is begun a few votes later. */
export async function makeNearlyFull(
  directory: string,
  room: number,
): Promise<{ before: { epoch: string; done: number }; presses: Pressed[] }> {
  const from = Date.now()
  using clock = SystemClock.open({ source: 'system' })
  let end = 0
  const hasty: Files = {
    ...realFiles,
    async open(path, how) {
      const file = await realFiles.open(path, how)
      return {
        ...file,
        async sync() {},
        async write(bytes, position) {
          if (how === 'write' && path.endsWith('.segment')) end = position + bytes.length
          await file.write(bytes, position)
        },
      }
    },
  }
  await using journal = await openAt(directory, clock, hasty)
  let sequence = 0
  for (let left = Math.floor((segmentBytes - room - end) / 200); left > 0; ) {
    const votes = Array.from({ length: left }, () => journal.record(pressAt(clock)))
    sequence = (await Promise.all(votes)).at(-1)!
    left = Math.floor((segmentBytes - room - end) / 200)
  }
  journal.settle(sequence)
  const reader = journal.reader()
  for (let n = 0; n < sequence - waiting; n++) {
    const item = await reader.next()
    if (item && item.is !== 'held') journal.done(item)
  }
  const press: Pressed = { face: 'satisfied', from, to: Date.now(), told: 'thanked' }
  return {
    before: { epoch: journal.epoch, done: sequence - waiting },
    presses: Array.from({ length: waiting }, () => press),
  }
}
