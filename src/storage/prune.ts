import type { Instant } from '../domain/time.ts'
import type { Files } from './files.ts'
import { headerBytes, readSegment, scanHeader } from './segment.ts'

/**
 * Which of the done segments may go: the oldest `tooMany`, for the bound, and those that ended longer than
 * `keepMs` ago. When a segment ended is read from the header of the next, and believed only if that clock
 * and ours are both synchronised: on a computer that woke up in 1970 nothing is too old.
 */
export async function prunable(
  { files, directory, segments }: { files: Files; directory: string; segments: readonly number[] },
  done: readonly number[],
  tooMany: number,
  now: Instant,
  keepMs: number,
): Promise<number[]> {
  const gone = done.slice(0, Math.max(0, tooMany))
  if (!now.synchronised) return gone
  // One that is known to be old enough tells it of all before it.
  let old = gone.at(-1) ?? 0
  for (const segment of done.slice(gone.length)) {
    const next = segments.find((n) => n > segment)
    if (next === undefined) break
    const header = scanHeader(await readSegment(files, directory, next, 0, headerBytes))
    if (typeof header !== 'object' || !header.header.sync) continue
    if (now.wall - header.header.wall < keepMs) break
    old = segment
  }
  return done.filter((segment) => segment <= old)
}
