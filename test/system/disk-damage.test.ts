import { readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { GapEvent, StateMessage, TotalsMessage } from '../../src/contract/schemas.ts'
import { segmentPath } from '../../src/storage/segment.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { fill } from '../bench/journals.ts'
import { Arrivals } from './arrivals.ts'
import { flipBits } from './damage.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'
import { verified } from './verified.ts'
import { used } from './waiting-votes.ts'

/** Cards that forget, lie or are exchanged. What cannot come any more is told, and all else comes. */

const block = 4096

t.test('flipped bits in the middle: the rest arrives, and what is lost is published as a gap', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  using clock = SystemClock.open({ source: 'system' })
  const waiting = 8000
  await fill(join(store, 'journal'), waiting, clock)
  // The second of several segments, a block in its middle; and one at the beginning of the third: its header.
  await flipBits(segmentPath(join(store, 'journal'), 2), 20 * block, block)
  await flipBits(segmentPath(join(store, 'journal'), 3), 0, block)
  t.ok((await used(join(store, 'journal'))).path.endsWith('4.segment'), 'neither of them is the last')

  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  await using terminal = await TerminalChild.start({ directory, broker: `mqtt://127.0.0.1:${broker.port}` })
  await terminal.vote('neutral')
  const arrivals = new Arrivals()
  const gaps: GapEvent[] = []
  const reached = () => {
    gaps.push(...subscriber.of<GapEvent>('gap'))
    arrivals.see(subscriber)
    return arrivals.votes + arrivals.lost
  }
  await subscriber.until(() => reached() > waiting)
  t.same(arrivals.faults, [], 'in order, and no sequence is neither a vote nor in a gap')
  t.equal(arrivals.votes + arrivals.lost, waiting + 1)
  t.same(new Set(gaps.map(({ data }) => data.cause)), new Set(['damaged']))
  t.ok(arrivals.lost > 20 && arrivals.lost < 3 * (block / 100), `${arrivals.lost} lost with two blocks`)
  await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.sequence === waiting + 1)
  const totals = subscriber.of<TotalsMessage>('totals').at(-1)!
  // The segments behind know how many there were, and of which face.
  t.match(totals, { votes: waiting + 1, faces: { satisfied: waiting, neutral: 1, dissatisfied: 0 } })
  await terminal.kill('SIGTERM')
  const said = await verified(store)
  for (const { data } of gaps) t.match(said, `missing: sequences ${data.from} to ${data.to} `)
  t.match(said, `${arrivals.votes} votes intact`)
})

t.test('flipped bits in both slots of the cursor: all is sent again, with the ids it had', async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}` }
  const arrivals = new Arrivals()
  {
    await using terminal = await TerminalChild.start(settings)
    for (const face of ['satisfied', 'neutral', 'satisfied']) await terminal.vote(face)
    await subscriber.until(() => arrivals.see(subscriber).votes === 3)
    await terminal.kill('SIGTERM')
  }
  const cursor = join(directory, 'store', 'journal', 'cursor')
  await flipBits(cursor, 0, 2 * block)
  await using terminal = await TerminalChild.start(settings)
  await terminal.vote('neutral')
  await subscriber.until(() => arrivals.see(subscriber).votes === 4)
  t.same(arrivals.faults, [], 'the same events to the letter')
  t.equal(arrivals.duplicates, 3)
  t.equal(arrivals.epochs.size, 1)
})

t.test('flipped bits in state.json: put aside, said, and no vote hangs on it', async (t) => {
  const directory = await folder(t)
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}` }
  {
    await using terminal = await TerminalChild.start(settings)
    await terminal.vote('satisfied')
    await terminal.kill('SIGTERM')
  }
  const file = join(directory, 'store', 'state.json')
  await flipBits(file, 0, (await stat(file)).size)
  await using terminal = await TerminalChild.start(settings)
  t.match(terminal.output, /state damaged, put aside/)
  await terminal.vote('neutral')
  const arrivals = new Arrivals()
  await subscriber.until(() => arrivals.see(subscriber).votes === 2)
  t.same(arrivals.faults, [])
  t.equal(arrivals.epochs.size, 1, 'the journal knows its epoch itself')
  t.match(subscriber.of<StateMessage>('3/state').at(-1), { state: 'online', boot: 1 }, 'boots count from 1')
  t.match(JSON.parse(await readFile(file, 'utf8')), { boots: 1 })
  t.ok((await readdir(join(directory, 'store'))).includes('state.json.damaged'))
})

const exchanges = [
  { what: 'the journal folder', path: (store: string) => join(store, 'journal') },
  { what: 'the whole card', path: (store: string) => store },
]
for (const { what, path } of exchanges)
  t.test(`${what} exchanged for an empty one: a new epoch from 1 on, no id twice`, async (t) => {
    const directory = await folder(t)
    const store = join(directory, 'store')
    await using broker = await openMosquitto()
    await using subscriber = await Subscriber.open(broker.port)
    const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}` }
    const arrivals = new Arrivals()
    {
      await using terminal = await TerminalChild.start(settings)
      for (const face of ['satisfied', 'neutral', 'satisfied']) await terminal.vote(face)
      await subscriber.until(() => arrivals.see(subscriber).votes === 3)
      // What the broker retains of a journal is all that its successor knows of it.
      await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.sequence === 3)
      await terminal.kill('SIGKILL')
    }
    await rename(path(store), join(directory, 'former'))
    const [former] = arrivals.epochs.keys()
    await using terminal = await TerminalChild.start(settings)
    await terminal.vote('neutral')
    await terminal.vote('neutral')
    await subscriber.until(() => arrivals.see(subscriber).votes === 5)
    t.equal(arrivals.epochs.size, 2)
    const [, present] = arrivals.epochs.keys()
    t.not(present, former)
    t.same(arrivals.epochs.get(present!)?.reached, 2, 'its sequences begin at 1')
    t.same([arrivals.duplicates, ...arrivals.faults], [0], 'no id of the former journal came again')
    await subscriber.until(() => arrivals.see(subscriber).exchanged.length > 0)
    t.same(
      arrivals.exchanged,
      [{ epoch: former, from: 1, to: 3 }],
      'it is told that no more will come of the former journal',
    )
    t.equal(arrivals.lost, 0, 'of which all has come')
    await subscriber.until(() => subscriber.of<TotalsMessage>('totals').at(-1)?.sequence === 2)
    t.match(subscriber.of<TotalsMessage>('totals').at(-1), { epoch: present, votes: 2 })
    t.match(subscriber.of<StateMessage>('3/state').at(-1), { epoch: present })
  })
