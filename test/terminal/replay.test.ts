import t from 'tap'
import type { ReplyMessage } from '../../src/contract/schemas.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import type { WallMs } from '../../src/domain/time.ts'
import { noCounts } from '../../src/domain/vote.ts'
import type { Message } from '../../src/ports/uplink.ts'
import { Commands } from '../../src/terminal/commands.ts'
import { Replay } from '../../src/terminal/replay.ts'
import { publisherWorld, sequenceOf, topics } from './publisher-world.ts'

const begin = Date.UTC(2026, 4, 4, 9)
const at = (seconds: number) => new Date(begin + seconds * 1_000).toISOString()

/** A publisher with a replay beside it, and somebody who asks. Vote n is given n seconds after `begin`. */
async function world(options: Parameters<typeof publisherWorld>[0] = {}) {
  const base = publisherWorld(options)
  const { journal, publisher, clock, log, uplink } = base
  uplink.automatic = true
  const replay = new Replay({ journal, publisher, topicRoot: 'faccina/1', clock, log })
  const handlers = { replay: (request: object) => replay.ask({ ...request }) }
  const commands = new Commands({ topics, topicRoot: 'faccina/1', handlers, log })
  const connect = async () => {
    const { connection, stop, running } = await base.connect()
    const replaying = replay.run(connection, stop.signal)
    replaying.catch(() => {})
    await commands.run(connection)
    return { connection, stop, running, replaying }
  }
  /** Asks, and gives it the time that twenty messages take. */
  const ask = async (request: unknown): Promise<ReplyMessage> => {
    const { length } = uplink.payloads('/replay/reply')
    await begins(request)
    await ticks(20)
    return uplink.json('/replay/reply')[length]
  }
  const ticks = async (count: number) => {
    for (let i = 0; i < count; i++) await base.pass(10)
  }
  const begins = async (request: unknown) => {
    uplink.deliver({
      topic: topics.command('replay'),
      payload: new TextEncoder().encode(JSON.stringify(request)),
    })
    await base.pass(0)
  }
  const again = () => uplink.messages.filter(({ properties }) => properties?.replay !== undefined)
  return { ...base, connect, ask, begins, ticks, again, commands, replay }
}

/** Ten votes of which the fourth to sixth are lost; all published. */
async function published() {
  const all = await world()
  await all.votes(3)
  all.journal.lose(3, all.clock.now().wall + 500)
  await all.votes(4)
  const connected = await all.connect()
  return { ...all, ...connected }
}

t.test(
  'a range of sequences: the same topics and bytes again, marked, and the answer says what comes',
  async (t) => {
    const { ask, again, uplink } = await published()
    const before = new Map(
      uplink.messages
        .filter(({ topic }) => /vote|gap/.test(topic))
        .map((message) => [sequenceOf(message), message]),
    )
    t.same(await ask({ id: 'r1', from: 3, to: 8 }), {
      command: 'replay',
      id: 'r1',
      ok: true,
      epoch: 'k3f9x2',
      from: 3,
      to: 8,
      votes: 3,
    })
    t.same(again().map(sequenceOf), [3, 4, 7, 8])
    for (const message of again())
      t.same(message, { ...before.get(sequenceOf(message)), properties: { replay: 'r1' } })
    const reply = uplink.messages.findIndex(({ topic }) => topic.endsWith('/reply'))
    t.ok(reply < uplink.messages.indexOf(again()[0] as Message), 'the answer comes first')
  },
)

t.test('what is asked for, and what comes of it', async (t) => {
  const cases: [request: object, reply: object, sequences: number[]][] = [
    [{ from: 9 }, { from: 9, to: 10, votes: 2 }, [9, 10]],
    [{ to: 2 }, { from: 1, to: 2, votes: 2 }, [1, 2]],
    [{ from: 1 }, { from: 1, to: 10, votes: 7 }, [1, 2, 3, 4, 7, 8, 9, 10]],
    [{ from: 5, to: 5 }, { from: 5, to: 5, votes: 0 }, [4]],
    [{ from: 10, to: 500 }, { from: 10, to: 10, votes: 1 }, [10]],
    [{ epoch: 'k3f9x2', from: 2, to: 2 }, { from: 2, to: 2, votes: 1 }, [2]],
    [{ from: 11 }, { votes: 0 }, []],
    [{ epoch: 'aaaaaa', from: 1 }, { epoch: 'aaaaaa', votes: 0 }, []],
    [{ since: at(1), until: at(3) }, { from: 1, to: 2, votes: 2 }, [1, 2]],
    [{ since: at(5) }, { from: 8, to: 10, votes: 3 }, [8, 9, 10]],
    [{ since: at(3.2), until: at(3.4) }, { from: 4, to: 6, votes: 0 }, [4]],
    [{ until: at(2) }, { from: 1, to: 1, votes: 1 }, [1]],
    [{ since: '2026-05-04T11:00:02+02:00', until: at(3) }, { from: 2, to: 2, votes: 1 }, [2]],
    [{ since: at(100) }, { votes: 0 }, []],
    [{ until: at(0) }, { votes: 0 }, []],
  ]
  for (const [request, reply, sequences] of cases) {
    const { ask, again } = await published()
    const what = JSON.stringify(request)
    t.same(await ask(request), { command: 'replay', ok: true, epoch: 'k3f9x2', ...reply }, what)
    t.same(again().map(sequenceOf), sequences, what)
    t.ok(again().every(({ properties }) => properties?.replay === 'true'))
  }
})

