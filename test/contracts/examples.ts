import { gapEvent, summaryEvent, surveyMessage, totalsMessage, voteEvent } from '../../src/contract/events.ts'
import type { published, ReplyMessage, StateMessage } from '../../src/contract/schemas.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import {
  addToCounts,
  type Counts,
  count,
  noCounts,
  noVotes,
  type Summary,
  type ToldVote,
} from '../../src/domain/vote.ts'
import { faces } from '../../src/domain/words.ts'
import { good } from '../../src/ports/examiner.ts'
import type { Message } from '../../src/ports/uplink.ts'
import { Commands } from '../../src/terminal/commands.ts'
import { commission } from '../../src/terminal/commissioning.ts'
import { Enrolment } from '../../src/terminal/enrolment.ts'
import { Presses } from '../../src/terminal/presses.ts'
import { Reporter } from '../../src/terminal/reporter.ts'
import { FakeCertificates } from '../fakes/fake-certificates.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { FakeSigner } from '../fakes/fake-signer.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { health } from '../terminal/health.ts'
import { visitRules } from '../terminal/rules.ts'
import { exampleKey, exampleSignature } from './example-key.ts'

/** A message as it is sent, and the schema that describes it. */
export interface Example {
  schema: keyof typeof published
  payload: string
}

const source = 'faccina://c_e506/anagrafe/3'
const topics = topicsOf('faccina/1', source)

const notAsked: ToldVote = {
  epoch: 'k3f9x2',
  sequence: 4710,
  source,
  survey: 'it-2009/1',
  face: 'satisfied',
  outcome: 'not-asked',
  language: 'it',
  suppressed: 0,
  corrected: false,
  withinHours: true,
  time: { clock: 'synchronised', wall: Date.UTC(2026, 4, 4, 9, 9, 1, 7) },
  recordedAt: Date.UTC(2026, 4, 4, 9, 9, 1, 9),
  boot: 7,
  bootId: '6d1e0f1c-0000-4000-8000-000000000000',
}

const selected: ToldVote = {
  ...notAsked,
  sequence: 4711,
  face: 'dissatisfied',
  reason: 'waiting-time',
  outcome: 'selected',
  suppressed: 2,
  time: { clock: 'synchronised', wall: Date.UTC(2026, 4, 4, 9, 10, 0, 123) },
  recordedAt: Date.UTC(2026, 4, 4, 9, 10, 17, 20),
}

const { withinHours: _, ...anyTime } = notAsked
const unknownClock: ToldVote = {
  ...anyTime,
  sequence: 1,
  language: 'de',
  corrected: true,
  face: 'neutral',
  time: { clock: 'unknown', wall: 5_000 },
  recordedAt: 6_200,
}

const interrupted: ToldVote = { ...selected, sequence: 4712, outcome: 'interrupted', suppressed: 0 }
delete interrupted.reason

const backDated: ToldVote = {
  ...notAsked,
  sequence: 4713,
  time: { ...notAsked.time, clock: 'synchronised', backDated: true },
}
const estimated: ToldVote = {
  ...anyTime,
  sequence: 4714,
  time: { clock: 'estimated', wall: notAsked.time.wall, uncertaintyMs: 1_799_001 },
}
const batched: ToldVote = {
  ...notAsked,
  sequence: 4715,
  time: { clock: 'synchronised', wall: Date.UTC(2026, 4, 4, 9) },
  recordedAt: Date.UTC(2026, 4, 4, 9),
  batch: { votes: 10, from: Date.UTC(2026, 4, 4, 8), to: Date.UTC(2026, 4, 4, 9) },
}

const event = (vote: ToldVote): Example => ({ schema: 'vote', payload: JSON.stringify(voteEvent(vote)) })

function withVotes(...votes: ToldVote[]): Counts {
  const counts = noCounts()
  for (const vote of votes) addToCounts(counts, vote)
  return counts
}

