import fc from 'fast-check'
import t from 'tap'
import { decodeLine, encodeLine } from '../../src/storage/line.ts'

const vote = { n: 4711, vote: 4001, face: 'dissatisfied', asks: true, lang: 'de', wall: 1777885200123 }

t.test('what is written is read', async (t) => {
  t.same(decodeLine(encodeLine(vote), 0, encodeLine(vote).length), vote)
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(30), (value, before) => {
      const line = encodeLine(value)
      const buffer = Buffer.concat([Buffer.alloc(before, 0x20), line, Buffer.from('rest')])
      const read = decodeLine(buffer, before, before + line.length)
      return JSON.stringify(read) === JSON.stringify(value)
    }),
  )
})

t.test('the format, byte by byte', async (t) => {
  // The checksum of `{"n":1}`, as `crc32 <(printf '{"n":1}')` says too.
  t.equal(encodeLine({ n: 1 }).toString(), 'd44b3b7e {"n":1}\n')
  t.equal(encodeLine('già').length, 9 + 6 + 1, 'UTF-8, one line')
  t.equal(encodeLine('a\nb').filter((byte) => byte === 0x0a).length, 1)
})

t.test('every single flipped bit is rejected', async (t) => {
  const line = encodeLine(vote)
  const accepted: number[] = []
  for (let bit = 0; bit < line.length * 8; bit++) {
    const damaged = Buffer.from(line)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    if (decodeLine(damaged, 0, damaged.length) !== undefined) accepted.push(bit)
  }
  t.same(accepted, [])
})

t.test('every part of a line is rejected', async (t) => {
  const line = encodeLine(vote)
  for (let end = 0; end < line.length; end++) {
    if (decodeLine(line, 0, end) !== undefined) t.fail(`up to ${end}`)
  }
  for (let start = 1; start <= line.length; start++) {
    if (decodeLine(line, start, line.length) !== undefined) t.fail(`from ${start}`)
  }
})

t.test('a checksum that fits what is no JSON', async (t) => {
  const nothing = Buffer.from('00000000 \n')
  t.equal(decodeLine(nothing, 0, nothing.length), undefined)
  const other = Buffer.from('8c736521 foo\n')
  t.equal(decodeLine(other, 0, other.length), undefined)
})
