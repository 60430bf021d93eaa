import type { Timeline } from '../domain/timeline.ts'
import type { Item, Position } from '../ports/journal.ts'
import { StorageError, storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import type { Folded } from './readable.ts'
import { SegmentReader } from './reader.ts'
import { readSegment, scanHeader, scanRows, segmentBytes, segmentNumbers } from './segment.ts'
import { SlotFile } from './slots.ts'
import { cursorFile, foldedFile, timelineFile } from './small-files.ts'
import { TellingReader } from './telling-reader.ts'

/** A journal for those who only look: nothing is written, and the daemon may be at work meanwhile. */
export interface Inspection {
  /** How far the votes are done; absent before the first. */
  done: Position | undefined
  /** All that is kept, in order. A last vote whose visit is not over is among it. */
  items(): AsyncGenerator<Item>
  /** Stretches that do not read back. */
  damages(): AsyncGenerator<Damage>
}

interface Damage {
  segment: number
  offset: number
  bytes: number
}

/** Rejects with a `StorageError` where there is no journal. */
export async function inspectJournal(directory: string, files: Files = realFiles): Promise<Inspection> {
  let segments: number[]
  let done: Position | undefined
  let folded: Folded[]
  let timeline: Timeline
  try {
    segments = segmentNumbers(await files.list(directory))
    done = await SlotFile.read(files, directory, cursorFile)
    folded = (await SlotFile.read(files, directory, foldedFile)) ?? []
    timeline = (await SlotFile.read(files, directory, timelineFile)) ?? []
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new StorageError(`there is no journal in ${directory}`, { cause: error })
    }
    throw storageError(`cannot read the journal in ${directory}`, error)
  }
  const [first] = segments
  const last = segments.at(-1)
  if (first === undefined || last === undefined) throw new StorageError(`there is no journal in ${directory}`)
  const journal = {
    files,
    directory,
    segments: () => segments,
    limit: () => ({ segment: last, offset: segmentBytes }),
    folded: () => folded,
  }
  return {
    done,
    async *items() {
      const from = { segment: first, offset: 0, record: 0, votes: 0, epoch: '', sequence: 0 }
      const reader = new TellingReader(new SegmentReader(journal, from), from, { timeline: () => timeline })
      for (let item = await reader.next(); item; item = await reader.next()) {
        if (item.is !== 'held') yield item
      }
    },
    async *damages() {
      for (const segment of segments) yield* damagesOf(files, directory, segment)
    },
  }
}

async function* damagesOf(files: Files, directory: string, segment: number): AsyncGenerator<Damage> {
  const buffer = await readSegment(files, directory, segment)
  const header = scanHeader(buffer)
  if (header === 'damaged') yield { segment, offset: 0, bytes: buffer.indexOf('\n') + 1 }
  const from = typeof header === 'object' ? header.end : buffer.indexOf('\n') + 1
  for (const scanned of scanRows(buffer, from)) {
    if (scanned.is === 'damage') yield { segment, offset: scanned.start, bytes: scanned.end - scanned.start }
  }
}
