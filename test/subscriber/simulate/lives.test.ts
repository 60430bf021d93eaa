import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import * as v from 'valibot'
import { published } from '../../../src/contract/schemas.ts'
import { isOpen } from '../../../src/domain/hours.ts'
import { gapCauses, noCounts } from '../../../src/domain/vote.ts'
import { outcomes } from '../../../src/domain/words.ts'
import { readMessage } from '../../../src/subscriber/messages.ts'
import { Ranges } from '../../../src/subscriber/ranges.ts'
import { lifeOf, votesOf } from '../../../src/subscriber/simulate/life.ts'
import { allOf } from '../../../src/subscriber/simulate/merge.ts'
import {
  type Municipality,
  type MunicipalityOptions,
  municipality,
  type Terminal,
} from '../../../src/subscriber/simulate/municipality.ts'
import { messageOf, type Said } from '../../../src/subscriber/simulate/said.ts'
import { addCounts, addVote } from '../../../src/subscriber/simulate/tally.ts'
import { addSaid, allHoursOf, hoursOf, noTruth, sumOf } from '../../../src/subscriber/simulate/truth.ts'

const root = 'faccina/1'
const fortnight: MunicipalityOptions = {
  name: 'c_e506',
  terminals: 60,
  from: '2026-05-04',
  days: 14,
  seed: 1,
}

const all = (terminal: Terminal) => [...lifeOf(terminal)].flat()

function digest({ terminals }: Municipality): string[] {
  return terminals.map((terminal) => {
    const hash = createHash('sha256')
    for (const { at, item } of all(terminal)) hash.update(`${at} ${JSON.stringify(messageOf(root, item))}\n`)
    return hash.digest('hex')
  })
}

t.test('the same seed and options give the same bytes, others give others', async (t) => {
  const once = digest(municipality(fortnight))
  t.strictSame(digest(municipality(fortnight)), once)
  for (const other of [{ seed: 2 }, { days: 15 }, { from: '2026-05-05' }, { crowd: 2 }]) {
    const changed = digest(municipality({ ...fortnight, ...other }))
    t.notOk(
      changed.some((one, n) => one === once[n]),
      JSON.stringify(other),
    )
  }
  t.equal(new Set(once).size, fortnight.terminals, 'no terminal is like another')
})

t.test(
  'the bytes of a seed are what they were: reports made from it can be compared over the years',
  async (t) => {
    const hash = createHash('sha256')
    for (const one of digest(municipality({ ...fortnight, terminals: 12, days: 7 }))) hash.update(one)
    t.equal(hash.digest('hex').slice(0, 16), '7a8b88e7fec81500')
  },
)

t.test('a seed brings every rare thing, and all of it is what the contract says', async (t) => {
  const seen = new Set<string>()
  for (const { said } of allOf(municipality(fortnight))) {
    const { topic, payload, retain } = messageOf(root, said.item)
    const read = readMessage(root, { topic, payload: Buffer.from(payload), retained: false })
    if (read?.is !== said.item.is) t.fail(`${topic} ${payload}: ${JSON.stringify(read)}`)
    const checked = v.safeParse(published[said.item.is], JSON.parse(payload))
    if (!checked.success || JSON.stringify(checked.output) !== payload)
      t.strictSame(checked.output, JSON.parse(payload), 'no field that the schema does not know')
    if (retain !== ['totals', 'state', 'health', 'survey'].includes(said.item.is))
      t.fail(`${topic} ${retain}`)
    for (const what of featuresOf(said)) seen.add(what)
  }
  const wanted = [
    ...['vote', 'gap', 'summary', 'totals', 'state', 'health', 'survey', 'served'],
    // Cards are damaged, and technicians come, in no simulation.
    ...gapCauses.filter((cause) => cause !== 'damaged' && cause !== 'withdrawn'),
    ...outcomes,
    ...['synchronised', 'estimated', 'unknown', 'back-dated', 'batch', 'corrected', 'suppressed'],
    ...['outside hours', 'stuck', 'will', 'clock of health unknown', 'lost in summary', 'counted again'],
    ...['it', 'en', 'de', 'fr', 'sl'],
  ]
  t.strictSame(
    wanted.filter((what) => !seen.has(what)),
    [],
  )
})