t.test('a summary goes along where it overlaps', async (t) => {
  const hour = 3_600_000
  const span = (from?: WallMs) => ({ ...noCounts(), ...(from !== undefined && { from, to: from + hour }) })
  const cases: [spans: ReturnType<typeof span>[], request: object, goes: boolean][] = [
    [[span(begin)], { from: 3, to: 3 }, true],
    [[span(begin)], { from: 6 }, false],
    [[span(begin)], { since: at(0), until: at(1) }, true],
    [[span(begin)], { since: at(3_601) }, false],
    [[span(begin), span(begin + 2 * hour)], { since: at(7_300) }, true],
    [[span(begin), span()], { since: at(100_000) }, true],
  ]
  for (const [spans, request, goes] of cases) {
    const { journal, votes, connect, ask, again } = await world()
    await votes(5)
    const { epoch, source } = journal
    journal.fold({ epoch, source, from: 1, to: 5, spans, lost: [], at: begin })
    await connect()
    await ask(request)
    t.same(again().length, goes ? 1 : 0, JSON.stringify(request))
    t.ok(again().every(({ topic }) => topic === topics.summary))
  }
})

t.test('wrong parameters are answered, in plain words', async (t) => {
  const cases: [request: object, problem: RegExp][] = [
    [{}, /nothing asked for; allowed are `from` and `to` \(sequences\), or `since` and `until`/],
    [{ id: 'x' }, /nothing asked for/],
    [{ epoch: 'k3f9x2' }, /nothing asked for/],
    [{ from: 1, since: at(0) }, /sequences and times together/],
    [{ to: 1, until: at(0) }, /sequences and times together/],
    [{ from: '1' }, /`from` is "1"; allowed is a whole number from 1 on/],
    [{ from: 0 }, /`from` is 0/],
    [{ from: 1.5 }, /`from` is 1.5/],
    [{ from: null }, /`from` is null/],
    [{ to: 'x'.repeat(1_000) }, /^`to` is .{60,70}…; allowed/],
    [{ from: 3, to: 2 }, /`from` is above `to`/],
    [{ epoch: 'K3F9X2', from: 1 }, /`epoch` is "K3F9X2"; allowed is six letters or digits/],
    [{ epoch: '__proto__', from: 1 }, /`epoch`/],
    [{ since: 'yesterday' }, /`since` is "yesterday"; allowed is a time such as "2026-05-04T09:00:00Z"/],
    [{ since: '2026-05-04T09:00:00' }, /`since`/],
    [{ until: 5 }, /`until` is 5/],
    [{ since: at(5), until: at(5) }, /`since` is not before `until`/],
    [{ since: '2026-99-04T09:00:00Z' }, /`since`/],
  ]
  for (const [request, problem] of cases) {
    const { ask, again, commands } = await published()
    const reply = await ask(request)
    t.match(reply, { command: 'replay', ok: false, problem }, JSON.stringify(request))
    t.same(again(), [])
    t.equal(commands.ignored, 0)
  }
})

t.test('what is no request is ignored, as ever', async (t) => {
  const { uplink, begins, commands } = await published()
  for (const nonsense of [[], 7, { id: 7, from: 1 }]) await begins(nonsense)
  t.equal(commands.ignored, 3)
  t.same(uplink.payloads('/reply'), [])
})

t.test('only what was published before', async (t) => {
  const { votes, connect, uplink, begins, again, ticks, acknowledge } = await world({ window: 2 })
  uplink.automatic = false
  await votes(6)
  await connect()
  await acknowledge(1)
  await begins({ from: 1 })
  for (let i = 0; i < 100; i++) {
    for (const { acknowledge } of [...uplink.waiting]) acknowledge()
    await ticks(1)
  }
  t.match(uplink.json('/reply'), [{ from: 1, to: 3, votes: 3 }])
  t.same(again().map(sequenceOf), [1, 2, 3])
  t.equal(uplink.payloads('/vote').length, 9)
})

