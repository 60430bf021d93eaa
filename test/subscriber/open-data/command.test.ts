import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDataCommand } from '../../../src/cli/open-data.ts'
import { DatabaseError } from '../../../src/subscriber/database/database.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { databaseOf, town } from './votes.ts'

const clock = new FakeClock({ wall: Date.parse('2026-08-03T10:00Z') })
const files = [
  'README.md',
  'dataset.jsonld',
  'dataset.ttl',
  'ratings.csv',
  'ratings.csv-metadata.json',
  'votes.csv',
  'votes.csv-metadata.json',
]

async function run(args: string[], hours = town().hours) {
  let stdout = ''
  let stderr = ''
  const out = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    colour: false,
  }
  const open = async (where: string) => {
    if (where === 'away') throw new DatabaseError('lost', 'the database is away')
    return databaseOf(hours, town().served)
  }
  const code = await openDataCommand(args, out, { open, clock })
  return { code, stdout, stderr }
}

const who = ['--publisher', 'Comune di Esempio', '--ipa', 'c_e506']

t.test('a release is written and summed up', async (t) => {
  const directory = join(t.testdir(), 'data', 'open')
  const { code, stdout, stderr } = await run(['--directory', directory, ...who])
  t.equal(stderr, '')
  t.equal(code, 0)
  t.same(readdirSync(directory).sort(), files)
  t.same(readdirSync(join(directory, '..')), ['open'], 'nothing is left beside it')
  t.match(stdout, /15 rows of 3 periods, 2026-05-01 to 2026-07-31/)
  t.match(stdout, /\d+ counts published, \d+ suppressed \(\d+ %\), minimum 10/)
  t.match(stdout, /--base-url/)
  t.match(stdout, /--email/)
})

t.test('the summary counts the cells of the table', async (t) => {
  const directory = join(t.testdir(), 'open')
  const { stdout } = await run(['--directory', directory, ...who, '--json'])
  const rows = readFileSync(join(directory, 'votes.csv'), 'utf8').trim().split('\r\n')
  const head = rows.shift()!.split(',')
  const counts = head.flatMap((name, i) =>
    /^(votes|satisfied|neutral|dissatisfied|waiting|staff|must|negative)/.test(name) ? [i] : [],
  )
  const cells = rows.flatMap((row) => counts.map((i) => row.split(',')[i] !== ''))
  const served = rows.map((row) => row.split(',').at(-1))
  t.match(JSON.parse(stdout), {
    rows: rows.length,
    periods: 3,
    published: cells.filter(Boolean).length + served.filter((status) => status === 'published').length,
    suppressed:
      cells.filter((cell) => !cell).length + served.filter((status) => status === 'suppressed').length,
  })
})

t.test('a release takes the place of an earlier one of its kind, and of nothing else', async (t) => {
  const directory = t.testdir({ strange: { 'thesis.doc': 'all my work' }, empty: {}, file: 'x' })
  const into = (name: string, ...more: string[]) =>
    run(['--directory', join(directory, name), ...who, ...more])
  t.equal((await into('empty')).code, 0)
  writeFileSync(join(directory, 'empty', 'votes.csv'), 'old')
  t.equal((await into('empty')).code, 0)
  t.match(readFileSync(join(directory, 'empty', 'votes.csv'), 'utf8'), /^period_start/)
  await t.rejects(into('empty', '--minimum', '5'), {
    message: /c_e506:faccina-month-office-10; this one is c_e506:faccina-month-office-5/,
  })
  await t.rejects(into('strange'), { message: /holds "thesis.doc"; allowed is/ })
  t.equal(readFileSync(join(directory, 'strange', 'thesis.doc'), 'utf8'), 'all my work')
  await t.rejects(into('file'), { message: /is a file; allowed is a folder/ })
  await t.rejects(into('x'.repeat(300)), { code: 'ENAMETOOLONG' }, 'in the system’s words')
  writeFileSync(join(directory, 'empty', 'dataset.jsonld'), '{"@graph": ')
  await t.rejects(into('empty'), { message: /a release of another kind \(none that can be read/ })
  t.same(readdirSync(directory).sort(), ['empty', 'file', 'strange'])
})

t.test('what keeps a release from being made leaves the earlier one as it was', async (t) => {
  const directory = join(t.testdir(), 'open')
  await run(['--directory', directory, ...who])
  const before = readFileSync(join(directory, 'votes.csv'), 'utf8')
  await t.rejects(run(['--directory', directory, ...who, '--database', 'away']), {
    message: 'the database is away',
  })
  await t.rejects(run(['--directory', directory, ...who], []), {
    message: /there is no vote in a whole month up to 2026-07-31/,
  })
  t.equal(readFileSync(join(directory, 'votes.csv'), 'utf8'), before)
  t.same(readdirSync(join(directory, '..')), ['open'])
})

t.test(
  'a folder that cannot be written is said',
  { skip: process.getuid?.() === 0 && 'root may write' },
  async (t) => {
    const parent = join(t.testdir(), 'parent')
    mkdirSync(parent)
    chmodSync(parent, 0o500)
    await t.rejects(run(['--directory', join(parent, 'open'), ...who]), { message: /EACCES/ })
    chmodSync(parent, 0o700)
    t.notOk(existsSync(join(parent, 'open')))
  },
)

t.test('what is not a command line is said, with the usage, and exit code 2', async (t) => {
  const fine = ['--directory', join(t.testdir(), 'x'), ...who]
  const wrong: [string[], RegExp][] = [
    [[], /--directory is missing/],
    [['--directory', 'x', '--ipa', 'c_e506'], /--publisher is missing/],
    [['--directory', 'x', '--publisher', 'Comune'], /--ipa is missing: a code as c_e506/],
    [['--directory', 'x', '--publisher', 'Comune', '--ipa', 'c e'], /--ipa: found "c e"/],
    [[...fine, '--period', 'year'], /--period: found "year", allowed are month, week, day/],
    [[...fine, '--by', 'worker'], /--by: found "worker", allowed are office, counter/],
    [[...fine, '--minimum', '2'], /--minimum: found "2", allowed is a whole number from 3 to 1000/],
    [[...fine, '--minimum', '1e3'], /--minimum: found "1e3"/],
    [[...fine, '--from', '2026-02-30'], /--from: found "2026-02-30", allowed is a date as/],
    [[...fine, '--from', '2026-05-02'], /--from: found 2026-05-02, which lies inside a month/],
    [[...fine, '--to', '2026-08-31'], /--to: found 2026-08-31, which is not over yet/],
    [[...fine, '--licence', 'mine'], /--licence: found "mine", allowed are cc-by-4.0, cc0-1.0/],
    [[...fine, '--language', 'de'], /--language: found "de", allowed are it, en/],
    [[...fine, '--base-url', 'ftp://x'], /--base-url: found "ftp:\/\/x"/],
    [[...fine, '--base-url', 'https://a:b@x/'], /--base-url/],
    [[...fine, '--email', 'urp'], /--email: found "urp"/],
    [[...fine, '--municipality', 'C E'], /--municipality: found "C E"/],
    [[...fine, '--fast'], /'--fast'/],
    [[...fine, 'more'], /'more'/],
  ]
  for (const [args, message] of wrong) {
    const { code, stderr, stdout } = await run(args)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, message)
    t.match(stderr, /Usage: faccina open-data/)
    t.equal(stdout, '')
  }
})

t.test('--help', async (t) => {
  t.match(await run(['--help']), { code: 0, stdout: /^Usage: faccina open-data/, stderr: '' })
})