function featuresOf({ item, again }: Said): string[] {
  const seen: string[] = [item.is]
  if (item.is === 'vote') {
    const { outcome, clock, backDated, batch, corrected, suppressed, withinHours, language } = item.event.data
    seen.push(outcome, clock, language)
    if (backDated) seen.push('back-dated')
    if (batch) seen.push('batch')
    if (corrected) seen.push('corrected')
    if (suppressed > 0) seen.push('suppressed')
    if (withinHours === false) seen.push('outside hours')
  }
  if (item.is === 'gap') seen.push(item.event.data.cause)
  if (item.is === 'state' && item.state.will) seen.push('will')
  if (item.is === 'health' && item.health.keys.stuck.length > 0) seen.push('stuck')
  if (item.is === 'health' && item.health.clock === 'unknown') seen.push('clock of health unknown')
  if (item.is === 'summary' && item.event.data.lost.length > 0) seen.push('lost in summary')
  if (item.is === 'summary' && again?.length) seen.push('counted again')
  return seen
}

t.test('the rarest things come in the smallest municipality too', async (t) => {
  const seen = new Set<string>()
  for (const { said } of allOf(municipality({ ...fortnight, terminals: 1 })))
    for (const what of featuresOf(said)) seen.add(what)
  for (const what of ['exchanged', 'summary', 'estimated', 'unknown', 'torn', 'stuck', 'will'])
    t.ok(seen.has(what), what)
})

