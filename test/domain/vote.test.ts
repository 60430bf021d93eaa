import fc from 'fast-check'
import t from 'tap'
import { applyChange, type Change, count, initialOutcome, noVotes, type Vote } from '../../src/domain/vote.ts'
import { faces, languages, outcomes, reasons } from '../../src/domain/words.ts'
import { after, instant } from '../fakes/instants.ts'

const vote: Vote = {
  epoch: 'k3f9x2',
  sequence: 1,
  source: 'faccina://c_e506/anagrafe/3',
  survey: 'it-2009/1',
  face: 'dissatisfied',
  outcome: 'interrupted',
  language: 'it',
  suppressed: 0,
  corrected: false,
  withinHours: true,
  at: { wall: 1_777_885_800_123, mono: 5000, synchronised: true },
  recordedAt: { wall: 1_777_885_800_140, mono: 5017, synchronised: true },
  boot: 1,
  bootId: 'b0',
}
const later = after(vote.recordedAt, 4000)

t.test('initialOutcome: what a power cut would leave', async (t) => {
  t.equal(initialOutcome({ asks: true }), 'interrupted')
  t.equal(initialOutcome({ asks: false }), 'not-asked')
})

t.test('applyChange', async (t) => {
  t.test('an answer', async (t) => {
    const change: Change = { reason: 'waiting-time', outcome: 'selected', language: 'de', suppressed: 2 }
    t.strictSame(applyChange(vote, change, later), { ...vote, ...change, recordedAt: later })
  })

  t.test('skipped and timed out leave no reason', async (t) => {
    for (const outcome of ['skipped', 'timed-out'] as const) {
      t.strictSame(applyChange(vote, { outcome, language: 'it' }, later), {
        ...vote,
        outcome,
        recordedAt: later,
      })
    }
  })

  t.test('a correction brings the outcome that its face begins with', async (t) => {
    const green = applyChange(vote, { face: 'satisfied', asks: false, corrected: true }, later)
    const expected: Vote = {
      ...vote,
      face: 'satisfied',
      outcome: 'not-asked',
      corrected: true,
      recordedAt: later,
    }
    t.strictSame(green, expected, 'and `asks` is no field of a vote')
    const red = applyChange(green, { face: 'dissatisfied', asks: true, corrected: true }, after(later, 1))
    t.match(red, { face: 'dissatisfied', outcome: 'interrupted', corrected: true })
  })

  t.test('suppressed presses change nothing else', async (t) => {
    const answered = applyChange(vote, { reason: 'must-return', outcome: 'selected', language: 'sl' }, later)
    t.strictSame(applyChange(answered, { suppressed: 9 }, after(later, 1)), {
      ...answered,
      suppressed: 9,
      recordedAt: after(later, 1),
    })
  })

  t.test('the press stays as it was', async (t) => {
    const before = structuredClone(vote)
    const after = applyChange(vote, { face: 'neutral', asks: false, corrected: true }, later)
    t.strictSame(vote, before, 'the vote that went in')
    t.strictSame(after.at, vote.at)
    t.equal(after.sequence, vote.sequence)
  })
})

/** Any vote that a visit can end with. */
const votes = fc
  .record({
    face: fc.constantFrom(...faces),
    outcome: fc.constantFrom(...outcomes),
    reason: fc.constantFrom(...reasons),
    language: fc.constantFrom(...languages),
    suppressed: fc.nat(20),
    corrected: fc.boolean(),
  })
  .map(({ reason, ...rest }): Vote => ({ ...vote, ...rest, ...(rest.outcome === 'selected' && { reason }) }))

const changes: fc.Arbitrary<Change> = fc.record(
  {
    face: fc.constantFrom(...faces),
    reason: fc.constantFrom(...reasons),
    outcome: fc.constantFrom(...outcomes),
    language: fc.constantFrom(...languages),
    suppressed: fc.nat(20),
    corrected: fc.constant(true as const),
  },
  { requiredKeys: [] },
)

t.test('later changes win, field by field', async (t) => {
  fc.assert(
    fc.property(votes, changes, changes, (start, first, second) => {
      const oneByOne = applyChange(applyChange(start, first, instant(1)), second, instant(2))
      const atOnce = applyChange(start, { ...first, ...second }, instant(2))
      return JSON.stringify(Object.entries(oneByOne).sort()) === JSON.stringify(Object.entries(atOnce).sort())
    }),
  )
  t.pass('in every run')
})

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0)

t.test('count', async (t) => {
  t.test('nothing yet: every name is there', async (t) => {
    const none = noVotes()
    t.same(Object.keys(none.faces), faces)
    t.same(Object.keys(none.reasons), reasons)
    t.same(Object.keys(none.outcomes), outcomes)
    t.equal(sum(none.faces) + sum(none.reasons) + sum(none.outcomes) + none.votes + none.sequence, 0)
  })

  t.test('one vote', async (t) => {
    const one = { ...vote, sequence: 12, outcome: 'selected', reason: 'waiting-time' } as const
    const totals = count(noVotes(), { ...one, suppressed: 3, corrected: true })
    const none = noVotes()
    t.strictSame(totals, {
      sequence: 12,
      votes: 1,
      faces: { ...none.faces, dissatisfied: 1 },
      reasons: { ...none.reasons, 'waiting-time': 1 },
      outcomes: { ...none.outcomes, selected: 1 },
      suppressed: 3,
      corrected: 1,
    })
  })

  t.test('whatever is counted, the sums agree', async (t) => {
    fc.assert(
      fc.property(fc.array(votes, { maxLength: 60, size: 'max' }), (list) => {
        const before = JSON.stringify(noVotes())
        const numbered = list.map((vote, i) => ({ ...vote, sequence: i + 1 }))
        const totals = numbered.reduce(count, noVotes())
        return (
          totals.votes === list.length &&
          totals.sequence === list.length &&
          sum(totals.faces) === list.length &&
          sum(totals.outcomes) === list.length &&
          sum(totals.reasons) === totals.outcomes.selected &&
          totals.suppressed === list.reduce((n, vote) => n + vote.suppressed, 0) &&
          totals.corrected === list.filter((vote) => vote.corrected).length &&
          faces.every((face) => totals.faces[face] === list.filter((vote) => vote.face === face).length) &&
          JSON.stringify(noVotes()) === before
        )
      }),
    )
    t.pass('in every run')
  })

  t.test('the totals that went in stay as they were', async (t) => {
    const start = count(noVotes(), vote)
    const copy = structuredClone(start)
    count(start, { ...vote, sequence: 2 })
    t.strictSame(start, copy)
  })
})
