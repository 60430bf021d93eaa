import t from 'tap'
import type { GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { noVotes } from '../../src/domain/vote.ts'
import type { Face } from '../../src/domain/words.ts'
import { Evidence, faultsOf, type Pressed, type Verdict } from './evidence.ts'
import type { SummaryEvent } from './evidence-summaries.ts'

/* The comparison of the rigs, tried on made-up histories: each kind of fault is found, and named rightly. */

const began = Date.parse('2026-05-04T09:00:00Z')
const source = 'faccina://c_e506/anagrafe/3'
const pad = (n: number) => String(n).padStart(12, '0')

/** The nth press: at n minutes, answered within a tenth of a second. */
function press(n: number, told: Pressed['told'] = 'thanked', more: Partial<Pressed> = {}): Pressed {
  const from = began + n * 60_000
  return { face: 'satisfied', from, to: from + 100, told, round: n, ...more }
}

/** The vote of the nth press. */
function vote(n: number, sequence = n, more: Partial<VoteEvent['data']> = {}): VoteEvent {
  const time = new Date(began + n * 60_000 + 5).toISOString()
  return {
    specversion: '1.0',
    id: `${more.epoch ?? 'k3f9x2'}-${pad(sequence)}`,
    source,
    type: 'faccina.vote.v1',
    subject: 'anagrafe',
    time,
    recordedtime: time,
    sequence: pad(sequence),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/vote/1',
    data: {
      epoch: 'k3f9x2',
      sequence,
      face: 'satisfied',
      outcome: 'not-asked',
      survey: 'it-2009/1',
      language: 'it',
      clock: 'synchronised',
      suppressed: 0,
      corrected: false,
      ...more,
    },
  }
}

function gap(from: number, to: number): GapEvent {
  const { time, recordedtime } = vote(from)
  return {
    specversion: '1.0',
    id: `k3f9x2-${pad(from)}-gap`,
    source,
    type: 'faccina.gap.v1',
    subject: 'anagrafe',
    time,
    recordedtime,
    sequence: pad(from),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/gap/1',
    data: { epoch: 'k3f9x2', from, to, cause: 'torn' },
  }
}

function summary(from: number, to: number, satisfied: number): SummaryEvent {
  const faces: Record<Face, number> = { satisfied, neutral: 0, dissatisfied: 0 }
  return {
    id: `k3f9x2-${pad(from)}-${pad(to)}-summary`,
    source,
    data: { epoch: 'k3f9x2', from, to, hours: [{ votes: satisfied, faces }] },
  }
}

interface History {
  presses: Pressed[]
  votes?: VoteEvent[]
  gaps?: GapEvent[]
  summaries?: SummaryEvent[]
  totals?: TotalsMessage
}

function judge({ presses, votes = [], gaps = [], summaries = [], totals }: History): Verdict {
  const evidence = new Evidence()
  for (const one of presses) evidence.pressed(one)
  for (const event of votes) evidence.heard({ kind: 'vote', event })
  for (const event of gaps) evidence.heard({ kind: 'gap', event })
  for (const event of summaries) evidence.heard({ kind: 'summary', event })
  if (totals) evidence.totals(totals)
  return evidence.verdict()
}

function totals(sequence: number, votes: number, satisfied = votes): TotalsMessage {
  const { faces, ...none } = noVotes()
  return { ...none, epoch: 'k3f9x2', sequence, votes, faces: { ...faces, satisfied } }
}

/** The kinds of fault that a history has. */
function kinds(history: History): string[] {
  const { faults } = judge(history)
  return Object.entries(faults).flatMap(([name, lines]) => (lines.length > 0 ? [name] : []))
}

t.test('histories without a fault', async (t) => {
  const { figures, faults } = judge({
    presses: [press(1), press(2, 'nothing'), press(3, 'nothing'), press(4, 'asked'), press(5)],
    votes: [vote(1), vote(1), vote(3, 2), vote(4, 4), vote(5, 5)],
    gaps: [gap(3, 3)],
    totals: totals(5, 4),
  })
  t.same(Object.values(faults).flat(), [])
  t.match(figures, { presses: 5, thanked: 2, asked: 1, received: 5, duplicates: 1, votes: 4 })
  t.match(figures, { unthankedCounted: 1, unthankedLost: 1, epochs: 1, gaps: 1, gapped: 1 })
  t.same(kinds({ presses: [] }), [])
  t.same(kinds({ presses: [press(1, 'nothing')] }), [], 'an unthanked press may be lost')
  const said = { outcome: 'selected', reason: 'waiting-time' } as const
  t.same(kinds({ presses: [press(1, 'thanked', { reason: said.reason })], votes: [vote(1, 1, said)] }), [])
  t.same(kinds({ presses: [press(1, 'asked', { reason: said.reason })], votes: [vote(1, 1, said)] }), [])
  t.same(kinds({ presses: [press(1, 'asked', { reason: said.reason })], votes: [vote(1)] }), [])
  const again = vote(2, 1, { epoch: 'm3f9x2' })
  t.same(kinds({ presses: [press(1), press(2)], votes: [vote(1), again] }), [], 'a new epoch begins at 1')
})

t.test('a press that nobody answered, and another in the same instant', async (t) => {
  const first = press(1, 'nothing', { face: 'neutral', from: began, to: press(1).from })
  for (const late of [0, 1, 5]) {
    const time = new Date(press(1).from + late).toISOString()
    t.same(kinds({ presses: [first, press(1)], votes: [{ ...vote(1), time }] }), [], `${late} ms later`)
  }
  const both = [vote(1, 1, { face: 'neutral' }), vote(1, 2)]
  both[0] = { ...both[0]!, time: new Date(began + 1).toISOString() }
  t.same(kinds({ presses: [first, press(1)], votes: both }), [])
  const early = { ...vote(1), time: new Date(press(1).from - 1).toISOString() }
  t.same(kinds({ presses: [press(1)], votes: [early] }), [], 'rounded')
})

t.test('a thanked vote that is missing', async (t) => {
  const { faults } = judge({ presses: [press(1), press(2), press(3)], votes: [vote(1), vote(3, 2)] })
  t.equal(faults.missing.length, 1)
  t.match(faults.missing[0], /round 2: satisfied, told thanked/)
  t.same(faultsOf(judge({ presses: [press(7, 'asked')] })), [
    'missing: round 7: satisfied, told asked, at 2026-05-04T09:07:00.000Z',
  ])
  t.same(kinds({ presses: [press(1)], gaps: [gap(1, 1)] }), ['missing'], 'a gap excuses a hole, not a loss')
})

t.test('one id with two contents', async (t) => {
  const presses = [press(1), press(2)]
  const changed = vote(1, 1, { suppressed: 1 })
  t.same(kinds({ presses, votes: [vote(1), vote(2), changed] }), ['twoContents'])
  const other = { ...vote(2), id: vote(1).id }
  t.ok(kinds({ presses, votes: [vote(1), other] }).includes('twoContents'))
  t.same(kinds({ presses: [], gaps: [gap(1, 1), gap(1, 2)] }), ['twoContents'], 'gaps too')
})

t.test('a hole that nothing explains', async (t) => {
  const presses = [press(1), press(2)]
  const hole = judge({ presses, votes: [vote(1, 1), vote(2, 4)] })
  t.same(hole.faults.holes, ['k3f9x2 2 to 3'])
  t.same(judge({ presses, votes: [vote(1, 2), vote(2, 3)] }).faults.holes, ['k3f9x2 1 to 1'])
  t.same(kinds({ presses, votes: [vote(1, 1), vote(2, 4)], gaps: [gap(3, 3)] }), ['holes'])
  t.same(kinds({ presses, votes: [vote(1, 1), vote(2, 4)], gaps: [gap(2, 3)] }), [])
  t.same(kinds({ presses, votes: [vote(1, 1), vote(2, 2, { epoch: 'm3f9x2' })] }), ['holes'])
})

t.test('a vote that nobody pressed, or that counts twice', async (t) => {
  t.same(kinds({ presses: [press(1)], votes: [vote(1), vote(2)] }), ['unpressed'])
  t.same(kinds({ presses: [press(1)], votes: [vote(1, 1), vote(1, 2)] }), ['unpressed'])
  const elsewhere = vote(1, 1, { epoch: 'm3f9x2' })
  t.same(kinds({ presses: [press(1)], votes: [vote(1), elsewhere] }), ['unpressed'], 'over two epochs')
})

t.test('a vote that says something else', async (t) => {
  t.same(kinds({ presses: [press(1)], votes: [vote(1, 1, { face: 'neutral' })] }), ['altered'])
  const reason = 'must-return'
  t.same(kinds({ presses: [press(1, 'thanked', { reason })], votes: [vote(1)] }), ['altered'])
  const said = { outcome: 'selected', reason } as const
  t.same(kinds({ presses: [press(1)], votes: [vote(1, 1, said)] }), ['altered'])
})

t.test('summaries count what they replace', async (t) => {
  const presses = [press(1), press(2), press(3, 'nothing'), press(4)]
  const last = vote(4, 4)
  t.same(kinds({ presses, votes: [vote(1), last], summaries: [summary(1, 3, 3)] }), [])
  t.same(judge({ presses, votes: [last], summaries: [summary(1, 3, 3)] }).figures.unthankedCounted, 1)
  t.same(kinds({ presses, votes: [last], summaries: [summary(1, 2, 2), summary(1, 3, 3)] }), [], 'the longer')
  t.same(kinds({ presses, votes: [last], summaries: [summary(1, 3, 1)] }), ['missing'])
  t.same(kinds({ presses, votes: [last], summaries: [summary(1, 3, 4)] }), ['unpressed'])
  t.same(kinds({ presses, votes: [last], summaries: [summary(2, 3, 3)] }), ['holes'])
  const neutral = presses.map((one) => (one.round === 2 ? { ...one, face: 'neutral' as const } : one))
  t.ok(kinds({ presses: neutral, votes: [last], summaries: [summary(1, 3, 3)] }).includes('missing'))
  const all = { presses, votes: [vote(1), last], summaries: [summary(1, 3, 3)] }
  t.same(kinds({ ...all, totals: totals(4, 4) }), [])
  t.same(kinds({ ...all, totals: totals(4, 5) }), ['totals'])
})

t.test('totals that say something else', async (t) => {
  const history = { presses: [press(1), press(2)], votes: [vote(1), vote(2)] }
  t.same(kinds({ ...history, totals: totals(2, 2) }), [])
  t.same(kinds({ ...history, totals: totals(1, 1) }), [], 'up to the sequence that they reach')
  t.same(kinds({ ...history, totals: totals(2, 3) }), ['totals'])
  t.same(kinds({ ...history, totals: totals(2, 2, 1) }), ['totals'])
})

t.test('how far an epoch has come', async (t) => {
  const evidence = new Evidence()
  t.equal(evidence.reached('k3f9x2'), 0)
  evidence.heard({ kind: 'vote', event: vote(1) })
  evidence.heard({ kind: 'gap', event: gap(2, 6) })
  t.equal(evidence.reached('k3f9x2'), 6)
  t.equal(evidence.reached('m3f9x2'), 0)
})
