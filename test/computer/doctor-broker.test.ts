import { readFile } from 'node:fs/promises'
import t from 'tap'
import { UplinkError } from '../../src/ports/uplink.ts'
import {
  addressOf,
  isThisComputer,
  lookAtMqtt,
  lookAtPort,
  lookAtTls,
  type Shown,
} from '../../src/system/doctor/broker.ts'
import { judgeDates, lookAtCertificate } from '../../src/system/doctor/certificate.ts'

const now = Date.UTC(2026, 4, 4)
const address = addressOf('mqtts://broker.example')

function coded(code: string | number): Promise<never> {
  return Promise.reject(Object.assign(new Error(String(code)), { code }))
}

t.test('where an address leads', async (t) => {
  t.same(address, { host: 'broker.example', port: 8883, tls: true })
  t.same(addressOf('mqtt://192.0.2.1:1900/'), { host: '192.0.2.1', port: 1900, tls: false })
  t.same(addressOf('mqtt://[2001:db8::1]'), { host: '2001:db8::1', port: 1883, tls: false })
  for (const host of ['localhost', '127.0.0.1', '::1']) t.ok(isThisComputer(host), host)
  for (const host of ['localhost.example', '192.0.2.1']) t.notOk(isThisComputer(host), host)
})

t.test('does something listen there?', async (t) => {
  t.equal((await lookAtPort(address, async () => {})).result, 'good')
  for (const [code, next] of [
    ['ECONNREFUSED', /whether the broker is running.*usually 8883/],
    ['ETIMEDOUT', /firewall/],
    ['EHOSTUNREACH', /firewall/],
    ['ENETUNREACH', /cable/],
  ] as const)
    t.match(
      await lookAtPort(address, () => coded(code)),
      { result: 'failed', found: new RegExp(code), next },
      code,
    )
})

t.test('is it who it says?', async (t) => {
  const shown = {
    protocol: 'TLSv1.3',
    validFrom: 'Jan  1 00:00:00 2026 GMT',
    validTo: 'Dec 31 00:00:00 2026 GMT',
  }
  const look = (other: Partial<Shown>) => lookAtTls(address, now, async () => ({ ...shown, ...other }))
  t.match(await look({}), { result: 'good', found: /^TLS 1\.3, verified; .* 241 days more$/ })
  t.match(await look({ validTo: 'May 20 00:00:00 2026 GMT' }), {
    result: 'warning',
    next: /renew its certificate/,
  })
  t.match(await look({ validTo: 'May  1 00:00:00 2026 GMT', distrust: 'CERT_HAS_EXPIRED' }), {
    result: 'failed',
    next: /renew its certificate/,
  })
  t.match(await look({ distrust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), {
    result: 'failed',
    next: /broker\.ca/,
  })
  t.match(await look({ distrust: 'ERR_TLS_CERT_ALTNAME_INVALID' }), { result: 'failed', next: /name that/ })
  for (const [code, next] of [
    ['ERR_SSL_WRONG_VERSION_NUMBER', /no TLS is spoken/],
    ['ENOENT', /where the settings say/],
    ['ERR_OSSL_PEM_NO_START_LINE', /PEM/],
    ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', /key that belongs/],
  ] as const)
    t.match(await lookAtTls(address, now, () => coded(code)), { result: 'failed', next }, code)
})

t.test('does it let us in?', async (t) => {
  t.match(await lookAtMqtt(async () => '3.1.1'), { result: 'good', found: 'MQTT 3.1.1, let in' })
  const refused = (code: string | number) =>
    lookAtMqtt(async () => {
      throw new UplinkError('refused', 'what it says', { cause: Object.assign(new Error('x'), { code }) })
    })
  for (const [code, next] of [
    [134, /broker\.passwordFile/],
    [4, /broker\.passwordFile/],
    [135, /user name, password or client certificate/],
    [133, /-doctor/],
    ['EACCES', /readable/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /broker\.certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /broker\.certificate/],
    ['connack timeout', /MQTT port/],
  ] as const)
    t.match(await refused(code), { result: 'failed', found: 'what it says', next }, String(code))
})

t.test('how long a certificate holds', async (t) => {
  const words = { whose: 'it', renew: 'Renew.' }
  const dates = (validFrom: string, validTo: string) =>
    judgeDates(
      { validFrom: `${validFrom} 00:00:00 2026 GMT`, validTo: `${validTo} 00:00:00 2026 GMT` },
      now,
      words,
    )
  t.match(dates('Jan  1', 'May  3'), {
    result: 'failed',
    found: 'it has expired (2026-05-03)',
    next: 'Renew.',
  })
  t.match(dates('May  5', 'Jul  1'), { result: 'failed', next: /clock/ })
  t.match(dates('Jan  1', 'Jun  3'), { result: 'warning', found: /30 days more/, next: 'Renew.' })
  t.match(dates('Jan  1', 'Jun  4'), { result: 'good', found: 'it is valid until 2026-06-04, 31 days more' })
})

t.test('the files of the certificate', async (t) => {
  const files = { certificate: '/c.pem', key: '/c.key' }
  t.match(await lookAtCertificate(files, now, () => coded('ENOENT')), {
    result: 'failed',
    found: '/c.pem (broker.certificate) cannot be read (ENOENT)',
    next: /Put the file there/,
  })
  const keyForbidden = (path: string) =>
    path === '/c.key' ? coded('EACCES') : Promise.resolve(Buffer.from('x'))
  t.match(await lookAtCertificate(files, now, keyForbidden), {
    result: 'failed',
    next: /right to read \/c\.key/,
  })
  t.match(await lookAtCertificate(files, now, async () => Buffer.from('hush')), {
    result: 'failed',
    next: /PEM/,
  })
  const fixtures = new URL('../fixtures/settings-wrong/beside/', import.meta.url)
  const reading = (key: string) => (path: string) =>
    readFile(new URL(path === '/c.pem' ? 'terminal.pem' : key, fixtures))
  t.match(await lookAtCertificate(files, now, reading('terminal.key')), {
    result: 'good',
    found: /^this terminal’s certificate is valid until /,
  })
  t.match(await lookAtCertificate(files, now, reading('other.key')), {
    result: 'failed',
    found: 'broker.key does not belong to broker.certificate',
    next: 'Take the key that /c.pem was asked for with.',
  })
})
