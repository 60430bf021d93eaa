import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reportCommand } from '../../../src/cli/report.ts'
import { DatabaseError, type Where } from '../../../src/subscriber/database/database.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { march } from './municipality.ts'

const { rows, served } = march()

async function run(...args: string[]) {
  let stdout = ''
  let stderr = ''
  const asked: Where[] = []
  const out = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    colour: false,
  }
  const isIn = (source: string, at: number, { from = -Infinity, to = Infinity, office }: Where) =>
    at >= from && at < to && (office === undefined || source.split('/')[3] === office)
  const open = async (where: string) => {
    if (where === 'away') throw new DatabaseError('lost', 'the database is away')
    return {
      async *hours(where: Where) {
        asked.push(where)
        for (const row of rows) if (isIn(row.source, row.hour!, where)) yield row
      },
      served: async (where: Where) => served.filter(({ source, from }) => isIn(source, from, where)),
      async [Symbol.asyncDispose]() {},
    }
  }
  const clock = new FakeClock({ wall: Date.parse('2026-04-15T10:00Z') })
  const code = await reportCommand(args, out, { open, clock })
  return { code, stdout, stderr, asked }
}

const votesIn = (json: string) => JSON.parse(json).total.votes as number

t.test('without dates, the last whole month, in Italian, as text', async (t) => {
  const { code, stdout, stderr, asked } = await run('--database', 'votes.db')
  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /^Rapporto sulla soddisfazione · 1–31 marzo 2026 · tutti i comuni\n/)
  t.same(asked[0], { from: Date.UTC(2026, 0, 31, 23), to: Date.UTC(2026, 2, 31, 22) }, 'and the month before')
})

t.test('dates count from the first to the last day, in the time zone that is asked for', async (t) => {
  const day = await run('--database', 'x', '--format', 'json', '--from', '2026-03-03', '--to', '2026-03-03')
  const votes = rows
    .filter(({ hour }) => hour! >= Date.UTC(2026, 2, 2, 23) && hour! < Date.UTC(2026, 2, 3, 23))
    .reduce((sum, { votes }) => sum + votes, 0)
  t.equal(votesIn(day.stdout), votes)
  const open = await run('--database', 'x', '--format', 'json', '--from', '2026-03-30', '--time-zone', 'UTC')
  t.match(JSON.parse(open.stdout).period, { from: '2026-03-30', to: '2026-04-15', timeZone: 'UTC' })
})

t.test('one office, in English, as CSV, into a file', async (t) => {
  const file = join(t.testdir(), 'report.csv')
  const { code, stdout } = await run(
    ...['--database', 'x', '--office', 'urp', '--language', 'en', '--format', 'csv', '--output', file],
  )
  t.equal(code, 0)
  t.equal(stdout, '')
  t.match(readFileSync(file, 'utf8'), /\r\noffice,c_e506,urp,,/)
  t.notMatch(readFileSync(file, 'utf8'), /anagrafe/)
})

t.test('as one HTML file, with our faces', async (t) => {
  const { code, stdout } = await run('--database', 'x', '--format', 'html', '--language', 'en')
  t.equal(code, 0)
  t.match(stdout, /^<!doctype html>\n<html lang="en">/)
  t.match(stdout, /class="face-drawing"/)
  t.match(stdout, /<\/html>\n$/)
})

t.test('help', async (t) => {
  const { code, stdout } = await run('--help')
  t.equal(code, 0)
  t.match(stdout, /^Usage: faccina report --database WHERE/)
  t.same(
    stdout.split('\n').filter((line) => line.length > 200),
    [],
  )
})

t.test('what makes no sense is answered with what is allowed', async (t) => {
  const wrong: [string[], RegExp][] = [
    [[], /report needs --database WHERE/],
    [['--database', 'x', '--from', '2026-02-30'], /--from: found "2026-02-30", allowed is a day of the cal/],
    [['--database', 'x', '--from', '2026-03-02', '--to', 'today'], /--to: found "today"/],
    [['--database', 'x', '--to', '2026-03-02'], /--to: the first day is missing; give --from as well/],
    [['--database', 'x', '--from', '2026-03-02', '--to', '2026-03-01'], /a day up to 2026-03-01/],
    [
      ['--database', 'x', '--from', '2026-05-01'],
      /--from: found "2026-05-01", allowed is a day up to 2026-04-15/,
    ],
    [['--database', 'x', '--time-zone', 'Rome'], /--time-zone: found "Rome", allowed is a zone such as/],
    [['--database', 'x', '--language', 'de'], /--language: found "de", allowed are it, en/],
    [['--database', 'x', '--format', 'pdf'], /--format: found "pdf", allowed are text, csv, json, html/],
    [['--database', 'x', '--minimum', '1'], /--minimum: found "1", allowed is a whole number from 5/],
    [['--database', 'x', '--office', 'Anagrafe'], /--office: found "Anagrafe", allowed is 1 to 64 of/],
    [['--database', 'x', '--frob'], /Unknown option '--frob'/],
  ]
  for (const [args, words] of wrong) {
    const { code, stdout, stderr } = await run(...args)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, words)
    t.equal(stdout, '')
  }
})

t.test('what fails is said in a sentence', async (t) => {
  await t.rejects(run('--database', 'away'), { message: 'the database is away' })
  await t.rejects(run('--database', 'x', '--output', join(t.testdir(), 'no', 'such', 'folder')), {
    message: /^ENOENT: no such file or directory, open/,
  })
})

t.test('whoever waits at a terminal is told how far it is, and the line goes again', async (t) => {
  const { isTTY } = process.stderr
  process.stderr.isTTY = true
  const write = t.capture(process.stderr, 'write', () => true)
  t.teardown(() => {
    process.stderr.isTTY = isTTY
  })
  const clock = new FakeClock({ wall: Date.parse('2026-04-15T10:00Z') })
  const open = async () => ({
    async *hours() {
      for (let i = 0; i < 3_000; i++) {
        clock.advance(1)
        yield rows[0]!
      }
    },
    served: async () => [],
    async [Symbol.asyncDispose]() {},
  })
  const out = { stdout: () => {}, stderr: () => {}, colour: false }
  t.equal(await reportCommand(['--database', 'x'], out, { open, clock }), 0)
  t.same(
    write().map(({ args }) => args[0]),
    ['\r1,024 hours of counters read', '\r2,048 hours of counters read', '\r\u001b[K'],
  )
})
