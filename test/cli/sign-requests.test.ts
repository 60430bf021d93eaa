import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
// @ts-expect-error: a script of the authority's machine, without types
import * as lib from '../../hardware/image/sign-requests-lib.mjs'
import { plainly } from '../plainly.ts'

/** What `hardware/image/sign-requests` signs, and what not. */

const [a, b] = ['c_e506/anagrafe/3', 'c_e506/anagrafe/4']
const certificates = [
  { pem: 'A', commonName: a, fingerprint: 'aa', key: 'key-a' },
  { pem: 'A2', commonName: a, fingerprint: 'a2', key: 'key-a2' },
  { pem: 'B', commonName: b, fingerprint: 'bb', key: 'key-b' },
]
const own = { subject: `subject=CN=${a},O=c_e506`, key: 'key-new' }
const asked = { terminal: a, message: { fingerprint: 'aa', request: 'PEM' } }

t.test('a renewal is signed, once', async (t) => {
  t.same(lib.judge(asked, own, certificates), { is: 'sign' })
  t.same(lib.judge(asked, { ...own, key: 'key-a2' }, certificates), { is: 'again', pem: 'A2' })
  t.same(lib.judge({ terminal: a, message: { fingerprint: 'aa' } }, undefined, certificates), {
    is: 'nothing',
  })
})

t.test('everything else is refused in words', async (t) => {
  const cases: [what: object, read: object | undefined, why: RegExp][] = [
    [{ ...asked, message: { request: 'PEM' } }, own, /none of this authority that holds: enrol it by hand/],
    [{ ...asked, message: { request: 'PEM', fingerprint: 'cc' } }, own, /none of this authority that holds/],
    [
      { ...asked, message: { request: 'PEM', fingerprint: 'bb' } },
      own,
      /that of c_e506\/anagrafe\/4: is one of/,
    ],
    [{ terminal: b, message: { request: 'PEM', fingerprint: 'bb' } }, own, /asks for CN=c_e506\/anagrafe\/3/],
    [asked, { ...own, subject: 'subject=CN=collector' }, /asks for CN=collector,? ?.*and not for itself/],
    [asked, { ...own, subject: `${own.subject},OU=x` }, /not for itself/],
    [asked, undefined, /damaged, or not signed with its key/],
    [asked, { ...own, key: 'key-a' }, /the key that it has/],
    [{ ...asked, message: { request: 7, fingerprint: 'aa' } }, own, /no certificate request/],
    [{ ...asked, message: { request: 'x'.repeat(5000), fingerprint: 'aa' } }, own, /no certificate request/],
  ]
  for (const [what, read, why] of cases)
    t.match(lib.judge(what, read, certificates), { is: 'refused', why }, String(why))
})

t.test('lines of the broker', async (t) => {
  const line = (topic: string, text = '{"state":"none"}') => lib.readLine(`${topic} ${text}`, 'faccina/1')
  t.same(line(`faccina/1/${a}/certificate`), { terminal: a, message: { state: 'none' } })
  for (const topic of [
    `faccina/2/${a}/certificate`,
    `faccina/1/${a}/health`,
    'faccina/1/a/../c/certificate',
    '',
  ])
    t.equal(line(topic), undefined, topic)
  for (const text of ['', '{', 'null', '7'])
    t.equal(line(`faccina/1/${a}/certificate`, text), undefined, text)
})

t.test('the index: what is revoked or over does not count', async (t) => {
  const index = [
    'V\t270101000000Z\t\t0A\tunknown\t/CN=x',
    'V\t20510101000000Z\t\t0B\tunknown\t/CN=x',
    'V\t260101000000Z\t\t0C\tunknown\t/CN=x',
    'R\t270101000000Z\t260101000000Z\t0D\tunknown\t/CN=x',
    'E\t270101000000Z\t\t0E\tunknown\t/CN=x',
    '',
  ].join('\n')
  t.same([...lib.validSerials(index, Date.UTC(2026, 5, 1))], ['0A', '0B'])
})

t.test('its command line', async (t) => {
  const script = fileURLToPath(new URL('../../hardware/image/sign-requests', import.meta.url))
  const run = (...args: string[]) =>
    spawnSync(...plainly(process.execPath, [script, ...args]), { encoding: 'utf8', timeout: 30_000 })
  const help = run('--help')
  t.equal(help.status, 0)
  t.match(help.stdout, /Usage: node hardware\/image\/sign-requests/)
  for (const [args, words] of [
    [[], /--authority is missing/],
    [['--authority', '/x'], /--broker is missing/],
    [['--authority', '/x', '--broker', 'b', '--days', '0'], /--days: found "0"/],
    [['--authority', '/x', '--broker', 'b', '--root', '#'], /--root: found "#"/],
  ] as const) {
    const { status, stderr } = run(...args)
    t.equal(status, 2)
    t.match(stderr, words)
  }
})
