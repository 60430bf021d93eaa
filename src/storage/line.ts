import { crc32 } from 'node:zlib'

/**
 * One line of the journal: `crc32 (8 hex) SP json LF`. The checksum is compared as text, so that a line
 * is either exactly what was written or nothing.
 */
export const prefixBytes = 9
const space = 0x20
export const lineFeed = 0x0a

export function encodeLine(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value))
  return Buffer.concat([Buffer.from(`${checksum(json)} `), json, Buffer.of(lineFeed)])
}

/** The value of the line that fills `[start, end)` with its LF, or undefined when it is not intact. */
export function decodeLine(buffer: Buffer, start: number, end: number): unknown {
  const jsonStart = start + prefixBytes
  if (buffer[end - 1] !== lineFeed || buffer[jsonStart - 1] !== space) return undefined
  // A string costs half of what a view of the buffer does, and a start reads two thousand lines. Bytes that
  // are not UTF-8 become others here, and fail the checksum as they must.
  const json = buffer.toString('utf8', jsonStart, end - 1)
  if (buffer.toString('latin1', start, jsonStart - 1) !== checksum(json)) return undefined
  try {
    return JSON.parse(json)
  } catch {
    // A checksum may fit by chance; what it covers must still be JSON.
    return undefined
  }
}

/** Over the UTF-8 of it. */
function checksum(json: string | Buffer): string {
  return crc32(json).toString(16).padStart(8, '0')
}
