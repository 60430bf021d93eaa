import t from 'tap'
import type { HealthMessage, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/*
 * Somebody who sees all topics, and when each message comes, while votes are given to the real daemon. (That
 * the order of a batch is a lottery, and that a power cut changes nothing of it, is in test/storage.)
 */

t.setTimeout(400_000)

const minute = 60_000
const faces = ['satisfied', 'neutral', 'neutral', 'satisfied', 'neutral', 'satisfied', 'satisfied']

t.test(
  'an observer of all topics cannot order the votes of a batch, nor time them better than told',
  async (t) => {
    const directory = await folder(t)
    await using broker = await openMosquitto()
    await using observer = await Subscriber.open(broker.port)
    await using terminal = await TerminalChild.start({
      directory,
      broker: `mqtt://127.0.0.1:${broker.port}`,
      more: { privacy: { timePrecision: 'minute', batch: 3 }, health: { periodSeconds: 10 } },
    })
    const came = new Map<string, number>()
    const votes = () => observer.of<VoteEvent>('vote')
    const pressed: number[] = []
    const note = () => {
      for (const { id } of votes()) if (!came.has(id)) came.set(id, Date.now())
      return came.size
    }
    for (const face of faces) {
      await terminal.vote(face)
      pressed.push(Date.now())
      note()
    }
    await observer.until(() => note() >= 6, 3 * minute)
    await observer.until(() => observer.of<HealthMessage>('health').length >= 3)
    const batches = [votes().slice(0, 3), votes().slice(3, 6)]
    for (const [n, batch] of batches.entries()) {
      const say = ({ time, recordedtime, data: { clock, batch, withinHours } }: VoteEvent) =>
        JSON.stringify({ time, recordedtime, clock, batch, withinHours })
      t.equal(new Set(batch.map(say)).size, 1, 'what they say of their time is the same for all')
      t.match(batch[0]?.time, /:00\.000Z$/)
      t.match(batch[0]?.data.batch, { votes: 3 })
      t.same(
        batch.map(({ data }) => data.sequence),
        [1, 2, 3].map((place) => 3 * n + place),
      )
      t.same(batch.map(({ data }) => data.face).sort(), faces.slice(3 * n, 3 * n + 3).sort())
      const last = pressed[3 * n + 2]!
      const over = (Math.floor(last / minute) + 1) * minute
      for (const { id } of batch) t.ok(came.get(id)! >= over - 50, 'none came before its minute was over')
    }
    // The seventh is in a batch that is not full: nobody knows of it.
    t.equal(votes().length, 6)
    t.same(
      new Set(observer.of<TotalsMessage>('totals').map(({ votes }) => votes % 3)),
      new Set([0]),
      'totals grow by whole batches',
    )
    t.same(
      new Set(observer.of<HealthMessage>('health').map(({ queue }) => queue.votes % 3)),
      new Set([0]),
      'and so does what the health says of the queue',
    )
    await terminal.kill('SIGTERM')
  },
)
