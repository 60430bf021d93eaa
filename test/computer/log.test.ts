import t from 'tap'
import { type LogLevel, logLevels, openLog, prefixed } from '../../src/system/log.ts'

function lines(level: LogLevel, journald: boolean): string[] {
  const all: string[] = []
  const log = openLog({ level, write: (line) => all.push(line), journald })
  for (const one of logLevels) log[one](`${one} happened`)
  log.warn('a warning', {
    who: 'faccina/1',
    why: 'a "b"\nc',
    problem: new Error('no disk'),
    none: undefined,
    n: 3,
  })
  return all
}

t.test('journald is told the priority, and adds the time itself', async (t) => {
  t.same(lines('debug', true), [
    '<7>debug happened\n',
    '<6>info happened\n',
    '<4>warn happened\n',
    '<3>error happened\n',
    '<4>a warning who=faccina/1 why="a \\"b\\"\\nc" problem="no disk" n=3\n',
  ])
  t.equal(prefixed('warn', 'faccina.yaml:1: …\n', true), '<4>faccina.yaml:1: …\n')
})

t.test('elsewhere a line begins with the time and the level', async (t) => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /
  const all = lines('warn', false)
  t.ok(all.every((line) => time.test(line)))
  t.same(
    all.map((line) => line.replace(time, '')),
    [
      'warn  warn happened\n',
      'error error happened\n',
      'warn  a warning who=faccina/1 why="a \\"b\\"\\nc" problem="no disk" n=3\n',
    ],
  )
  t.equal(prefixed('warn', 'faccina.yaml:1: …\n', false), 'faccina.yaml:1: …\n')
})

t.test('systemd says by a variable that journald reads along', async (t) => {
  const { JOURNAL_STREAM } = process.env
  t.teardown(() => {
    if (JOURNAL_STREAM === undefined) delete process.env.JOURNAL_STREAM
    else process.env.JOURNAL_STREAM = JOURNAL_STREAM
  })
  process.env.JOURNAL_STREAM = '9:4711'
  t.equal(prefixed('error', 'no disk\n'), '<3>no disk\n')
  delete process.env.JOURNAL_STREAM
  t.equal(prefixed('error', 'no disk\n'), 'no disk\n')
})
