import { readFile } from 'node:fs/promises'
import t from 'tap'
import { formatProblem } from '../../src/settings/index.ts'
import { lookAtNamedFiles } from '../../src/system/named-files.ts'

/* What stands in the files that the settings name, where no settings file of `settings-wrong` has it. */

const beside = (name: string) =>
  readFile(new URL(`../fixtures/settings-wrong/beside/${name}`, import.meta.url))
const pem = (what: string) => `-----BEGIN ${what}-----\nMIIB\n-----END ${what}-----\n`

/** What is said of the file that the key names. */
async function said(
  key: 'passwordFile' | 'ca' | 'certificate' | 'key',
  read: () => Promise<Buffer>,
  path = '/boot/file',
): Promise<string[]> {
  const options = { file: '/boot/f.yaml', positionOf: () => ({ line: 7, column: 1 }), read }
  const { problems, missing } = await lookAtNamedFiles(
    { broker: { topicRoot: 'faccina/1', clientId: '3', [key]: path } },
    options,
  )
  return [...problems, ...missing].map((one) =>
    formatProblem(one).replace(/^\/boot\/f\.yaml:7: broker\.\w+: /, ''),
  )
}

const certificate = 'allowed here: a certificate as PEM.'
const privateKey = 'allowed here: a private key as PEM, without a passphrase.'

t.test('what it is instead, and what to do', async (t) => {
  const cases: [key: 'certificate' | 'key', bytes: string | Buffer, sentence: string][] = [
    [
      'certificate',
      pem('CERTIFICATE REQUEST'),
      `found "file", a request for a certificate; ${certificate} Send it to the municipality’s CA; what comes back is the certificate.`,
    ],
    [
      'certificate',
      pem('CERTIFICATE'),
      `found "file", a damaged certificate; ${certificate} Copy it there anew.`,
    ],
    ['key', pem('PRIVATE KEY'), `found "file", a damaged private key; ${privateKey} Copy it there anew.`],
    [
      'certificate',
      await beside('terminal.key'),
      `found "file", a private key; ${certificate} Have the two files been exchanged?`,
    ],
    [
      'key',
      await beside('terminal.pem'),
      `found "file", a certificate; ${privateKey} Have the two files been exchanged?`,
    ],
    [
      'key',
      'hello',
      `found "file", a file of another kind; ${privateKey} Such a file begins with -----BEGIN.`,
    ],
  ]
  for (const [key, bytes, sentence] of cases)
    t.same(await said(key, async () => Buffer.from(bytes)), [sentence])
})

t.test('a file that cannot be read, and one that was named on another card', async (t) => {
  const coded = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))
  t.same(await said('ca', coded('EIO')), [
    'found "file", a file that cannot be read (EIO). Copy it there anew.',
  ])
  t.same(await said('ca', coded('ENOENT'), '/etc/ssl/ca.pem'), [
    'found "/etc/ssl/ca.pem", a file that is not there. Put the file beside this one again, and write its name alone.',
  ])
})
