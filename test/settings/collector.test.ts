import t from 'tap'
import { collectorExample, parseCollectorSettings } from '../../src/settings/collector.ts'
import { formatProblem } from '../../src/settings/index.ts'

function problemsOf(text: string): string[] {
  const parsed = parseCollectorSettings(text, 'collector.yaml')
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

t.test('the example can be used as it is, and so can no more than a broker', async (t) => {
  const parsed = parseCollectorSettings(collectorExample(), 'collector.yaml')
  t.match(parsed, { ok: true, settings: { broker: { url: 'mqtts://broker.comune.example:8883' } } })
  t.match(parseCollectorSettings('broker: {url: "mqtt://127.0.0.1"}', 'collector.yaml'), {
    ok: true,
    settings: {
      database: 'faccina-votes.db',
      terminals: '+/+/+',
      language: 'it',
      alerts: { dissatisfiedPercent: 50, windowMinutes: 120, minimumVotes: 15, silentMinutes: 15 },
      log: { level: 'info' },
    },
  })
})

t.test('each mistake gets the sentence that solves it', async (t) => {
  const cases: [string, RegExp][] = [
    [
      'database: mysql://host/votes',
      /collector\.yaml:1: database: found "mysql:\/\/host\/votes".*SQLite is named by the path/,
    ],
    ['share: collectors', /share: .*need a PostgreSQL database: database must begin with postgres:\/\//],
    ['terminals: "#"', /terminals: found "#".*Write \+ for each level in place of #/],
    ['terminals: c_e506/anagrafe', /terminals: found "c_e506\/anagrafe"; allowed here: three names/],
    ['http: 8090', /http: .*Write the address, too: 127\.0\.0\.1:8090/],
    ['language: de', /language: found "de"; allowed here: it, en/],
    [
      'alerts: {dissatisfiedPercent: 0}',
      /alerts\.dissatisfiedPercent: found 0; allowed here: a whole number of percent from 1 to 100/,
    ],
    ['alerts: {silentMinuts: 5}', /alerts\.silentMinuts: found an unknown key.*Did you mean silentMinutes/],
    ['', /no settings.*Begin with what `faccina collect --example` prints/],
  ]
  for (const [text, sentence] of cases) {
    const problems = problemsOf(text)
    t.equal(problems.length, 1, text)
    t.match(problems[0] ?? '', sentence)
  }
})
