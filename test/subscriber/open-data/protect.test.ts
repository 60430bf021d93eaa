import t from 'tap'
import { faces } from '../../../src/domain/words.ts'
import { linesOf } from '../../../src/subscriber/open-data/release.ts'
import { counter, onePeriod } from './tables.ts'

type Offices = Parameters<typeof onePeriod>[0]

/** What is shown, a line a row: votes, the three faces, and whether reasons; `-` is suppressed. */
function told(offices: Offices, by: 'office' | 'counter' = 'office', minimum = 10): string[] {
  return linesOf(onePeriod(offices), 'month', by, minimum).map(({ office, counter, row, shown }) => {
    const name = [office ?? '*', counter].filter((part) => part !== undefined).join('/')
    const cells = faces.map((face) => (shown.faces.has(face) ? row.faces[face] : '-'))
    return `${name}: ${shown.votes ? row.votes : '-'} ${cells.join(' ')}${shown.reasons ? ' reasons' : ''}`
  })
}

const many = [100, 50, 40]
const why = [10, 10, 10, 10]

t.test('what is large enough is shown', async (t) => {
  t.same(told({ a: [counter(many, why), counter(many, why)], b: [counter(many, why), counter(many, why)] }), [
    '*: 760 400 200 160 reasons',
    'a: 380 200 100 80 reasons',
    'b: 380 200 100 80 reasons',
  ])
})

t.test('a small face is hidden with the yellow one, and in another office, too', async (t) => {
  const small = [counter([100, 50, 3]), counter([100, 50, 4])]
  const large = [counter([200, 50, 40]), counter([200, 50, 40])]
  const offices = { a: small, b: large, c: [counter(many), counter(many)] }
  t.same(told(offices), ['*: 1267 800 300 167', 'a: 307 200 - -', 'b: 580 400 100 80', 'c: 380 200 - -'])
  const two = {
    a: [counter([100, 50, 2]), counter([100, 50, 4])],
    b: [counter([90, 9, 3]), counter([99, 40, 3])],
  }
  t.same(told({ ...two, c: large }).slice(1), ['a: 306 200 - -', 'b: 244 189 - -', 'c: 580 400 100 80'])
})

t.test('a face that is small with the yellow one hides all three', async (t) => {
  t.same(told({ a: [counter([100, 2, 1]), counter([100, 2, 1])] }), ['*: 206 - - -', 'a: 206 - - -'])
})

t.test('an office of one counter is no office, nor one that a single counter makes up', async (t) => {
  const offices = {
    a: [counter(many)],
    b: [counter(many), counter([3, 3, 3])],
    c: [counter(many), counter(many)],
  }
  t.same(told(offices), ['*: 769 403 203 163', 'a: - - - -', 'b: - - - -', 'c: 380 200 100 80'])
  t.match(told(offices, 'counter'), [
    '*: 769 403 203 163',
    'a: 190 100 50 40',
    'a/1: 190 100 50 40',
    'b: 199 103 53 43',
    'b/1: - - - -',
    'b/2: - - - -',
  ])
})

t.test('a municipality that is one counter shows nothing unless counters may be shown', async (t) => {
  t.same(told({ a: [counter(many)] }), ['*: - - - -', 'a: - - - -'])
  t.same(told({ a: [counter(many)] }, 'counter'), [
    '*: 190 100 50 40',
    'a: 190 100 50 40',
    'a/1: 190 100 50 40',
  ])
})

t.test('small offices whose sum would tell them hide a larger one, or the total', async (t) => {
  const nine = [counter([3, 1, 1]), counter([2, 1, 1])]
  const large = [counter(many), counter(many)]
  t.same(told({ a: nine, b: nine, c: nine, d: large }), [
    '*: 407 215 106 86',
    'a: - - - -',
    'b: - - - -',
    'c: - - - -',
    'd: - - - -',
  ])
  t.same(told({ a: nine, b: nine, c: nine }), ['*: - - - -', 'a: - - - -', 'b: - - - -', 'c: - - - -'])
})

t.test('counters that cannot hide under their office make it hide', async (t) => {
  const nine = [counter([5, 2, 2]), counter([4, 3, 2])]
  const offices = { a: nine, b: [counter(many), counter(many)], c: [counter(many)] }
  t.same(told(offices, 'counter'), [
    '*: 588 309 155 124',
    'a: - - - -',
    'a/1: - - - -',
    'a/2: - - - -',
    'b: 380 200 100 80',
    'b/1: 190 100 50 40',
    'b/2: 190 100 50 40',
    'c: - - - -',
    'c/1: - - - -',
  ])
})

t.test('reasons are shown all together, and not where another row would tell them', async (t) => {
  const few = [10, 10, 10, 3]
  const offices = {
    a: [counter(many, why), counter(many, few)],
    b: [counter(many, few), counter([200, 50, 40], few)],
    c: [counter([300, 50, 40], why), counter(many, why)],
  }
  t.same(told(offices), [
    '*: 1440 900 300 240 reasons',
    'a: 380 200 100 80',
    'b: 480 300 100 80',
    'c: 580 400 100 80 reasons',
  ])
})

t.test(
  'people served are shown with the votes only, and not where another row would tell them',
  async (t) => {
    const served = (offices: Offices) =>
      linesOf(onePeriod(offices), 'month', 'office', 10).map(({ shown }) => shown.served)
    const large = [counter(many, why, 300), counter(many, why, 300)]
    const small = [counter([2, 2, 2], [], 40), counter([2, 2, 2], [], 40)]
    t.same(served({ a: large, b: large }), [true, true, true])
    t.same(served({ a: large, b: large, c: [counter(many, why), counter(many, why)] }), [
      false,
      true,
      true,
      false,
    ])
    t.same(served({ a: large, b: small, c: small }), [true, true, false, false])
    t.same(served({ a: large, b: [counter(many, why, 3), counter(many, why, 3)] }), [false, true, false])
  },
)
