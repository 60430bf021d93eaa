import fc from 'fast-check'
import t from 'tap'
import { Ranges, rangesText } from '../../src/subscriber/ranges.ts'

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
  .map(([from, more]) => ({ from, to: from + more }))

t.test('ranges are a set, whatever the order they come in', async () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), fc.integer({ min: 0, max: 80 }), (added, upTo) => {
      const ranges = new Ranges()
      const model = new Set<number>()
      for (const { from, to } of added) {
        let fresh = 0
        for (let n = from; n <= to; n++) {
          if (!model.has(n)) fresh++
          model.add(n)
        }
        if (ranges.add({ from, to }) !== fresh) return false
      }
      let complete = 0
      while (model.has(complete + 1)) complete++
      const kept = [...ranges]
      const apart = kept.every(({ from }, i) => i === 0 || from > kept[i - 1]!.to + 1)
      const missing = ranges.missing(upTo).flatMap(({ from, to }) => numbers(from, to))
      const has = numbers(1, 80).every((n) => ranges.has(n) === model.has(n))
      return (
        apart &&
        has &&
        ranges.complete === complete &&
        ranges.highest === Math.max(0, ...model) &&
        String(missing) === String(numbers(1, upTo).filter((n) => !model.has(n)))
      )
    }),
    { numRuns: 2_000 },
  )
})

t.test('a million in a row are one range', async (t) => {
  const ranges = new Ranges()
  for (let n = 1; n <= 1_000_000; n++) ranges.add({ from: n, to: n })
  t.strictSame([...ranges], [{ from: 1, to: 1_000_000 }])
})

t.test('in words', async (t) => {
  const ranges = [1, 4, 8, 10, 12].map((from) => ({ from, to: from + (from === 4 ? 2 : 0) }))
  t.equal(rangesText(ranges), '1, 4–6, 8, 10 and 1 more')
})

function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
}