const anyOptions = fc.record({
  terminals: fc.integer({ min: 1, max: 45 }),
  days: fc.integer({ min: 1, max: 12 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  // Days on which clocks change, holidays and ends of years among them.
  from: fc.constantFrom('2026-03-27', '2026-10-22', '2026-12-22', '2026-04-02', '2024-02-26', '2026-08-10'),
  crowd: fc.constantFrom(0.2, 1, 8),
})

t.test('whatever the municipality: order, sequences, totals, hours', async () => {
  fc.assert(
    fc.property(anyOptions, fc.nat(), (options, n) => {
      const town = municipality({ name: 'c_e506', ...options })
      const terminal = town.terminals[n % town.terminals.length]!
      const said = all(terminal)
      inOrder(said, town)
      withoutHole(said)
      agrees(said, terminal)
      keepsHours(said, terminal)
    }),
    { numRuns: 120 },
  )
})

function check(so: boolean, what: string): void {
  if (!so) throw new Error(what)
}

function inOrder(said: readonly Said[], { from, to }: Municipality): void {
  let last = from
  for (const { at } of said) {
    check(at >= last && at <= to, `told at ${at}, after ${last}`)
    last = at
  }
}

/** Every sequence of every epoch has come, or a gap or a summary says why not; no vote comes twice. */
function withoutHole(said: readonly Said[]): void {
  const epochs = new Map<string, { has: Ranges; votes: Set<number>; totals: number }>()
  const of = (epoch: string) => {
    const known = epochs.get(epoch) ?? { has: new Ranges(), votes: new Set<number>(), totals: 0 }
    epochs.set(epoch, known)
    return known
  }
  for (const { item } of said) {
    if (item.is === 'vote') {
      const { epoch, sequence } = item.event.data
      check(!of(epoch).votes.has(sequence), `${sequence} comes twice`)
      check(sequence > Math.max(0, ...[...of(epoch).votes].slice(-1)), `${sequence} comes out of order`)
      of(epoch).votes.add(sequence)
      of(epoch).has.add({ from: sequence, to: sequence })
    }
    if (item.is === 'gap' || item.is === 'summary') of(item.event.data.epoch).has.add(item.event.data)
    if (item.is === 'totals') of(item.totals.epoch).totals = item.totals.sequence
  }
  for (const [epoch, { has, totals }] of epochs) {
    check(has.missing(has.highest).length === 0, `${epoch} has holes`)
    check(totals <= has.highest, `${epoch}: totals say ${totals}, and ${has.highest} came`)
  }
}

/** The last totals of an epoch that lasts count what came; the counts by the hour come to the same. */
function agrees(said: readonly Said[], terminal: Terminal): void {
  const truth = noTruth()
  const byEpoch = new Map<string, ReturnType<typeof noCounts>>()
  let last: { epoch: string; votes: number; faces: object; outcomes: object } | undefined
  for (const one of said) {
    addSaid(truth, one)
    const { item, again = [] } = one
    if (item.is === 'totals') last = item.totals
    if (item.is !== 'vote' && item.is !== 'summary') continue
    const counts = byEpoch.get(item.event.data.epoch) ?? noCounts()
    byEpoch.set(item.event.data.epoch, counts)
    if (item.is === 'vote') addVote(counts, item.event)
    else {
      for (const event of again) addVote(counts, event, -1)
      for (const hour of item.event.data.hours) addCounts(counts, hour)
    }
  }
  const { epoch = '', ...announced } = last ?? {}
  const counted = byEpoch.get(epoch) ?? noCounts()
  for (const part of ['votes', 'faces', 'reasons', 'outcomes', 'suppressed', 'corrected'] as const)
    check(
      JSON.stringify(counted[part]) === JSON.stringify((announced as typeof counted)[part]),
      `${part}: totals say ${JSON.stringify(announced)}, and ${JSON.stringify(counted)} came`,
    )
  const sum = noCounts()
  for (const hour of hoursOf(terminal)) addCounts(sum, hour)
  const { gaps: _, summaries: __, served: ___, ...counts } = truth
  check(JSON.stringify(sum) === JSON.stringify(counts), 'hours do not sum up to the truth')
}

function keepsHours(said: readonly Said[], { office }: Terminal): void {
  const { hours, late } = office.service
  for (const { item } of said) {
    if (item.is === 'served') {
      check(isOpen(hours, Date.parse(item.served.from)), 'served while closed')
      check(isOpen(hours, Date.parse(item.served.to) - 1), 'served while closed')
    }
    if (item.is !== 'vote') continue
    const { withinHours, clock, backDated, batch } = item.event.data
    const known = clock === 'synchronised' && !backDated
    check(!known || withinHours !== undefined || batch !== undefined, 'nobody says whether it was open')
    if (withinHours === undefined || batch) continue
    check(
      withinHours === isOpen(hours, Date.parse(item.event.time)),
      `withinHours ${withinHours} is not true`,
    )
    check(withinHours || late === true, 'a vote at a terminal that was closed')
  }
}

t.test('the hours of a municipality are those of its terminals, one after the other', async (t) => {
  const town = municipality({ ...fortnight, terminals: 4 })
  t.strictSame([...allHoursOf(town)], town.terminals.flatMap(hoursOf))
})

t.test('what is said to be bad is bad, and where nothing is said it is not', async (t) => {
  const town = municipality({ ...fortnight, days: 90, seed: 5 })
  t.strictSame(
    town.troubles.map(({ is }) => is),
    ['long-queues', 'bad-manners', 'getting-worse'],
  )
  const counts = { bad: noCounts(), good: noCounts() }
  const { office, counter, reason, dissatisfied } = town.troubles[1]!
  for (const terminal of town.terminals) {
    if (
      town.troubles.some((trouble) => trouble.office === terminal.office.code && trouble !== town.troubles[1])
    )
      continue
    const bad = terminal.office.code === office && terminal.counter === counter
    for (const event of votesOf(terminal)) addVote(bad ? counts.bad : counts.good, event)
  }
  const share = ({ votes, faces }: typeof counts.bad) => faces.dissatisfied / votes
  t.ok(Math.abs(share(counts.bad) - dissatisfied) < 0.06, `${share(counts.bad)}`)
  t.ok(share(counts.good) < 0.16, `${share(counts.good)}`)
  t.ok(counts.bad.reasons[reason] / counts.bad.outcomes.selected > 0.7)
})

t.test('more people are served than vote, and all together make the sum', async (t) => {
  const town = municipality({ ...fortnight, terminals: 20 })
  const truths = town.terminals.map((terminal) => {
    const truth = noTruth()
    for (const said of all(terminal)) addSaid(truth, said)
    if (terminal.office.service.counts) t.ok(truth.served > truth.votes, terminal.source)
    return truth
  })
  const merged = noTruth()
  const places = new Map<Terminal, number>()
  let last = 0
  for (const { terminal, said } of allOf(town)) {
    if (said.at < last) t.fail('the merged stream goes back in time')
    last = said.at
    places.set(terminal, (places.get(terminal) ?? 0) + 1)
    addSaid(merged, said)
  }
  t.strictSame(merged, sumOf(truths))
  for (const terminal of town.terminals) t.equal(places.get(terminal), all(terminal).length)
})

t.test('a year of a thousand terminals is read without being kept', async (t) => {
  const { terminals } = municipality({ ...fortnight, terminals: 1000, days: 365 })
  let votes = 0
  for (const _ of votesOf(terminals[0]!)) votes++
  t.ok(votes > 1000, `${votes}`)
  const lives = terminals.map((terminal) => lifeOf(terminal))
  for (const life of lives) life.next()
  t.pass('all of them begun at once')
})
