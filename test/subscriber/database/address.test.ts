import t from 'tap'
import { addressOf } from '../../../src/subscriber/database/postgresql/address.ts'
import {
  explainPostgresql,
  isOfServer,
  isTransient,
} from '../../../src/subscriber/database/postgresql/explain.ts'

const wrong = (message: RegExp) => ({ name: 'DatabaseError', kind: 'wrong', message })

t.test('a URL says where and as whom', async (t) => {
  t.same(addressOf('postgres://anna:p%40s%2Fs@db.example:5433/votes', {}), {
    host: 'db.example',
    port: 5433,
    user: 'anna',
    database: 'votes',
    password: 'p@s/s',
    tls: {},
    label: 'PostgreSQL database votes at db.example:5433',
  })
  t.match(addressOf('postgresql://[::1]/votes?user=anna', {}), {
    host: '::1',
    user: 'anna',
    label: /at \[::1\]:5432/,
  })
  const socket = { host: '/run/x', port: 5432, database: 'votes', label: /at \/run\/x \(port 5432\)/ }
  t.match(addressOf('postgres://anna@/votes?host=/run/x', {}), socket)
  t.match(addressOf('postgres://anna@%2Frun%2Fx/votes', {}), socket)
  const env = { PGHOST: 'h', PGPORT: '1', PGUSER: 'u', PGDATABASE: 'd', PGPASSWORD: 'p' }
  t.match(addressOf('postgres://', env), { host: 'h', port: 1, user: 'u', database: 'd', password: 'p' })
  t.match(addressOf('postgres:///votes', { PGUSER: 'u' }), { host: '/var/run/postgresql', database: 'votes' })
  t.match(addressOf('postgres://u@h', {}), { database: 'u' })
  t.equal(addressOf('postgres://u:secret@h/d', env).password, 'secret', 'what is said wins')
})

t.test('over a network there is TLS, and it is verified', async (t) => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '%2Frun'])
    t.equal(addressOf(`postgres://u@${host}/d`, {}).tls, undefined, host)
  t.equal(addressOf('postgres://u@127.0.0.1/d?sslmode=disable', {}).tls, undefined)
  t.same(addressOf('postgres://u@127.0.0.1/d?sslmode=verify-full', {}).tls, {})
  t.same(addressOf('postgres://u@db/d', {}).tls, {})
  t.same(addressOf('postgres://u@db/d?sslmode=require', {}).tls, {}, 'verified all the same')
  for (const mode of ['disable', 'allow', 'prefer', 'no-verify'])
    t.throws(() => addressOf(`postgres://u:s3cret@db/d?sslmode=${mode}`, {}), wrong(/allowed is verify-full/))
  t.throws(() => addressOf('postgres://u@db/d', { PGSSLMODE: 'disable' }), wrong(/allowed is verify-full/))
  t.match(addressOf(`postgres://u@db/d?sslrootcert=${import.meta.filename}`, {}).tls, { ca: /verified/ })
  t.throws(
    () => addressOf('postgres://u@db/d?sslrootcert=/no/ca.pem', {}),
    wrong(/cannot read \/no\/ca.pem \(ENOENT\)/),
  )
})

t.test('a URL that says nothing clear is refused, and its password not shown', async (t) => {
  for (const [url, message] of [
    ['postgres://u:s3/cret@h/d', /%2F/],
    ['postgres://u:s3cret@h:port/d', /port/],
    ['postgres://u:s3cret@h:99999/d', /port/],
    ['postgres://u:s3%crt@h/d', /%25/],
    ['postgres://u:s3cret@h/d?sslmod=disable', /parameter sslmod; allowed are host/],
  ] as const) {
    t.throws(() => addressOf(url, {}), wrong(message))
    try {
      addressOf(url, {})
    } catch (error) {
      t.notMatch((error as Error).message, /s3/)
    }
  }
})

t.test('faults are told by who can do something', async (t) => {
  const address = addressOf('postgres://anna:s3cret@db/votes', {})
  const told = (code: string, message = 'server’s words') =>
    explainPostgresql(Object.assign(new Error(message), { code, severity: 'ERROR' }), address)
  for (const [code, kind] of [
    ['28P01', 'wrong'],
    ['3D000', 'wrong'],
    ['42501', 'wrong'],
    ['53100', 'full'],
    ['53300', 'busy'],
    ['53200', 'busy'],
    ['40P01', 'busy'],
    ['57P01', 'lost'],
    ['08006', 'lost'],
    ['ECONNREFUSED', 'lost'],
    ['CERT_HAS_EXPIRED', 'wrong'],
    ['XX000', 'wrong'],
  ] as const) {
    t.equal(told(code).kind, kind, `${code}: ${told(code).message}`)
    t.match(told(code).message, /^PostgreSQL database votes at db:5432: .*\(server’s words\)$/)
  }
  t.equal(told('', 'Connection terminated unexpectedly').kind, 'lost')
  t.equal(told('', 'Query read timeout').kind, 'lost')
  t.match(
    told('', 'The server does not support SSL connections'),
    wrong(/the server speaks no TLS; switch it on/),
  )
  t.match(told('', 'client password must be a string'), wrong(/PGPASSWORD/))
  t.match(told('28P01').message, /user anna/)
  t.ok(isTransient({ code: '40001' }))
  t.notOk(isTransient(new Error('x')))
  t.ok(isOfServer({ code: '23505', severity: 'ERROR' }))
  t.notOk(isOfServer({ code: '57P01', severity: 'FATAL' }), 'the connection is gone with it')
  t.notOk(isOfServer({ code: 'EPIPE', severity: undefined }))
})
