import { execFileSync } from 'node:child_process'
import { createPublicKey, type JsonWebKey, verify, X509Certificate } from 'node:crypto'
import { chownSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Identity, openIdentity } from '../../src/system/identity/identity.ts'
import { openssl, RequestAuthority } from './ca.ts'
import { folder } from './folder.ts'

/** The terminal's key and certificate, on a real disk and with the real openssl. */

const terminal = { municipality: 'c_e506', office: 'anagrafe', counter: '3' }
const other = { ...terminal, counter: '4' }
const commonName = 'CN=c_e506/anagrafe/3'

async function setUp(t: Test) {
  const directory = await folder(t)
  const file = (name: string) => join(directory, 'identity', name)
  const read = (name: string) => readFileSync(file(name), 'utf8')
  return { directory, file, read, identity: await openIdentity(directory) }
}

const now = () => Date.now()

t.test('the key is made once, kept for its owner alone, and signs', async (t) => {
  const { directory, file, read, identity } = await setUp(t)
  t.equal(statSync(join(directory, 'identity')).mode & 0o777, 0o700)
  t.equal(statSync(file('key.pem')).mode & 0o777, 0o600)
  t.match(read('key.pem'), /^-----BEGIN PRIVATE KEY-----/)
  t.same(readdirSync(join(directory, 'identity')), ['key.pem'], 'nothing else lies about')
  const again = await openIdentity(directory)
  t.equal(again.fingerprint, identity.fingerprint)
  const bytes = Buffer.from('a record')
  const key = createPublicKey({ key: again.publicKey as JsonWebKey, format: 'jwk' })
  t.notOk('d' in again.publicKey, 'the public part alone')
  const signature = await identity.sign(bytes)
  t.equal(signature.length, 64)
  t.ok(verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature))
})

t.test('two who open it at the same time have one key', async (t) => {
  const directory = await folder(t)
  const all = await Promise.all([1, 2, 3, 4].map(() => openIdentity(directory)))
  t.equal(new Set(all.map(({ fingerprint }) => fingerprint)).size, 1)
})

t.test('opened by root, it belongs to the owner of the storage directory', async (t) => {
  if (process.getuid?.() !== 0) return t.pass('only root can give files away')
  const directory = await folder(t)
  chownSync(directory, 65534, 65534)
  const identity = await openIdentity(directory)
  using authority = new RequestAuthority('Comune')
  await identity.install(authority.sign(await identity.request(terminal)), { wall: now() })
  for (const name of ['', ...readdirSync(join(directory, 'identity'))])
    t.equal(statSync(join(directory, 'identity', name)).uid, 65534, name)
})

t.test('request, certificate, renewal with a new key', async (t) => {
  const { read, file, identity } = await setUp(t)
  using authority = new RequestAuthority('Comune')
  const request = await identity.request(terminal)
  writeFileSync(file('x.csr'), request)
  t.match(
    openssl('req', '-in', file('x.csr'), '-noout', '-verify', '-subject', '-nameopt', 'RFC2253'),
    commonName,
  )
  const first = read('key.pem')
  const installed = await identity.install(authority.sign(request), { wall: now(), terminal })
  t.equal(installed.subject, `${commonName}, O=c_e506`)
  t.ok(installed.notAfter > now() + 396 * 86_400_000)
  t.equal(read('key.pem'), first, 'the first certificate is for the first key')
  t.match(await identity.certificatePem(), /BEGIN CERTIFICATE/)

  const renewal = await identity.request(terminal)
  t.ok(await identity.renewalWaits())
  const before = identity.fingerprint
  await identity.install(authority.sign(renewal), { wall: now(), terminal })
  t.not(identity.fingerprint, before, 'a new key')
  t.not(read('key.pem'), first)
  t.notOk(await identity.renewalWaits(), 'the old pair has gone')
  const pair = (await identity.pair('current'))!
  t.ok(new X509Certificate(pair.certificate).toString())
  t.equal(pair.key, read('key.pem'))
})

