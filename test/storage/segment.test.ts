import fc from 'fast-check'
import t from 'tap'
import { noVotes } from '../../src/domain/vote.ts'
import { encodeLine } from '../../src/storage/line.ts'
import { format, type Header } from '../../src/storage/rows.ts'
import {
  createSegment,
  encodeHeader,
  firstRecord,
  headerBytes,
  highestNumber,
  readSegment,
  scanHeader,
  scanRows,
  segmentBytes,
  segmentNumbers,
  segmentPath,
  votesIn,
} from '../../src/storage/segment.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { directory, source, start } from './journals.ts'

const header: Header = {
  segment: 3,
  format,
  wall: 1777885200000,
  sync: true,
  epoch: 'k3f9x2',
  source,
  first: 77,
  sequence: 50,
  settled: 50,
  totals: noVotes(),
  start,
}
const rows = Array.from({ length: 6 }, (_, n) =>
  encodeLine({ n: 77 + n, vote: 51 + n, face: 'neutral', lang: 'it', wall: 1, mono: 1, sync: true }),
)

/** Which rows are found, and where damage is. */
function scan(bytes: Uint8Array, from = 0): string {
  const found = [...scanRows(Buffer.from(bytes), from)]
  return found
    .map((scanned) => (scanned.is === 'row' ? scanned.row.n : `${scanned.start}-${scanned.end}`))
    .join(' ')
}

t.test('names', async (t) => {
  t.equal(segmentPath('/j', 12), '/j/000000000012.segment')
  const names = [
    '000000000012.segment',
    'cursor',
    '000000000002.segment',
    '2.segment',
    '000000000003.segment.damaged',
  ]
  t.same(segmentNumbers(names), [2, 12])
  t.equal(highestNumber([...names, '000000000044-123.damaged']), 44)
  t.equal(highestNumber([]), 0)
})

t.test('a new segment is zeros of its full size, and durable with its name', async (t) => {
  const files = new FaultyFiles()
  await createSegment(files, directory, 1)
  files.crash()
  t.ok((await readSegment(files, directory, 1)).equals(Buffer.alloc(segmentBytes)))
  await t.rejects(createSegment(files, directory, 1), { code: 'EEXIST' }, 'none is ever overwritten')
  files.fault = (change) => (change === 'sync' ? 'ENOSPC' : undefined)
  await t.rejects(createSegment(files, directory, 2), { code: 'ENOSPC' })
  t.same(files.paths(), [segmentPath(directory, 1)], 'half a one is removed')
})

t.test('the longest header finds room', async (t) => {
  const long = 'm'.repeat(64)
  const open = {
    epoch: 'k3f9x2',
    sequence: 1e9,
    source: `faccina://${long}/${long}/${long}`,
    survey: 'it-2009/1',
  }
  const vast = {
    ...header,
    source: open.source,
    open: { ...open, start, extra: noVotes() },
    block: { from: 1e9, to: 1e9 + 100, precision: 'minute' },
    held: { from: 1e9 - 100, to: 1e9 - 1, precision: 'minute' },
    ends: Array.from({ length: 16 }, () => ({ epoch: 'k3f9x2', sequence: 1e9 })),
  } as unknown as Header
  const { length } = encodeHeader(vast)
  t.ok(length < headerBytes - 1024, `both of them: ${length} bytes`)
})

t.test('a header survives any one flipped bit', async (t) => {
  const bytes = Buffer.concat([encodeHeader(header), rows[0]!, Buffer.alloc(100)])
  const end = encodeHeader(header).length
  t.same(scanHeader(bytes), { header, end })
  for (let bit = 0; bit < end * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    const scanned = scanHeader(bytes)
    if (typeof scanned !== 'object' || scanned.end !== end || scanned.header.first !== 77)
      t.fail(`bit ${bit}`)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
  }
})

