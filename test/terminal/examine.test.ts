import t from 'tap'
import { type Check, type Finding, good, type Told } from '../../src/ports/examiner.ts'
import { examine } from '../../src/terminal/examine.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { turns } from '../fakes/until.ts'

/** Looks at everything, with so much time passing as that takes; says what was told, and when. */
async function look(checks: readonly Check[]) {
  const clock = new FakeClock()
  const began = clock.now().mono
  const told: { finding: Finding; afterMs: number }[] = []
  let over = false
  const examining = examine(checks, clock, (finding) =>
    told.push({ finding, afterMs: clock.now().mono - began }),
  )
  void examining.then(() => {
    over = true
  })
  await turns()
  for (let n = 0; n < 100 && !over; n++) {
    clock.advance(1_000)
    await turns()
  }
  return { ...(await examining), told, tookMs: clock.now().mono - began, waiting: clock.waiting }
}

const never = () => new Promise<Told>(() => {})
const answers = (name: string): Check => ({ name, look: async () => good('answers') })

t.test('each finding is told as soon as it is known, in order', async (t) => {
  const { findings, late, told, tookMs, waiting } = await look([answers('network'), answers('broker')])
  t.same(findings, [
    { name: 'network', result: 'good', found: 'answers', next: '' },
    { name: 'broker', result: 'good', found: 'answers', next: '' },
  ])
  t.same(
    told.map(({ finding }) => finding),
    findings,
  )
  t.notOk(late)
  t.equal(tookMs, 0)
  t.equal(waiting, 0, 'no alarm is left')
})

t.test('one that does not answer is given up, is told to stop, and the next has its turn', async (t) => {
  let stopped = false
  const hangs: Check = {
    name: 'broker',
    slow: 'Ask whether the broker runs.',
    look: (signal) => {
      signal.addEventListener('abort', () => {
        stopped = true
      })
      return never()
    },
  }
  const { findings, late, told } = await look([hangs, answers('disk')])
  t.match(findings, [
    {
      name: 'broker',
      result: 'failed',
      found: 'no answer within 10 s',
      next: 'Ask whether the broker runs.',
    },
    { name: 'disk', result: 'good' },
  ])
  t.ok(stopped)
  t.ok(late, 'it may be at it still')
  t.same(
    told.map(({ afterMs }) => afterMs),
    [10_000, 10_000],
  )
})

t.test('a check that does not say what to do where it hangs', async (t) => {
  const { findings } = await look([{ name: 'supply', look: never }])
  t.match(findings, [{ next: 'Restart the terminal, then run it again: faccina doctor' }])
})

t.test('all together end after 40 s: what has had no turn is skipped, and says how to get one', async (t) => {
  const slow = [1, 2, 3, 4, 5].map((n) => ({ name: `slow ${n}`, look: never }))
  const { findings, tookMs } = await look([...slow, answers('disk')])
  t.equal(tookMs, 40_000)
  t.same(
    findings.map(({ result }) => result),
    ['failed', 'failed', 'failed', 'failed', 'skipped', 'skipped'],
  )
  t.match(findings[5], {
    name: 'disk',
    found: 'there was no time left for it',
    next: /run it again: faccina doctor/,
  })
})

t.test('a check that fails in a way nobody foresaw is a finding like any other', async (t) => {
  const breaks = (problem: unknown): Check => ({
    name: 'panel',
    look: () => Promise.reject(problem),
  })
  const throws: Check = {
    name: 'panel',
    look() {
      throw new Error('undefined is not a function')
    },
  }
  for (const check of [
    breaks(new Error('undefined is not a function')),
    breaks('undefined is not a function'),
    throws,
  ]) {
    const { findings, late, waiting } = await look([check, answers('disk')])
    t.match(findings, [
      { name: 'panel', result: 'failed', found: 'undefined is not a function', next: /^Report this line/ },
      { name: 'disk', result: 'good' },
    ])
    t.notOk(late)
    t.equal(waiting, 0, 'no alarm is left')
  }
})