t.test('after a restart: up to the cursor, or to what has been sent by now', async (t) => {
  const first = await published()
  first.stop.abort()
  await first.running
  const second = await world({ journal: first.journal, clock: first.clock })
  const { uplink, votes, ask, again, connect, begins, publisher } = second
  await connect()
  t.match(await ask({ from: 8 }), { from: 8, to: 10, votes: 3 })
  t.same(again().map(sequenceOf), [8, 9, 10])
  t.equal(publisher.publishedVotes, undefined)
  uplink.automatic = false
  await votes(6)
  await begins({ from: 9 })
  t.match(uplink.json('/reply').at(-1), { from: 9, to: 14, votes: 6 })
})

t.test('after a restart, while votes wait for the clock', async (t) => {
  const first = await published()
  first.stop.abort()
  await first.running
  const { journal, clock } = first
  const { votes, connect, ask, again } = await world({ journal, clock })
  clock.set({ synchronised: false })
  await votes(2)
  await connect()
  t.match(await ask({ from: 9 }), { from: 9, to: 10, votes: 2 })
  t.same(again().map(sequenceOf), [9, 10])
})

t.test('after a restart, where a gap is told first', async (t) => {
  const first = await published()
  first.stop.abort()
  await first.running
  const { journal, clock } = first
  journal.lose(2, clock.now().wall)
  const { connect, begins, uplink } = await world({ journal, clock })
  uplink.automatic = false
  await connect()
  await begins({ from: 9 })
  t.match(uplink.json('/reply'), [{ from: 9, to: 12, votes: 2 }])
})

t.test('live votes come first', async (t) => {
  const { votes, begins, uplink, ticks, again, acknowledge } = await published()
  uplink.automatic = false
  await votes(6)
  await begins({ from: 1, to: 2 })
  for (const { message, acknowledge } of [...uplink.waiting])
    if (message.topic.endsWith('/reply')) acknowledge()
  await ticks(5)
  t.same(again(), [], 'the window is full, and two more wait')
  await acknowledge(11, 12, 13)
  await ticks(1)
  t.same(again().map(sequenceOf), [1], 'now nothing waits')
  await ticks(5)
  t.same(again().map(sequenceOf), [1], 'one at a time')
  await acknowledge(1)
  await ticks(1)
  t.same(again().map(sequenceOf), [1, 2])
})

t.test('at most a hundred a second', async (t) => {
  const { votes, connect, begins, pass, again } = await world()
  await votes(250)
  await connect()
  await begins({ from: 1 })
  const begun = again().length
  for (let i = 0; i < 1_000; i++) await pass(1)
  const inOneSecond = again().length - begun
  t.ok(inOneSecond <= 100 && inOneSecond > 90, `${inOneSecond}`)
})

t.test('one at a time, eight more wait, and a further one is told so', async (t) => {
  const { uplink, begins, ticks, again } = await published()
  for (let i = 1; i <= 10; i++) await begins({ id: `r${i}`, from: 9 })
  const replies = uplink.json('/replay/reply')
  t.same(
    replies.map(({ ok }) => ok),
    [...Array(9).fill(true), false],
  )
  t.match(replies[9], { id: 'r10', problem: /9 replays are waiting already/ })
  await ticks(40)
  t.same(
    again().map(({ properties }) => properties?.replay),
    [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`r${i}`, `r${i}`]),
  )
  await begins({ id: 'r11', from: 10 })
  t.match(uplink.json('/replay/reply').at(-1), { id: 'r11', ok: true })
})

t.test('it ends with the connection, which is said, and the next one begins with nothing', async (t) => {
  const { begins, uplink, running, replaying, again, log, connect, pass, clock } = await published()
  await begins({ id: 'r1', from: 1 })
  await begins({ id: 'r2', from: 1 })
  await pass(10)
  uplink.lose()
  await running
  await replaying.catch(() => {})
  t.match(log.of('replay ended with its connection'), [{ unfinished: 2 }])
  const { length } = again()
  const { stop, running: next, replaying: nextReplay } = await connect()
  await pass(1_000)
  t.equal(again().length, length)
  for (let i = 0; i < 9; i++) await begins({ from: 10 })
  t.ok(
    uplink.json('/replay/reply').every(({ ok }) => ok),
    'none of the old ones counts',
  )
  stop.abort()
  await next
  await nextReplay
  await pass(0)
  t.equal(clock.waiting, 0)
})

