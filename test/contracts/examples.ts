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
import type { Message } from '../../src/ports/uplink.ts'
import { Commands } from '../../src/terminal/commands.ts'
import { Enrolment } from '../../src/terminal/enrolment.ts'
import { Reporter } from '../../src/terminal/reporter.ts'
import { FakeCertificates } from '../fakes/fake-certificates.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { health } from '../terminal/health.ts'

/** A message as it is sent, and the schema that describes it. */
export interface Example {
  schema: keyof typeof published
  payload: string
}

export const source = 'faccina://c_e506/anagrafe/3'
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
    totals: { schema: 'totals', payload: JSON.stringify(totalsMessage('k3f9x2', totals)) },
    'state-online': { schema: 'state', payload: reports.find(isState('online')) },
    'state-will': { schema: 'state', payload: reports.find(isState('offline')) },
    health: { schema: 'health', payload: reports.find(({ topic }) => topic === topics.health) },
    certificate: { schema: 'certificate', payload: await expiring() },
    survey: { schema: 'survey', payload: reports.find(({ topic }) => topic === topics.survey) },
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
