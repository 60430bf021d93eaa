import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { noticeMs, noticeOf, problemScene, refusedWords } from '../../src/terminal/refusal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

const problem = {
  ...{ file: '/boot/firmware/faccina.yaml', line: 6, column: 3, key: 'broker.url' },
  ...{ found: '"http://b"', allowed: 'mqtts://host:port', hint: 'It speaks MQTT only.' },
}

function setUp() {
  const clock = new FakeClock()
  const panel = new FakePanel(clock)
  const journal = new FakeJournal()
  const options = { panel, survey: it2009, visitRules, filterRules, clock, log: new FakeLog() }
  const kiosk = new Kiosk({
    ...options,
    isOpen: () => true,
    openOutsideHours: false,
    notice: noticeOf([problem, problem]),
  })
  kiosk.start()
  kiosk.attach(journal)
  return { clock, panel, journal }
}

t.test('settings that were refused are shown first, with the faces lit', async (t) => {
  const { panel, clock } = setUp()
  t.match(panel.scene, {
    at: 'idle',
    notice: true,
    lights: { satisfied: 'ready' },
    screen: {
      title: 'faccina.yaml, line 6',
      hint: 'broker.url: found "http://b". Allowed: mqtts://host:port. It speaks MQTT only. And 1 more.',
    },
  })
  clock.advance(noticeMs - 1)
  t.ok(panel.scene.notice)
  clock.advance(1)
  t.match(panel.scene, { at: 'idle', notice: undefined, screen: { title: it2009.texts.it.question } })
})

t.test('a citizen who presses does not have to wait for that, and the vote counts', async (t) => {
  const { panel, journal, clock } = setUp()
  panel.press('satisfied')
  await turns()
  t.equal(panel.scene.notice, undefined)
  clock.advance(10_000)
  await turns()
  const votes = (await readItems(journal.reader())).filter((item) => item.is === 'vote')
  t.equal(votes.length, 1)
})

t.test('in one line', async (t) => {
  t.equal(
    refusedWords([problem, problem]),
    '/boot/firmware/faccina.yaml:6: broker.url: found "http://b"; allowed here: mqtts://host:port. It speaks MQTT only. And 1 more.',
  )
})

t.test('of a panel that cannot work at all: dark, and what is wrong', async (t) => {
  t.match(problemScene([problem]), {
    at: 'fault',
    notice: true,
    language: 'en',
    lights: { satisfied: 'off', neutral: 'off', dissatisfied: 'off' },
    screen: { title: 'faccina.yaml, line 6', hint: /^broker.url: found "http:..b"\. / },
  })
})

t.test('only what is known is said', async (t) => {
  const { hint: _, ...bare } = { ...problem, line: 0, key: '', allowed: '', found: 'no YAML' }
  t.same(noticeOf([bare]), { title: 'faccina.yaml', hint: 'found no YAML.' })
  t.same(noticeOf([]), { title: 'The settings are wrong', hint: '' })
  t.equal(refusedWords([]), '')
})

t.test('what was found is cut to what a small display can show', async (t) => {
  const { hint } = noticeOf([{ ...problem, found: `"${'x'.repeat(500)}"`, allowed: 'y'.repeat(500) }])
  t.match(hint, /found "x{58}…\. Allowed: y{69}…\. It speaks MQTT only\.$/)
})