t.test('what is found only after the connection is not sent on the next one', async (t) => {
  const { begins, uplink, running, replaying, again, connect, pass, journal, ask } = await published()
  const kept = journal.kept.bind(journal)
  let find = () => {}
  const slow = new Promise<void>((resolve) => {
    find = resolve
  })
  journal.kept = async (place) => {
    await slow
    return kept(place)
  }
  await begins({ id: 'r1', from: 1 })
  uplink.lose()
  await running
  await replaying.catch(() => {})
  await connect()
  find()
  await pass(1_000)
  t.same(again(), [])
  t.match(await ask({ id: 'r2', from: 9 }), { ok: true, votes: 2 })
  t.same(
    again().map(({ properties }) => properties?.replay),
    ['r2', 'r2'],
  )
})

t.test('a long look into the journal lets others have their turn', async (t) => {
  const { votes, connect, begins, pass, uplink, again, ticks } = await world()
  await votes(1_100)
  await connect()
  await begins({ since: at(1_099) })
  t.same(uplink.payloads('/replay/reply'), [], 'it rests after 500')
  await pass(1)
  t.same(uplink.payloads('/replay/reply'), [], 'and after 1,000')
  await pass(1)
  t.match(uplink.json('/replay/reply'), [{ from: 1_099, to: 1_100, votes: 2 }])
  await ticks(5)
  t.same(again().map(sequenceOf), [1_099, 1_100])
})

t.test(
  'a connection that is lost amid a replay is no refusal; one that is ended sends no more',
  async (t) => {
    const lost = await published()
    lost.uplink.denies = (topic) => topic.endsWith('/reply')
    lost.uplink.automatic = false
    await lost.begins({ from: 1 })
    t.equal(lost.again().length, 1)
    lost.uplink.lose()
    await t.rejects(lost.replaying, { name: 'UplinkError', kind: 'lost' })
    t.same(lost.log.of('replay refused'), [])

    const ended = await published()
    ended.uplink.denies = (topic) => topic.endsWith('/reply')
    ended.uplink.automatic = false
    await ended.votes(6)
    await ended.begins({ from: 1 })
    ended.stop.abort()
    await ended.replaying
    t.same(ended.again(), [], 'live votes were under way until the end')
  },
)

t.test('a refusal ends the replay, and not the connection', async (t) => {
  const { ask, uplink, log, again } = await published()
  uplink.denies = (topic) => topic.endsWith('/gap')
  t.match(await ask({ from: 3, to: 8 }), { ok: true })
  t.same(again().map(sequenceOf), [3])
  t.equal(log.of('replay refused').length, 1)
  t.ok(uplink.online)
  t.match(await ask({ from: 9 }), { ok: true })
  t.same(again().map(sequenceOf), [3, 9, 10])
})

t.test('an answer that cannot be sent keeps no vote back', async (t) => {
  const { begins, uplink, again, pass } = await published()
  uplink.denies = (topic) => topic.endsWith('/reply')
  await begins({ from: 10 })
  await pass(10)
  t.same(again().map(sequenceOf), [10])
})

t.test('a journal that cannot be read is answered as a failure', async (t) => {
  const { ask, journal } = await published()
  journal.kept = () => Promise.reject(new Error('EIO'))
  t.same(await ask({ from: 1 }), { command: 'replay', ok: false })
  for (let i = 0; i < 10; i++) t.match(await ask({ from: 1 }), { ok: false })
})

t.test('votes of a terminal that was moved go to the place that they are from', async (t) => {
  const { journal, votes, connect, ask, again } = await world()
  await votes(3)
  await connect()
  const old = { epoch: 'aaaaaa', source: 'faccina://c_e506/tributi/1' }
  const kept = journal.kept.bind(journal)
  journal.kept = async () => {
    const reader = await kept()
    const next = async () => {
      const item = await reader.next()
      if (item?.is !== 'vote' || item.vote.sequence === 3) return item
      return { ...item, vote: { ...item.vote, ...old } }
    }
    return { next }
  }
  t.match(await ask({ from: 1 }), { epoch: 'k3f9x2', from: 3, to: 3 })
  t.match(await ask({ epoch: old.epoch, from: 1 }), { epoch: old.epoch, from: 1, to: 2, votes: 2 })
  const place = topicsOf('faccina/1', old.source).vote
  t.same(
    again().map(({ topic }) => topic),
    [topics.vote, place, place],
  )
})