t.test('no header', async (t) => {
  t.equal(scanHeader(Buffer.alloc(0)), 'blank')
  t.equal(scanHeader(Buffer.alloc(segmentBytes)), 'blank')
  t.equal(scanHeader(Buffer.concat([Buffer.alloc(50), rows[0]!])), 'damaged')
  t.equal(scanHeader(rows[0]!), 'damaged', 'a row is none')
  const newer = encodeHeader({ ...header, format: format + 1 })
  t.throws(() => scanHeader(newer), { name: 'StorageError', message: /newer Faccina \(format 2.*install/ })
})

t.test('the first record of a segment', async (t) => {
  t.equal(firstRecord(encodeHeader(header)), 77)
  t.equal(firstRecord(Buffer.concat([Buffer.from('?'.repeat(900)), ...rows.slice(2)])), 79)
  t.equal(firstRecord(Buffer.alloc(100)), undefined)
  t.equal(firstRecord(Buffer.from('????')), undefined)
})

t.test('rows up to the zeros', async (t) => {
  t.equal(scan(Buffer.concat([...rows, Buffer.alloc(500)])), '77 78 79 80 81 82')
  t.equal(scan(Buffer.concat(rows)), '77 78 79 80 81 82')
  t.equal(scan(Buffer.concat(rows), rows[0]!.length), '78 79 80 81 82')
  t.equal(scan(Buffer.alloc(500)), '')
  t.equal(scan(Buffer.alloc(0)), '')
})

t.test('any one flipped bit costs one row', async (t) => {
  const whole = Buffer.concat([...rows.slice(0, 3), Buffer.alloc(200)])
  const [a, b, c] = rows.map(({ length }) => length) as [number, number, number]
  const lost = ['78 79', '77 79', '77 78']
  for (let bit = 0; bit < (a + b + c) * 8; bit++) {
    whole[bit >> 3]! ^= 1 << (bit & 7)
    const place = bit >> 3 < a ? 0 : bit >> 3 < a + b ? 1 : 2
    const found = [...scanRows(whole, 0)].flatMap((scanned) => (scanned.is === 'row' ? [scanned.row.n] : []))
    if (found.join(' ') !== lost[place]) t.fail(`bit ${bit}: ${found}`)
    whole[bit >> 3]! ^= 1 << (bit & 7)
  }
})

t.test('whatever stands between rows: they are all found, and nothing else', async () => {
  const junk = fc.oneof(
    fc.constant(Buffer.alloc(0)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(60).map((size) => Buffer.alloc(size)),
    fc.nat(rows[0]!.length - 1).map((size) => rows[0]!.subarray(0, size)),
    fc.nat(40).map((size) => rows[0]!.subarray(size + 1)),
    fc.constant(Buffer.from(' {"n":12}\n{"n":13}\n00000000 {"n":14}\n')),
  )
  fc.assert(
    fc.property(
      fc.array(junk, { minLength: rows.length, maxLength: rows.length }),
      fc.nat(50),
      (between, zeros) => {
        const bytes = Buffer.concat([
          ...rows.flatMap((row, place) => [between[place]!, row]),
          Buffer.alloc(zeros),
        ])
        const found = [...scanRows(bytes, 0)]
        const numbers = found.flatMap((scanned) => (scanned.is === 'row' ? [scanned.row.n] : []))
        const damaged = found.flatMap((scanned) =>
          scanned.is === 'damage' ? [scanned.end - scanned.start] : [],
        )
        const lost = damaged.reduce((sum, size) => sum + size, 0)
        return (
          numbers.join() === '77,78,79,80,81,82' &&
          lost === between.reduce((sum, { length }) => sum + length, 0)
        )
      },
    ),
    { numRuns: 500 },
  )
})

t.test('how many votes a stretch can have held', async (t) => {
  const three = Buffer.concat(rows.slice(0, 3))
  t.equal(votesIn(three, 0), 3)
  t.equal(votesIn(rows[0]!.subarray(0, 20), 0), 1)
  t.ok(votesIn(Buffer.alloc(three.length, 0x3f), 0) >= 3, 'also without their line feeds')
  t.ok(votesIn(Buffer.concat([encodeHeader(header), rows[0]!]), 2) >= 1)
  t.equal(votesIn(encodeHeader(header).subarray(0, 700), 2), 0)
})
