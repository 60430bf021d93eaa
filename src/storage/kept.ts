import type { Position } from '../ports/journal.ts'
import type { Readable } from './readable.ts'
import type { Header } from './rows.ts'
import { headerBytes, readSegment, scanHeader } from './segment.ts'

/**
 * A place from which all that is still kept can be read: the beginning, or somewhat in front of a sequence.
 * Headers are looked at from the latest back, so that what happened lately is found at once.
 */
export async function keptFrom(
  journal: Readable,
  from?: { epoch: string; sequence: number },
): Promise<Position> {
  const segments = journal.segments().filter((n) => n <= journal.limit().segment)
  const beginning = { segment: segments[0] ?? 0, offset: 0, record: 0, votes: 0, epoch: '', sequence: 0 }
  if (!from) return beginning
  const { files, directory } = journal
  for (const segment of segments.toReversed()) {
    const header = scanHeader(await readSegment(files, directory, segment, 0, headerBytes))
    if (typeof header !== 'object') continue
    const place = placeOf(header.header)
    if (place.epoch === from.epoch && place.sequence < from.sequence) return { segment, offset: 0, ...place }
  }
  return beginning
}

/** Where a segment begins: a vote that was still open comes again in it; of a batch that began earlier nothing is told. */
export function placeOf({
  first,
  epoch,
  settled,
  open,
  sequence,
  block,
}: Header): Omit<Position, 'segment' | 'offset'> {
  const before = open ? open.sequence - 1 : sequence
  const cut = block && block.from <= before ? Math.max(block.to, before) : before
  return { record: first - 1, votes: settled, epoch, sequence: cut }
}
