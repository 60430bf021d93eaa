import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { Watchdog } from '../../src/terminal/watchdog.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { FakeSupervisor } from '../fakes/fake-supervisor.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

const watchdogMs = 30_000

/** A clock that tells the time to the kiosk, and rings no more once it is broken. */
class SilentClock implements Clock {
  broken = false
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now() {
    return this.#clock.now()
  }

  alarm(at: number, ring: () => void): Disposable {
    return this.#clock.alarm(at, () => {
      if (!this.broken) ring()
    })
  }

  onChange(listener: () => void): Disposable {
    return this.#clock.onChange(listener)
  }
}

function setUp({ watched = true } = {}) {
  const clock = new FakeClock()
  const silent = new SilentClock(clock)
  const panel = new FakePanel(clock)
  const journal = new FakeJournal()
  const log = new FakeLog()
  const kiosk = new Kiosk({
    panel,
    survey: it2009,
    visitRules,
    filterRules,
    isOpen: () => true,
    openOutsideHours: false,
    clock: silent,
    log,
  })
  const supervisor = new FakeSupervisor(watched ? watchdogMs : undefined)
  const watchdog = new Watchdog({
    supervisor,
    clock,
    log,
    look: () => ({ journal: { is: 'open', ...journal.condition() }, kiosk: kiosk.condition, broker: true }),
  })
  kiosk.start()
  kiosk.attach(journal)
  /** Second by second, so that what is written gets its turn. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1_000) {
      await turns()
      clock.advance(Math.min(left, 1_000))
    }
    await turns()
  }
  /** How often it was told that all is well, in so much time. */
  const fedIn = async (ms: number) => {
    supervisor.take()
    await pass(ms)
    return supervisor.take().filter(({ alive }) => alive).length
  }
  return { clock, silent, panel, journal, log, kiosk, supervisor, watchdog, pass, fedIn }
}

const good = 'votes are taken; all are with the broker'

t.test('it is fed at a third of the patience, and the status is told once', async (t) => {
  const { supervisor, watchdog, pass, log } = setUp()
  watchdog.start()
  watchdog.ready()
  watchdog.ready()
  t.same(supervisor.take(), [
    { alive: true, status: good },
    { ready: true, alive: true },
  ])
  for (let i = 0; i < 6; i++) {
    await pass(9_999)
    t.same(supervisor.take(), [])
    await pass(1)
    t.same(supervisor.take(), [{ alive: true }])
  }
  t.same(log.complaints, [])
})

t.test('the status is told when it changes, at the next look', async (t) => {
  const { supervisor, watchdog, pass, panel } = setUp()
  watchdog.start()
  watchdog.ready()
  supervisor.take()
  panel.press('satisfied')
  await pass(5_000)
  panel.press('neutral')
  t.same(supervisor.take(), [], 'a vote alone starts no program')
  await pass(5_000)
  t.same(supervisor.take(), [{ alive: true, status: 'votes are taken; 2 waiting for the broker' }])
  await pass(10_000)
  t.same(supervisor.take(), [{ alive: true }])
})

t.test('not fed while the journal fails, fed again after', async (t) => {
  const { supervisor, watchdog, panel, journal, pass, fedIn, log } = setUp()
  watchdog.start()
  watchdog.ready()
  journal.failNext(new Error('EIO: the card'))
  panel.press('satisfied')
  await turns()
  t.equal(await fedIn(60_000), 0)
  t.match(log.of('not well'), [{ status: 'the last vote could not be kept: EIO: the card' }])
  panel.press('neutral')
  await pass(10_000)
  t.match(supervisor.take(), [{ alive: true, status: 'votes are taken; 1 waiting for the broker' }])
  t.equal(await fedIn(60_000), 6)
  t.equal(log.of('not well').length, 1, 'said once')
  t.equal(log.of('well again').length, 1)
})

t.test('not fed while the disk does not answer, fed again after', async (t) => {
  const { watchdog, panel, journal, pass, fedIn, supervisor, log } = setUp()
  watchdog.start()
  watchdog.ready()
  const release = journal.stall()
  panel.press('satisfied')
  t.equal(await fedIn(30_000), 3, 'a card may stall')
  t.equal(await fedIn(60_000), 0)
  t.match(log.of('not well'), [{ status: 'out of service: the disk does not answer' }])
  release()
  await pass(10_000)
  t.match(supervisor.take().at(-1), { alive: true, status: 'votes are taken; 1 waiting for the broker' })
})

t.test('not fed while the kiosk hangs, fed again after', async (t) => {
  const { watchdog, panel, silent, fedIn, log, clock, pass } = setUp()
  watchdog.start()
  watchdog.ready()
  panel.press('satisfied')
  await pass(1_000)
  t.equal(panel.scene.at, 'thanking')
  // The end of the thank-you never comes.
  silent.broken = true
  t.equal(await fedIn(60_000), 0)
  t.equal(panel.scene.at, 'thanking')
  t.match(log.of('not well'), [{ status: 'the panel does not answer' }])
  silent.broken = false
  clock.set({})
  t.equal(panel.scene.at, 'idle')
  t.equal(await fedIn(60_000), 6)
  t.match(log.of('well again'), [{ status: 'votes are taken; 1 waiting for the broker' }])
})

t.test('a kiosk without visitors is seen to hang, too', async (t) => {
  const { watchdog, silent, fedIn, clock } = setUp()
  watchdog.start()
  watchdog.ready()
  silent.broken = true
  // Up to the next look at the opening hours nothing is due.
  t.equal(await fedIn(60_000), 6)
  t.equal(await fedIn(60_000), 0)
  silent.broken = false
  clock.set({})
  t.equal(await fedIn(60_000), 6, 'fed again after')
})

t.test('each state of a visit is in time', async (t) => {
  const { watchdog, panel, pass, fedIn } = setUp()
  watchdog.start()
  watchdog.ready()
  panel.press('dissatisfied')
  t.equal(await fedIn(40_000), 4, 'through the whole question, and after it')
  t.equal(panel.scene.at, 'idle')
  panel.edge('neutral', 'down')
  await pass(20)
  t.equal(await fedIn(60_000), 6, 'while a key is stuck')
})

t.test('where nobody waits for us only the status is told', async (t) => {
  const { supervisor, watchdog, pass, panel } = setUp({ watched: false })
  watchdog.start()
  watchdog.ready()
  panel.press('satisfied')
  await pass(60_000)
  t.same(supervisor.take(), [
    { status: good },
    { ready: true },
    { status: 'votes are taken; 1 waiting for the broker' },
  ])
})

t.test('a stop is told once, and is the last word', async (t) => {
  const { supervisor, watchdog, clock, kiosk } = setUp()
  watchdog.start()
  watchdog.ready()
  supervisor.take()
  watchdog[Symbol.dispose]()
  watchdog[Symbol.dispose]()
  watchdog.ready()
  kiosk[Symbol.dispose]()
  clock.advance(60_000)
  t.same(supervisor.take(), [{ stopping: true, status: 'stopping' }])
  t.equal(clock.waiting, 0, 'no alarm is left')
})
