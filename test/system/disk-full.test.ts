import { existsSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { segmentBytes, segmentPath } from '../../src/storage/segment.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { openAt, press } from '../bench/journals.ts'
import { until } from '../fakes/until.ts'
import { readAll, votesOf } from '../storage/journals.ts'
import { Arrivals } from './arrivals.ts'
import { Card, fill, mountTmpfs } from './file-systems.ts'
import { folder } from './folder.ts'
import { healthOf } from './health-of.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'
import { used, votesUpTo } from './waiting-votes.ts'

/** Disks that run full while votes are taken. Run as root: small file systems are mounted. */

/** Tries until the first refusal; how many were thanked before it. */
async function thankedUntilRefused(terminal: TerminalChild): Promise<number> {
  for (let thanked = 0; thanked < 12; thanked++) {
    if ((await terminal.tries('neutral')) === 'refused') return thanked
  }
  throw new Error('never refused')
}

t.test('fsync fails with ENOSPC: no thank-you for what is not kept, and votes again with room', async (t) => {
  const directory = await folder(t)
  const card = await Card.open(t, directory)
  const storage = { directory: join(card.directory, 'store') }
  // Near the end of a block that has its place on the disk.
  const waiting = await votesUpTo(storage.directory, 4096)
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}`, more: { storage } }
  await using terminal = await TerminalChild.start(settings)
  t.equal((await healthOf(subscriber)).disk.writable, true)

  const journal = join(storage.directory, 'journal')
  const tail = await used(journal)
  card.digHoles(tail.path, tail.bytes)
  card.digHoles(segmentPath(journal, 2), 0)
  const others = await card.fillBelow()
  const before = await thankedUntilRefused(terminal)
  const { disk } = await healthOf(subscriber)
  t.match(disk, { writable: false, problem: /the disk is full \(ENOSPC\)/ })
  t.equal(await terminal.tries('satisfied'), 'refused', 'and again')

  await rm(others)
  await terminal.vote('satisfied')
  await terminal.vote('satisfied')
  t.equal((await healthOf(subscriber)).disk.writable, true)
  await terminal.kill('SIGKILL')
  // What only the kernel remembered is gone.
  card.unmount()
  card.mount()
  await using again = await TerminalChild.start(settings)
  await again.vote('neutral')
  const arrivals = new Arrivals()
  const thanked = waiting + before + 3
  await subscriber.until(() => arrivals.see(subscriber).votes >= thanked)
  t.equal(arrivals.votes, thanked, `${waiting} waiting, ${before} before, 3 behind`)
  t.same([...arrivals.faults, arrivals.lost], [0])
})

t.test('others fill the disk: the next segment is there already; then refusal, then room', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  mountTmpfs(t, store, '2m')
  let thanked = await votesUpTo(store)
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  const settings = { directory, broker: `mqtt://127.0.0.1:${broker.port}` }
  {
    await using terminal = await TerminalChild.start(settings)
    const made = segmentPath(join(store, 'journal'), 2)
    await until(() => existsSync(made) && statSync(made).size === segmentBytes)
    await fill(store)
    // At most a few, until what is left of the first segment is full.
    for (let n = 0; n < 8 && (await used(join(store, 'journal'))).path !== made; n++) {
      await terminal.vote('neutral')
      thanked++
    }
    await terminal.vote('satisfied')
    thanked++
    t.equal((await used(join(store, 'journal'))).path, made, 'goes on in the segment made before')
    await terminal.said(/no spare segment.*ENOSPC/)
    t.equal((await healthOf(subscriber)).disk.writable, true)
    await terminal.kill('SIGKILL')
  }
  // A week passes, until that one is nearly full, too.
  thanked += await votesUpTo(store)
  await using terminal = await TerminalChild.start(settings)
  thanked += await thankedUntilRefused(terminal)
  t.match((await healthOf(subscriber)).disk, { writable: false, problem: /the disk is full \(ENOSPC\)/ })
  await rm(join(store, 'of-others'))
  await terminal.vote('satisfied')
  t.equal((await healthOf(subscriber)).disk.writable, true)
  const arrivals = new Arrivals()
  await subscriber.until(() => arrivals.see(subscriber).votes >= thanked + 1)
  t.equal(arrivals.votes, thanked + 1)
  t.same([...arrivals.faults, arrivals.lost], [0])
})

t.test('filled past several segments: all that was acknowledged reads back', async (t) => {
  const directory = await folder(t)
  const card = await Card.open(t, directory)
  using clock = SystemClock.open({ source: 'system' })
  const acknowledged: number[] = []
  const tryVotes = async (journal: Awaited<ReturnType<typeof openAt>>, votes: number) => {
    const tried = await Promise.allSettled(Array.from({ length: votes }, () => journal.record(press(clock))))
    const done = tried.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    acknowledged.push(...done)
    if (done.length > 0) journal.settle(done.at(-1)!)
    return done.length
  }
  const store = join(card.directory, 'journal')
  {
    await using journal = await openAt(store, clock)
    let others: string | undefined
    let refusals = 0
    for (let round = 0; round < 200; round++) {
      // Three segments in, others take the room that is left.
      if (round === 100) others = await card.fillBelow()
      if ((await tryVotes(journal, 50)) < 50) refusals++
      if (refusals === 3) break
    }
    t.ok(acknowledged.length > 100 * 50, `${acknowledged.length} acknowledged`)
    t.equal(refusals, 3)
    t.match(journal.condition(), { writable: false, problem: /ENOSPC/ })
    await rm(others!)
    t.equal(await tryVotes(journal, 50), 50, 'room again')
  }
  card.unmount()
  card.mount()
  await using journal = await openAt(store, clock)
  const votes = votesOf(await readAll(journal)).map(({ sequence }) => sequence)
  t.same(votes, acknowledged)
  t.same(
    votes,
    votes.map((_, i) => i + 1),
    'no hole',
  )
})
