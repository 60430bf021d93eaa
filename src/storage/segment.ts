import { join } from 'node:path'
import { StorageError } from './errors.ts'
import type { Files } from './files.ts'
import { decodeLine, encodeLine, lineFeed, prefixBytes } from './line.ts'
import { format, type Header, type Row } from './rows.ts'

/**
 * A segment is a file of fixed size, filled with zeros before it is used: as its size never changes, a
 * vote costs the card one block and one flush, and a disk that others have filled does not stop voting.
 */
export const segmentBytes = 256 * 1024

/** More than the longest header: enough to read when nothing else of a segment is wanted. */
export const headerBytes = 8 * 1024

/** What every header and every row begins with, behind its checksum. */
const headerMark = ' {"segment":'
const rowMark = ' {"n":'

/** Shorter than any line that they stand for. */
const shortestHeader = 500
const shortestVote = 80

const zeros = Buffer.alloc(64 * 1024)

const pattern = /^(\d{12})\.segment$/

export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(12, '0')}.segment`)
}

/** The numbers of the segments among these file names, ascending. */
export function segmentNumbers(names: readonly string[]): number[] {
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** The highest number of all file names, of segments and of what was kept of damaged ones. */
export function highestNumber(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(/^\d{12}/.exec(name)?.[0] ?? 0)))
}

/** Makes a segment of zeros, durable with its name. The zeros are really written: an extent that is only reserved would still cost a metadata commit at the first vote. */
export async function createSegment(files: Files, directory: string, number: number): Promise<void> {
  const path = segmentPath(directory, number)
  const file = await files.open(path, 'create')
  try {
    for (let at = 0; at < segmentBytes; at += zeros.length) await file.write(zeros, at)
    await file.sync()
  } catch (error) {
    await file.close()
    await files.remove(path).catch(() => {})
    throw error
  }
  await file.close()
  await files.syncDirectory(directory)
}

/** `bytes` of a segment from `offset` on; shorter where the file is. */
export async function readSegment(
  files: Files,
  directory: string,
  number: number,
  offset = 0,
  bytes = segmentBytes - offset,
): Promise<Buffer> {
  const file = await files.open(segmentPath(directory, number), 'read')
  try {
    const buffer = Buffer.alloc(bytes)
    return buffer.subarray(0, await file.read(buffer, offset))
  } finally {
    await file.close()
  }
}

/** A header stands there twice: without it all of its segment would be lost for one flipped bit. */
export function encodeHeader(header: Header): Buffer {
  const line = encodeLine(header)
  return Buffer.concat([line, line])
}

export interface ScannedHeader {
  header: Header
  /** Where the first row begins. */
  end: number
}

/** The header of a segment, or why there is none: nothing written yet, or not readable any more. */
export function scanHeader(buffer: Buffer): ScannedHeader | 'blank' | 'damaged' {
  if (isBlank(buffer, 0)) return 'blank'
  for (const start of lineStarts(buffer, 0, headerMark)) {
    const end = buffer.indexOf(lineFeed, start) + 1
    const header = decodeLine(buffer, start, end) as Header | undefined
    if (!header) continue
    if (header.format > format) {
      throw new StorageError(
        `the journal was written by a newer Faccina (format ${header.format}, this one reads up to ${format}); install that version again`,
      )
    }
    return { header, end: start === 0 ? 2 * end : end }
  }
  return 'damaged'
}

/** From which record on a segment takes over from those before it; undefined when that cannot be read. */
export function firstRecord(buffer: Buffer): number | undefined {
  const header = scanHeader(buffer)
  if (typeof header === 'object') return header.header.first
  for (const scanned of scanRows(buffer, 0)) if (scanned.is === 'row') return scanned.row.n
  return undefined
}

/** A row and where it ends, or a stretch of bytes that no longer says anything. */
export type Scanned = { is: 'row'; row: Row; end: number } | { is: 'damage'; start: number; end: number }

/**
 * The rows of a segment from `offset` on. Behind a damage it takes up again at the next intact line: a
 * flipped bit must cost one line, not all that come after.
 */
export function* scanRows(buffer: Buffer, offset: number): Generator<Scanned> {
  let at = offset
  while (at < buffer.length) {
    const line = rowAt(buffer, at)
    if (line) {
      yield line
      at = line.end
      continue
    }
    if (isBlank(buffer, at)) return
    const start = at
    at = nextIntact(buffer, at) ?? behindLastByte(buffer)
    yield { is: 'damage', start, end: at }
  }
}

/** How many votes a damaged stretch can have held at most; their line feeds may be among what is damaged. */
export function votesIn(stretch: Buffer, headers: number): number {
  let lines = stretch.at(-1) === lineFeed ? 0 : 1
  for (const byte of stretch) if (byte === lineFeed) lines++
  return Math.max(0, lines - headers, votesInBytes(stretch.length - headers * shortestHeader))
}

/** How many votes so many bytes can have held at most. */
export function votesInBytes(bytes: number): number {
  return Math.floor(Math.max(0, bytes) / shortestVote)
}

function rowAt(buffer: Buffer, start: number): (Scanned & { is: 'row' }) | undefined {
  if (buffer[start] === 0) return undefined
  const end = buffer.indexOf(lineFeed, start) + 1
  if (end === 0) return undefined
  const row = decodeLine(buffer, start, end) as Row | undefined
  return row !== undefined && typeof row.n === 'number' ? { is: 'row', row, end } : undefined
}

/** Where the next intact row begins. It is looked for by how rows begin: the line feed in front of it may be lost. */
function nextIntact(buffer: Buffer, from: number): number | undefined {
  for (const start of lineStarts(buffer, from, rowMark)) if (rowAt(buffer, start)) return start
  return undefined
}

/** Where lines may begin, by what stands behind the checksum. */
function* lineStarts(buffer: Buffer, from: number, mark: string): Generator<number> {
  let at = buffer.indexOf(mark, from + prefixBytes - 1)
  while (at !== -1) {
    yield at - (prefixBytes - 1)
    at = buffer.indexOf(mark, at + 1)
  }
}

function behindLastByte(buffer: Buffer): number {
  let end = buffer.length
  while (buffer[end - 1] === 0) end--
  return end
}

function isBlank(buffer: Buffer, from: number): boolean {
  for (let at = from; at < buffer.length; at += zeros.length) {
    const part = buffer.subarray(at, at + zeros.length)
    if (!part.equals(zeros.subarray(0, part.length))) return false
  }
  return true
}
