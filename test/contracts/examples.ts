import { gapEvent, surveyMessage, totalsMessage, voteEvent } from '../../src/contract/events.ts'
import type { published, ReplyMessage, StateMessage } from '../../src/contract/schemas.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { count, noVotes, type Vote } from '../../src/domain/vote.ts'
import type { Message } from '../../src/ports/uplink.ts'
import { Commands } from '../../src/terminal/commands.ts'
import { Reporter } from '../../src/terminal/reporter.ts'
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

const notAsked: Vote = {
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
  at: { wall: Date.UTC(2026, 4, 4, 9, 9, 1, 7), mono: 81_000, synchronised: true },
  recordedAt: Date.UTC(2026, 4, 4, 9, 9, 1, 9),
  boot: 7,
  bootId: '6d1e0f1c-0000-4000-8000-000000000000',
}

const selected: Vote = {
  ...notAsked,
  sequence: 4711,
  face: 'dissatisfied',
  reason: 'waiting-time',
  outcome: 'selected',
  suppressed: 2,
  at: { wall: Date.UTC(2026, 4, 4, 9, 10, 0, 123), mono: 140_000, synchronised: true },
  recordedAt: Date.UTC(2026, 4, 4, 9, 10, 17, 20),
}

const { withinHours: _, ...anyTime } = notAsked
const unknownClock: Vote = {
  ...anyTime,
  sequence: 1,
  language: 'de',
  corrected: true,
  face: 'neutral',
  at: { wall: 5_000, mono: 5_000, synchronised: false },
  recordedAt: 6_200,
}

const interrupted: Vote = { ...selected, sequence: 4712, outcome: 'interrupted', suppressed: 0 }
delete interrupted.reason

const event = (vote: Vote): Example => ({ schema: 'vote', payload: JSON.stringify(voteEvent(vote)) })

/** Every kind of message, built by the code that builds them in a terminal. Their bytes are fixtures for ever. */
export async function examples(): Promise<Record<string, Example>> {
  const gap = { epoch: 'k3f9x2', source, from: 12, to: 19, cause: 'damaged', at: selected.at.wall } as const
  const totals = [notAsked, selected, interrupted].reduce(count, noVotes())
  const reports = await reported()
  return {
    'vote-not-asked': event(notAsked),
    'vote-selected': event(selected),
    'vote-unknown-clock': event(unknownClock),
    'vote-interrupted': event(interrupted),
    gap: { schema: 'gap', payload: JSON.stringify(gapEvent(gap)) },
    totals: { schema: 'totals', payload: JSON.stringify(totalsMessage('k3f9x2', totals)) },
    'state-online': { schema: 'state', payload: reports.find(isState('online')) },
    'state-will': { schema: 'state', payload: reports.find(isState('offline')) },
    health: { schema: 'health', payload: reports.find(({ topic }) => topic === topics.health) },
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
