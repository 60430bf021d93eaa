import t from 'tap'
import { nameOf, sourceOf, topicsOf } from '../../src/contract/topics.ts'

const name = { municipality: 'c_e506', office: 'anagrafe', counter: '3' }

t.test('a source names its terminal, and is read back', async (t) => {
  t.equal(sourceOf(name), 'faccina://c_e506/anagrafe/3')
  t.same(nameOf(sourceOf(name)), name)
})

t.test('what is no source names nothing, and does not fail', async (t) => {
  t.same(nameOf(''), { municipality: '', office: '', counter: '' })
  t.same(nameOf('faccina://c_e506'), { municipality: 'c_e506', office: '', counter: '' })
})

t.test('the topics that a subscriber relies on', async (t) => {
  const { alert, command, reply, ...topics } = topicsOf('faccina/1', sourceOf(name))
  const base = 'faccina/1/c_e506/anagrafe/3'
  const levels = ['vote', 'gap', 'summary', 'totals', 'state', 'health', 'survey', 'certificate']
  const others = ['commissioning', 'committed', 'served']
  t.same(topics, {
    ...Object.fromEntries([...levels, ...others].map((level) => [level, `${base}/${level}`])),
    commands: `${base}/command/+`,
  })
  t.equal(alert('offline'), `${base}/alert/offline`)
  t.equal(command('replay'), `${base}/command/replay`)
  t.equal(reply('replay'), `${base}/command/replay/reply`)
})
