import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openJournal } from '../../src/storage/journal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { readItems } from '../fakes/read-items.ts'
import { plainly } from '../plainly.ts'

/** The built program, as people type it. */
const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))

function faccina(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(...plainly(process.execPath, [program, ...args]), {
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stdout, stderr }
}

async function journalWithVotes(directory: string): Promise<string> {
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 9, 10), mono: 5000 })
  const journalDirectory = join(directory, 'journal')
  await using journal = await openJournal({
    directory: journalDirectory,
    source: 'faccina://c_e506/anagrafe/3',
    start: { boot: 1, bootId: 'b', survey: 'it-2009/1', version: '0.1.0' },
    maxBytes: 2 ** 28,
    keepMs: 1e9,
    clock,
    log: new FakeLog(),
  })
  const press = { asks: false, language: 'it', withinHours: true } as const
  journal.settle(await journal.record({ ...press, face: 'satisfied', at: clock.now() }))
  const sequence = await journal.record({ ...press, face: 'dissatisfied', asks: true, at: clock.now() })
  await journal.amend(sequence, { outcome: 'selected', reason: 'must-return', suppressed: 3 }, clock.now())
  journal.settle(sequence)
  const reader = journal.reader()
  journal.done((await readItems(reader))[0]!)
  return journalDirectory
}

t.test('what is not a command line is said, with the usage, and exit code 2', async (t) => {
  const wrong: [string[], RegExp][] = [
    [[], /a command is missing[\s\S]*Usage/],
    [['dance'], /unknown command "dance"[\s\S]*Usage/],
    [['__proto__'], /unknown command/],
    [['run', '--fast'], /'--fast'[\s\S]*Usage: faccina run/],
    [['run', '--settings'], /--settings[\s\S]*Usage: faccina run/],
    [['run', 'now'], /'now'[\s\S]*Usage: faccina run/],
    [['try', '--port', '99999'], /--port: found "99999", allowed is a whole number from 0 to 65535/],
    [['try', '--broker-port', 'x'], /--broker-port: found "x"/],
    [['settings'], /a command is missing; allowed are check, reference, example, schema/],
    [['settings', 'chek'], /unknown command "chek"/],
    [['settings', 'check', 'a', 'b'], /takes one file, found 2/],
    [['votes'], /a command is missing; allowed are list, count, export, verify/],
    [['votes', 'list', 'x'], /found "x"/],
    [['votes', 'list', '--last', '0'], /--last: found "0"/],
    [['votes', 'export', '--format', 'xml'], /--format: found "xml", allowed are json, csv/],
  ]
  for (const [args, message] of wrong) {
    const { status, stdout, stderr } = faccina(...args)
    t.equal(status, 2, args.join(' '))
    t.match(stderr, message)
    t.equal(stdout, '')
  }
})

t.test('--help and --version', async (t) => {
  for (const args of [
    ['--help'],
    ['run', '--help'],
    ['try', '--help'],
    ['settings', '--help'],
    ['votes', '--help'],
  ]) {
    const { status, stdout, stderr } = faccina(...args)
    t.equal(status, 0, args.join(' '))
    t.match(stdout, /Usage: faccina/)
    t.equal(stderr, '')
  }
  t.match(faccina('--version').stdout, /^\d+\.\d+\.\d+\n$/)
})

t.test('wrong settings end the daemon with their sentences and exit code 1', async (t) => {
  const directory = t.testdir({
    'wrong.yaml':
      'terminal:\n  municipality: c_e506\n  office: Anagrafe\n  counter: 3\nbroker:\n  keepAlive: 5\n',
  })
  const wrong = faccina('run', '--settings', join(directory, 'wrong.yaml'))
  t.equal(wrong.status, 1)
  t.match(wrong.stderr, /wrong\.yaml:3: terminal\.office: found .*Anagrafe/)
  t.match(wrong.stderr, /wrong\.yaml:6: broker\.keepAlive: found an unknown key/)
  const missing = faccina('run', '--settings', join(directory, 'none.yaml'))
  t.equal(missing.status, 1)
  t.match(missing.stderr, /none\.yaml/)
  t.notMatch(missing.stderr, /at .*\.js/, 'no stack')
})

t.test('votes: list, count, export and verify', async (t) => {
  const directory = t.testdir()
  const journal = await journalWithVotes(directory)
  const list = faccina('votes', 'list', '--directory', directory)
  t.equal(list.status, 0, list.stderr)
  t.match(list.stdout, /sequence\s+time\s+face/)
  t.match(list.stdout, /1\s+2026-05-04T09:10:00\.000Z\s+satisfied\s+not-asked\s+yes/)
  t.match(list.stdout, /2\s+2026-05-04T09:10:00\.000Z\s+dissatisfied\s+must-return\s+selected\s+3\s+waiting/)
  const latest = faccina('votes', 'list', '--last', '1', '--json', '--directory', journal)
  t.match(
    JSON.parse(latest.stdout),
    { data: { sequence: 2, reason: 'must-return' } },
    'the journal’s own folder does as well',
  )
  const count = JSON.parse(faccina('votes', 'count', '--json', '--directory', directory).stdout)
  t.match(count, {
    waiting: 1,
    epochs: [{ votes: 2, faces: { satisfied: 1, dissatisfied: 1 }, suppressed: 3 }],
  })
  t.match(faccina('votes', 'count', '--directory', directory).stdout, /1 waiting for the broker/)
  const events = faccina('votes', 'export', '--directory', directory).stdout.trim().split('\n')
  t.same(
    events.map((line) => JSON.parse(line).data.sequence),
    [1, 2],
  )
  const csv = faccina('votes', 'export', '--format', 'csv', '--directory', directory).stdout.split('\r\n')
  t.match(csv[0], /^source,epoch,sequence,time/)
  t.match(
    csv[2],
    /,2,2026-05-04T09:10:00\.000Z,.*,dissatisfied,must-return,selected,it-2009\/1,it,synchronised,,,3,false,true$/,
  )
  const verified = faccina('votes', 'verify', '--directory', directory)
  t.equal(verified.status, 0)
  t.equal(verified.stdout, '2 votes, every one intact, no sequence missing\n')
})

t.test('votes verify tells a damage, and the rest still reads', async (t) => {
  const directory = t.testdir()
  const journal = await journalWithVotes(directory)
  const { readFileSync } = await import('node:fs')
  const file = join(journal, '000000000001.segment')
  const bytes = readFileSync(file)
  bytes[bytes.indexOf('"vote":1,') + 3] = 0x58
  writeFileSync(file, bytes)
  const verified = faccina('votes', 'verify', '--directory', directory)
  t.equal(verified.status, 1)
  t.match(verified.stdout, /damaged: \d+ bytes at \d+ of segment 1/)
  t.match(verified.stdout, /missing: sequences 1 to 1 of epoch \w{6} \(damaged\)/)
  t.match(verified.stdout, /1 votes? intact/)
})

t.test('votes without a journal', async (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'empty'))
  const { status, stderr } = faccina('votes', 'list', '--directory', join(directory, 'empty'))
  t.equal(status, 1)
  t.match(stderr, /there is no journal in /)
})
