import { StorageError } from '../../../src/storage/errors.ts'
import { encodeLine } from '../../../src/storage/line.ts'
import { scanHeader, scanRows, votesIn } from '../../../src/storage/segment.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { filesIn } from '../inputs.ts'
import { crc32Of, sealedLines } from '../journal-bytes.ts'

const target: Target = {
  holds:
    'every row that comes out stands in the bytes with its right checksum and is written again as it was; rows, damages and the blank rest are all of the segment, each byte once; no intact row is left out',
  covers: ['src/storage/line.ts', 'src/storage/segment.ts'],
  maxBytes: 8_192,
  words: [' {"segment":', ' {"n":', '\n', '00000000 ', Buffer.alloc(600)],
  mutations: [(input) => sealedLines(input)],
  *corpus() {
    for (const bytes of [
      ...filesIn('test/fixtures/journal-1', '.segment.trimmed'),
      ...filesIn('test/fixtures/journal-2', '.segment.trimmed'),
    ])
      yield bytes.subarray(0, 8_192)
    yield Buffer.concat([
      encodeLine({ n: 1 }),
      Buffer.alloc(40),
      encodeLine({ n: 2, à: '\n' }),
      Buffer.from('rest'),
    ])
  },
  check(input) {
    const buffer = Buffer.from(input)
    const header = headerOf(buffer)
    must(header !== 'blank' || buffer.every((byte) => byte === 0), 'bytes are blank and are not')
    if (typeof header === 'object') {
      const values = lines(buffer, ' {"segment":').map(({ value }) => JSON.stringify(value))
      must(values.includes(JSON.stringify(header.header)), 'a header that is in no line')
    }
    let at = 0
    const starts = new Set<number>()
    for (const scanned of scanRows(buffer, 0)) {
      const { end } = scanned
      must(end > at && end <= buffer.length, 'a stretch that does not go on')
      if (scanned.is === 'row') {
        mustEqual(valueIn(buffer.subarray(at, end)), scanned.row, 'the value of a line')
        starts.add(at)
      } else {
        must(scanned.start === at, 'bytes between two stretches')
        const lineFeeds = buffer.subarray(at, end).filter((byte) => byte === 0x0a).length
        must(
          votesIn(buffer.subarray(at, end), 0) >= lineFeeds,
          'a damage with room for fewer votes than it has lines',
        )
      }
      at = end
    }
    must(
      buffer.subarray(at).every((byte) => byte === 0),
      'bytes behind the last stretch',
    )
    for (const { start, value } of lines(buffer, ' {"n":'))
      must(
        typeof (value as { n?: unknown }).n !== 'number' || starts.has(start),
        () => `the row at ${start} is left out`,
      )
  },
}
export default target

function headerOf(buffer: Buffer): ReturnType<typeof scanHeader> | 'newer' {
  try {
    return scanHeader(buffer)
  } catch (error) {
    if (error instanceof StorageError) return 'newer'
    throw error
  }
}

/** The value of a line, by a checksum that is reckoned in another way; undefined where it is none. */
function valueIn(line: Buffer): unknown {
  const json = line.subarray(9, -1)
  const sum = crc32Of(json).toString(16).padStart(8, '0')
  if (line.at(-1) !== 0x0a || line.toString('latin1', 0, 9) !== `${sum} `) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json))
  } catch {
    return undefined
  }
}

/** The lines that are whole, looked for at every mark that one may begin with. */
function lines(buffer: Buffer, mark: string): { start: number; value: object }[] {
  const found: { start: number; value: object }[] = []
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 1)) {
    const start = at - 8
    const end = buffer.indexOf(0x0a, at) + 1
    const value = start >= 0 && end > 0 ? valueIn(buffer.subarray(start, end)) : undefined
    if (value !== undefined) found.push({ start, value: value as object })
  }
  return found
}
