import { join } from 'node:path'
import type { Files } from './files.ts'
import { advance, fromHeader, type Ledger, own } from './ledger.ts'
import {
  firstRecord,
  highestNumber,
  readSegment,
  type Scanned,
  scanHeader,
  scanRows,
  segmentBytes,
  segmentNumbers,
  segmentPath,
  votesIn,
  votesInBytes,
} from './segment.ts'

/** What a folder of segments held when it was opened. */
export interface Recovered {
  /** All numbers in use, ascending, without spares. */
  segments: number[]
  /** The next, still blank segment, if one had been made. */
  spare?: number
  /** No file of the folder has a higher number. */
  highest: number
  /** The end of the journal; absent in an empty folder. */
  tail?: Tail
  /** What a technician should hear about. */
  notes: Note[]
}

interface Tail {
  segment: number
  ledger: Ledger
  /** Behind the last line. */
  offset: number
  /** Whether the next line may follow there; else this segment is left as it is. */
  intact: boolean
  /** How many votes can have been lost at the end, at most. */
  lost: number
}

type Note = { event: string; fields: Record<string, unknown> }

type Damage = Scanned & { is: 'damage' }

/** Reads the end of the journal. Only the tail segment is read, however many votes wait before it. */
export async function recover(files: Files, directory: string): Promise<Recovered> {
  const names = await files.list(directory)
  const notes: Note[] = []
  const { used, spare } = await findSpare(files, directory, segmentNumbers(names))
  // What was written but not flushed, or made but not flushed with its name, is there after a kill and gone
  // after a power cut. Now it is flushed, before anybody is told of it.
  for (const segment of [used.at(-1), spare]) {
    if (segment !== undefined) await syncFile(files, directory, segment)
  }
  await files.syncDirectory(directory)
  const tail = await readTail(files, directory, used, notes)
  return {
    segments: tail ? used : [],
    ...(spare !== undefined && { spare }),
    highest: highestNumber(names),
    ...(tail && { tail }),
    notes,
  }
}

/** Blank segments stand at the end; one that was not filled to its size is a creation that was cut short. */
async function findSpare(
  files: Files,
  directory: string,
  numbers: number[],
): Promise<{ used: number[]; spare: number | undefined }> {
  const used = [...numbers]
  let spare: number | undefined
  for (let last = used.at(-1); last !== undefined; last = used.at(-1)) {
    const buffer = await readSegment(files, directory, last)
    if (scanHeader(buffer) !== 'blank') break
    used.pop()
    if (buffer.length === segmentBytes && spare === undefined) spare = last
    else await files.remove(segmentPath(directory, last))
  }
  return { used, spare }
}

async function syncFile(files: Files, directory: string, segment: number): Promise<void> {
  const file = await files.open(segmentPath(directory, segment), 'write')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function readTail(
  files: Files,
  directory: string,
  segments: number[],
  notes: Note[],
): Promise<Tail | undefined> {
  // Segments whose header is damaged are read on from the last one whose is not.
  const unread: { segment: number; buffer: Buffer }[] = []
  for (const segment of [...segments].reverse()) {
    const buffer = await readSegment(files, directory, segment)
    const header = scanHeader(buffer)
    unread.unshift({ segment, buffer })
    if (typeof header !== 'object') {
      notes.push({ event: 'journal header damaged', fields: { segment } })
      continue
    }
    let tail: Tail = { segment, ledger: fromHeader(header.header), offset: 0, intact: false, lost: 0 }
    for (const [place, { segment, buffer }] of unread.entries()) {
      const later = unread
        .slice(place + 1)
        .map(({ buffer }) => firstRecord(buffer) ?? Number.POSITIVE_INFINITY)
      const damages: Damage[] = []
      tail = readOn(tail, segment, buffer, Math.min(...later), damages)
      for (const { start, end } of damages) {
        await keepAside(files, directory, segment, start, buffer.subarray(start, end))
        notes.push({ event: 'journal damaged', fields: { segment, offset: start, bytes: end - start } })
      }
    }
    return tail
  }
  for (const segment of segments) await putAside(files, directory, segment, notes)
  return undefined
}

/** The tail after one segment more, up to the record from which a later one has taken over. */
function readOn(tail: Tail, segment: number, buffer: Buffer, superseded: number, damages: Damage[]): Tail {
  const header = scanHeader(buffer)
  const ledger = own(tail.ledger)
  let { lost } = tail
  let offset = typeof header === 'object' ? header.end : 0
  for (const scanned of scanRows(buffer, offset)) {
    offset = scanned.end
    if (scanned.is === 'damage') {
      damages.push(scanned)
      lost += votesIn(buffer.subarray(scanned.start, scanned.end), scanned.start === 0 ? 2 : 0)
    } else if (scanned.row.n > ledger.record && scanned.row.n < superseded) {
      advance(ledger, scanned.row)
      // What was lost in front of a row, that row knows.
      lost = 0
    }
  }
  // Of a file that is shorter than it was made, the rest was lost.
  lost += votesInBytes(segmentBytes - buffer.length)
  const intact = typeof header === 'object' && buffer.length === segmentBytes && lost === 0
  return { segment, ledger, offset, intact, lost }
}

/** A damaged stretch is copied to a file of its own, for whoever wants to look at it. */
async function keepAside(
  files: Files,
  directory: string,
  segment: number,
  offset: number,
  bytes: Buffer,
): Promise<void> {
  const path = join(directory, `${String(segment).padStart(12, '0')}-${offset}.damaged`)
  try {
    const file = await files.open(path, 'create')
    try {
      await file.write(bytes, 0)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch {
    // Kept already by an earlier start, or no room for it; neither must keep the terminal from starting.
  }
}

async function putAside(files: Files, directory: string, segment: number, notes: Note[]): Promise<void> {
  const path = segmentPath(directory, segment)
  await files.rename(path, `${path}.damaged`)
  notes.push({ event: 'journal segment unreadable, put aside', fields: { segment } })
}