t.test('what is no certificate for this terminal is refused with what to do', async (t) => {
  const { directory, read, identity } = await setUp(t)
  using authority = new RequestAuthority('Comune di Prova')
  using stranger = new RequestAuthority('Somebody else')
  const request = await identity.request(terminal)
  const good = authority.sign(request)
  await identity.install(good, { wall: now() })
  const stranded = await openIdentity(join(directory, 'another'))
  const cases: [pem: string, words: RegExp, options?: Partial<Parameters<Identity['install']>[1]>][] = [
    ['hello', /no certificate in PEM .* -----BEGIN CERTIFICATE-----/],
    ['', /no certificate in PEM/],
    [request, /a certificate request in the file; have the authority sign it/],
    [read('key.pem'), /a private key in the file; bring the certificate alone/],
    [good.replace(/\n.{20}/, `\n${'A'.repeat(20)}`), /damaged; copy the whole file again/],
    [
      authority.sign(await stranded.request(terminal)),
      /is for another key; sign the request of this terminal/,
    ],
    [
      authority.sign(await identity.request(other)),
      /common name is "c_e506\/anagrafe\/4", and this terminal is/,
    ],
    [authority.sign(request, { days: -1 }), /it has expired .*sign the request again/],
    [authority.sign(request, { extensions: 'extendedKeyUsage=serverAuth' }), /not for clients; .*clientAuth/],
    [authority.sign(request, { extensions: 'basicConstraints=CA:TRUE' }), /certificate of an authority/],
    [
      stranger.sign(request),
      /CN=Somebody else has signed it, which is not among the authorities of broker\.ca/,
    ],
    [good, /not valid before .*clock of the authority/, { wall: now() - 86_400_000, synchronised: true }],
    [good, /broker\.ca: cannot read \/nowhere \(ENOENT\)/, { ca: '/nowhere' }],
  ]
  for (const [pem, words, options] of cases)
    await t.rejects(
      identity.install(pem, { wall: now(), terminal, ca: authority.pem, ...options }),
      { name: 'CertificateError', message: words },
      String(words),
    )
  t.equal(await identity.certificatePem(), good, 'the one in force is still there')
  t.same(readdirSync(join(directory, 'identity')).sort(), ['certificate.pem', 'key.pem', 'next-key.pem'])
  // A clock that may be behind is no reason to refuse what begins later.
  await identity.install(good, { wall: now() - 86_400_000 })
  await identity.install(authority.sign(request, { days: -1 }), { wall: now(), synchronised: false })
})

t.test('an authority between is kept with the certificate, in order', async (t) => {
  const { identity } = await setUp(t)
  using root = new RequestAuthority('Root')
  using between = new RequestAuthority('Between', root)
  const own = between.sign(await identity.request(terminal))
  await t.rejects(identity.install(own, { wall: now(), ca: root.pem }), /CN=Between has signed it/)
  await identity.install(`${between.pem}some words\n${own}`, { wall: now(), ca: root.pem })
  t.equal(await identity.certificatePem(), `${own}${between.pem}`)
})

t.test('a change that a power cut interrupted is brought to its end', async (t) => {
  using authority = new RequestAuthority('Comune')
  // Where the cut was: after how many of the three renames.
  for (const renames of [0, 1, 2, 3]) {
    const { directory, file, identity } = await setUp(t)
    await identity.install(authority.sign(await identity.request(terminal)), { wall: now() })
    const renewed = authority.sign(await identity.request(terminal))
    await identity.stage(renewed, { wall: now() })
    const steps: [string, string][] = [
      ['trial-certificate.pem', 'next-certificate.pem'],
      ['next-key.pem', 'key.pem'],
      ['next-certificate.pem', 'certificate.pem'],
    ]
    for (const [from, to] of steps.slice(0, renames)) renameSync(file(from), file(to))
    const again = await openIdentity(directory)
    const pair = (await again.pair('current'))!
    t.ok(pair, `a pair that fits, after ${renames}`)
    t.equal(pair.certificate === renewed, renames > 0, renames > 0 ? 'the new one' : 'the old one')
  }
})

t.test('a certificate that is damaged, or of a key that has gone, is none', async (t) => {
  const { directory, file, identity } = await setUp(t)
  using authority = new RequestAuthority('Comune')
  await identity.install(authority.sign(await identity.request(terminal)), { wall: now() })
  writeFileSync(file('certificate.pem'), 'zeros')
  t.equal(await (await openIdentity(directory)).certificatePem(), undefined)
  rmSync(file('key.pem'))
  const anew = await openIdentity(directory)
  t.equal(await anew.certificatePem(), undefined)
  t.equal(await anew.pair('current'), undefined)
  writeFileSync(file('key.pem'), '')
  await t.rejects(openIdentity(directory), /key\.pem is damaged; remove it and restart/)
})

/** For one test another search path for programs. */
function searchIn(t: Test, path: string): void {
  const before = process.env.PATH
  process.env.PATH = path
  t.teardown(() => {
    process.env.PATH = before
  })
}

t.test('no openssl, and names too long, are said', async (t) => {
  const { identity } = await setUp(t)
  await t.rejects(
    identity.request({ ...terminal, office: 'x'.repeat(60) }),
    /has room for 64; use broker\.username/,
  )
  searchIn(t, '/nowhere')
  await t.rejects(identity.request(terminal), /openssl is missing: apt-get install openssl/)
})

t.test('openssl gets the name of the key’s file, and not the key', async (t) => {
  const { directory, identity, read, file } = await setUp(t)
  const real = execFileSync('which', ['openssl'], { encoding: 'utf8' }).trim()
  const look = `tr '\\0' '\\n' < /proc/self/environ > ${directory}/seen; echo "$@" >> ${directory}/seen`
  writeFileSync(join(directory, 'openssl'), `#!/bin/sh\n${look}\nexec ${real} "$@"\n`, { mode: 0o755 })
  searchIn(t, `${directory}:${process.env.PATH}`)
  await identity.request(terminal)
  const seen = readFileSync(join(directory, 'seen'), 'utf8')
  t.ok(seen.includes(`-key ${file('key.pem')}`))
  t.notOk(seen.includes(read('key.pem').split('\n')[1]!))
})
