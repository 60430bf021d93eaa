import { topicsOf } from '../../src/contract/topics.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { Face } from '../../src/domain/words.ts'
import type { Message } from '../../src/ports/uplink.ts'
import { Publisher, type PublisherOptions } from '../../src/terminal/publisher.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'

export const topics = topicsOf('faccina/1', 'faccina://c_e506/anagrafe/3')
const will: Message = { topic: topics.state, payload: 'offline', retain: true }

export interface PublisherWorld extends Partial<Pick<PublisherOptions, 'window' | 'confirmation'>> {
  journal?: FakeJournal
  clock?: FakeClock
  uplink?: FakeUplink
}

/** A publisher between a journal and a broker; the broker acknowledges when the test says so. */
export function publisherWorld({
  window = 4,
  confirmation = 'broker',
  clock = new FakeClock(),
  journal = new FakeJournal(),
  uplink = new FakeUplink(),
}: PublisherWorld = {}) {
  const log = new FakeLog()
  uplink.automatic = false
  let drained = 0
  const publisher = new Publisher({
    journal,
    topicRoot: 'faccina/1',
    window,
    confirmation,
    recommitMs: 60_000,
    clockWaitMs: 120_000,
    clock,
    log,
    onDrained: () => drained++,
  })
  const vote = async (face: Face = 'satisfied', settle = true, at?: Instant) => {
    clock.advance(1_000)
    const sequence = await journal.record({ face, asks: false, language: 'it', at: at ?? clock.now() })
    if (settle) journal.settle(sequence)
    await turns(2)
    return sequence
  }
  const votes = async (count: number) => {
    for (let i = 0; i < count; i++) await vote()
  }
  /** One connection, from its beginning to its end. */
  const connect = async () => {
    const stop = new AbortController()
    const connection = await uplink.connect(will, new AbortController().signal)
    const over: { problem?: unknown; at?: 'end' } = {}
    const running = publisher.run(connection, stop.signal).then(
      () => {
        over.at = 'end'
      },
      (problem) => Object.assign(over, { at: 'end', problem }),
    )
    await turns()
    return { stop, over, running, connection }
  }
  const acknowledge = async (...sequences: number[]) => {
    for (const sequence of sequences)
      uplink.waiting.find(({ message }) => sequenceOf(message) === sequence)?.acknowledge()
    await turns()
  }
  const pass = async (ms: number) => {
    await turns()
    clock.advance(ms)
    await turns()
  }
  /** A collector says how far it is; or something else. */
  const commit = async (committed: unknown, topic = topics.committed) => {
    const text = typeof committed === 'number' ? { epoch: journal.epoch, sequence: committed } : committed
    const payload = new TextEncoder().encode(typeof text === 'string' ? text : JSON.stringify(text))
    uplink.deliver({ topic, payload, retained: true })
    await turns()
  }
  const sent = () =>
    uplink.messages.filter(({ topic }) => /\/(vote|gap|summary)$/.test(topic)).map(sequenceOf)
  /** How far the journal was told that it is done, one after the other. */
  const cursor = () =>
    journal.asked.flatMap((asked) => (asked.to === 'done' ? [asked.item.position.sequence] : []))
  return {
    ...{ clock, uplink, log, journal, publisher, vote, votes, connect, acknowledge, pass, commit, sent },
    ...{ cursor, drained: () => drained },
  }
}

export function sequenceOf({ payload }: Message): number {
  const { data } = JSON.parse(payload)
  return data.sequence ?? data.from
}