/** Every kind of message, built by the code that builds them in a terminal. Their bytes are fixtures for ever. */
export async function examples(): Promise<Record<string, Example>> {
  const gap = { epoch: 'k3f9x2', source, from: 12, to: 19, cause: 'damaged', at: selected.time.wall } as const
  const summary: Summary = {
    epoch: 'k3f9x2',
    source,
    from: 1,
    to: 4,
    spans: [
      { ...withVotes(unknownClock) },
      { from: Date.UTC(2026, 4, 4, 9), to: Date.UTC(2026, 4, 4, 10), ...withVotes(notAsked, selected) },
    ],
    lost: [{ from: 3, to: 3, cause: 'torn' }],
    at: selected.time.wall,
  }
  const totals = [notAsked, selected, interrupted].reduce(count, noVotes())
  const reports = await reported()
  return {
    'vote-not-asked': event(notAsked),
    'vote-selected': event(selected),
    'vote-unknown-clock': event(unknownClock),
    'vote-interrupted': event(interrupted),
    'vote-back-dated': event(backDated),
    'vote-estimated': event(estimated),
    'vote-batched': event(batched),
    summary: { schema: 'summary', payload: JSON.stringify(summaryEvent(summary)) },
    gap: { schema: 'gap', payload: JSON.stringify(gapEvent(gap)) },
    'gap-withdrawn': {
      schema: 'gap',
      payload: JSON.stringify(gapEvent({ ...gap, from: 21, to: 21, cause: 'withdrawn' })),
    },
    totals: { schema: 'totals', payload: JSON.stringify(totalsMessage('k3f9x2', totals)) },
    'state-online': { schema: 'state', payload: reports.find(isState('online')) },
    'state-will': { schema: 'state', payload: reports.find(isState('offline')) },
    health: { schema: 'health', payload: reports.find(({ topic }) => topic === topics.health) },
    certificate: { schema: 'certificate', payload: await expiring() },
    survey: { schema: 'survey', payload: reports.find(({ topic }) => topic === topics.survey) },
    commissioning: { schema: 'commissioning', payload: await commissioned() },
    reply: { schema: 'reply', payload: await replied() },
  }
}

function isState(state: StateMessage['state']) {
  return ({ topic, payload }: Message) => topic === topics.state && JSON.parse(payload).state === state
}

/** What a reporter says from its birth to the loss of its connection. */
async function reported(): Promise<{ find: (which: (message: Message) => boolean) => string }> {
  const uplink = new FakeUplink()
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 9, 20) })
  const reporter = new Reporter({
    topics,
    journal: new FakeJournal({ source }),
    survey: surveyMessage(it2009, ['dissatisfied'], ['it', 'en']),
    version: '0.1.0',
    boot: 7,
    healthPeriodMs: 60_000,
    health: async () => health,
    clock,
    log: new FakeLog(),
  })
  const connection = await uplink.connect(reporter.will(), new AbortController().signal)
  const running = reporter.run(connection, AbortSignal.abort())
  await running
  await reporter.health()
  uplink.lose()
  return { find: (which) => uplink.messages.find(which)?.payload ?? '' }
}

/** What a terminal says whose certificate ends soon. */
async function expiring(): Promise<string> {
  const uplink = new FakeUplink()
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 9, 20) })
  const certificates = new FakeCertificates()
  const enrolment = new Enrolment({ topics, certificates, clock, log: new FakeLog() })
  const connection = await uplink.connect(undefined, new AbortController().signal)
  enrolment.run(connection, new AbortController().signal).catch(() => {})
  await turns()
  return uplink.payloads('/certificate')[0] ?? ''
}

/** A display that is not there, on a panel without reason keys; its key is for examples only. */
async function commissioned(): Promise<string> {
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 8, 30) })
  const panel = new FakePanel(clock, { keys: faces })
  panel.become('display', { is: 'broken', problem: 'nothing at 0x3c on /dev/i2c-1: look at its cable' })
  const presses = new Presses()
  // Whatever face is lit is pressed at once.
  const show = panel.lights.show
  panel.lights.show = (lights, scene) => {
    show.call(panel.lights, lights, scene)
    const lit = faces.find((face) => lights[face] === 'pressed')
    if (lit) queueMicrotask(() => presses.press(lit))
  }
  const ended = commission({
    by: 'keys',
    presses,
    panel,
    survey: it2009,
    rules: visitRules,
    checks: () => [{ name: 'broker', look: async () => good('broker.comune.example port 8883 answers') }],
    source,
    version: '0.1.0',
    board: 'Raspberry Pi 4 Model B Rev 1.4',
    signer: async () => new FakeSigner(exampleKey()),
    clock,
    log: new FakeLog(),
    signal: new AbortController().signal,
  })
  for (let n = 0; n < 30; n++) {
    await turns()
    clock.advance(1_000)
  }
  const { signature: _, ...event } = (await ended)!
  // ECDSA is never the same twice: this one was made once, of these bytes.
  return JSON.stringify({ ...event, signature: exampleSignature })
}

async function replied(): Promise<string> {
  const uplink = new FakeUplink()
  const handlers = { identify: () => {} } satisfies Record<ReplyMessage['command'], () => void>
  const commands = new Commands({ topics, topicRoot: 'faccina/1', handlers, log: new FakeLog() })
  const will = { topic: topics.state, payload: '', retain: true }
  await commands.run(await uplink.connect(will, new AbortController().signal))
  uplink.deliver({ topic: topics.command('identify'), payload: new TextEncoder().encode('{"id":"42"}') })
  await turns()
  return uplink.payloads('/reply')[0] ?? ''
}
