import type { Timeline } from '../domain/timeline.ts'
import type { Position } from '../ports/journal.ts'
import type { Files } from './files.ts'
import type { Folded } from './readable.ts'
import { SlotFile, type SlotKind } from './slots.ts'

/** How far the votes are done. Losing it costs nothing but sending some votes again. */
export const cursorFile: SlotKind<Position> = {
  name: 'cursor',
  slotBytes: 4096,
  label: 'position',
  is: (value): value is Position => typeof value === 'object' && value !== null,
}

/** When the boots of this computer were: what votes taken without a clock get their time from. */
export const timelineFile: SlotKind<Timeline> = {
  name: 'timeline',
  slotBytes: 48 * 1024,
  label: 'boots',
  is: (value): value is Timeline => Array.isArray(value),
}

/** The counts that are left of votes for which there was no more room. */
export const foldedFile: SlotKind<Folded[]> = {
  name: 'folded',
  slotBytes: 96 * 1024,
  label: 'summaries',
  is: (value): value is Folded[] => Array.isArray(value),
}

/** The small files beside the segments, and what they held. */
export interface SmallFiles extends AsyncDisposable {
  cursor: Opened<Position>
  timeline: Opened<Timeline>
  folded: Opened<Folded[]>
}

type Opened<T> = { slots: SlotFile<T>; value: T | undefined }

/** Opens them, or makes them. */
export async function openSmallFiles(files: Files, directory: string): Promise<SmallFiles> {
  const opened: Opened<unknown>[] = []
  const close = async () => {
    for (const { slots } of opened) await slots.close().catch(() => {})
  }
  const open = async <T>(kind: SlotKind<T>): Promise<Opened<T>> => {
    const file = await SlotFile.open(files, directory, kind)
    opened.push(file as Opened<unknown>)
    return file
  }
  try {
    return {
      cursor: await open(cursorFile),
      timeline: await open(timelineFile),
      folded: await open(foldedFile),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
