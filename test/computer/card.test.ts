import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { formatProblem } from '../../src/settings/index.ts'
import { type ImportOptions, importCard } from '../../src/system/card/import.ts'
import { readRefused, refusedText } from '../../src/system/card/refused.ts'
import { MemoryDisk } from '../fakes/memory-disk.ts'

const boot = '/boot/firmware'
const inForce = '/etc/faccina/faccina.yaml'
const store = '/var/lib/faccina'
const password = 'geheim: 0815'
const beside = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/settings-wrong/beside/${name}`, import.meta.url)))
const key = beside('terminal.key')

const terminal =
  'terminal:\n  municipality: c_e506\n  office: anagrafe\n  counter: "3"   # left of the door\n'
const broker = 'broker:\n  url: mqtts://broker.comune.example\n  username: anagrafe-3\n'
const withPassword = `${terminal}${broker}  password: "${password}" # ask the data centre\nlanguages: [it, de]\n`
const withKey = `${withPassword}`
  .replace('languages', 'survey: it-2009\nlanguages')
  .replace('  password', '  ca: ca.pem\n  certificate: terminal.pem\n  key: terminal.key\n  password')

/** A card as it comes from the computer of the technician, in a terminal that has its folders. */
function cardWith(yaml: string | Buffer, more: Record<string, string | Buffer> = {}): MemoryDisk {
  return new MemoryDisk({ [`${boot}/faccina.yaml`]: yaml, [`${store}/journal`]: '', ...more })
}

const keyFiles = {
  [`${boot}/ca.pem`]: beside('ca.pem'),
  [`${boot}/terminal.pem`]: beside('terminal.pem'),
  [`${boot}/terminal.key`]: key,
}

function imported(disk: MemoryDisk, more: Partial<ImportOptions> = {}) {
  const wall = Date.UTC(2026, 4, 4)
  return importCard({ boot, settings: inForce, run: '/run/faccina', disk, wall, synchronised: true, ...more })
}

t.test('the first settings of a card: in force, and no secret is left on it', async (t) => {
  const disk = cardWith(withPassword.replaceAll('\n', '\r\n'))
  const { refused, troubles, done } = await imported(disk)
  t.same([refused, troubles], [[], []])
  const files = disk.files()
  const wanted = withPassword
    .replace(`password: "${password}"`, `passwordFile: ${store}/secrets/broker-password`)
    .replaceAll('\n', '\r\n')
  t.equal(files[inForce], wanted, 'comments and line ends stay')
  t.equal(files[`${boot}/faccina.yaml`], wanted, 'the card says the same')
  t.equal(files[`${store}/secrets/broker-password`], password)
  t.equal(files[`${store}/commission`], '')
  t.same(await disk.owned(`${store}/secrets/broker-password`), { mode: 0o600, uid: 7, gid: 7 })
  t.same(await disk.owned(inForce), { mode: 0o640, uid: 0, gid: 7 })
  t.notMatch(JSON.stringify(done), /geheim/)
  t.same(
    Object.keys(files).filter((path) => /\.new$|error|refused/.test(path)),
    [],
  )
})

t.test('nothing new: nothing is written', async (t) => {
  const disk = cardWith(withKey, keyFiles)
  await imported(disk)
  await disk.remove(`${store}/commission`)
  const { changes } = disk
  t.same(await imported(disk), { refused: [], troubles: [], done: [] })
  t.equal(disk.changes, changes)
})

t.test(
  'the files that the settings name come along; what is secret of them goes from the card',
  async (t) => {
    const disk = cardWith(withKey, keyFiles)
    t.same((await imported(disk)).refused, [])
    const files = disk.files()
    t.match(files[inForce], `  key: ${store}/secrets/terminal.key\n`)
    t.equal(files[`${store}/secrets/terminal.key`], key.toString('latin1'))
    t.notOk(`${boot}/terminal.key` in files)
    t.ok(files[`${boot}/ca.pem`], 'what is public stays')
  },
)

t.test('another counter tests itself, the same one with another setting does not', async (t) => {
  const disk = cardWith(terminal)
  await imported(disk)
  await disk.remove(`${store}/commission`)
  disk.put(`${boot}/faccina.yaml`, `${terminal}languages: [de]\n`)
  await imported(disk)
  t.notOk(`${store}/commission` in disk.files())
  disk.put(`${boot}/faccina.yaml`, terminal.replace('"3"', '"4"'))
  await imported(disk)
  t.ok(`${store}/commission` in disk.files())
})

t.test('Notepad’s Unicode becomes its UTF-8', async (t) => {
  const disk = cardWith(Buffer.from(`\uFEFF${withPassword}`, 'utf16le'))
  t.same((await imported(disk)).refused, [])
  t.match(
    Buffer.from(disk.files()[`${boot}/faccina.yaml`]!, 'latin1').toString(),
    /^\uFEFFterminal:\n {2}muni/,
  )
})

t.test('wrong settings: said in three places, and those in force stay', async (t) => {
  const disk = cardWith(terminal)
  await imported(disk)
  const before = disk.files()[inForce]
  disk.put(`${boot}/faccina.yaml`, withPassword.replace('mqtts', 'http'))
  const { refused } = await imported(disk)
  const sentence = `${boot}/faccina.yaml:6: broker.url: found "http://broker.comune.example"; allowed here: mqtts://host:port or mqtt://host:port. The terminal speaks MQTT over TCP or TLS only.`
  t.same(refused.map(formatProblem), [sentence])
  const files = disk.files()
  t.equal(files[inForce], before)
  t.match(files[`${boot}/faccina-error.txt`], `\r\n* ${sentence}\r\n`)
  t.notMatch(files[`${boot}/faccina-error.txt`], /[^\r]\n/)
  const run = t.testdir({ 'refused.json': files['/run/faccina/refused.json']! })
  t.match(await readRefused(run), {
    file: `${boot}/faccina.yaml`,
    problems: [{ line: 6, key: 'broker.url' }],
  })
  disk.put(`${boot}/faccina.yaml`, terminal)
  t.same((await imported(disk)).refused, [])
  t.same(
    Object.keys(disk.files()).filter((path) => /error|refused/.test(path)),
    [],
    'gone once it is right',
  )
})

t.test('nothing was refused: no file, an empty list, or what nobody can read', async (t) => {
  const none = refusedText({ file: inForce, problems: [], othersInForce: true })
  for (const files of [{}, { 'refused.json': none }, { 'refused.json': '{"file": ' }])
    t.equal(await readRefused(t.testdir(files)), undefined)
})

t.test(
  'a terminal without its folder yet: it is made, and whoever has it has what is put there',
  async (t) => {
    const disk = new MemoryDisk({ [`${boot}/faccina.yaml`]: withPassword })
    t.same((await imported(disk)).refused, [])
    t.equal(disk.files()[`${store}/secrets/broker-password`], password)
    t.same(await disk.owned(`${store}/secrets/broker-password`), { mode: 0o600, uid: 7, gid: 7 })
  },
)

t.test('a file whose name is not right is named', async (t) => {
  for (const name of ['faccina.yaml.txt', 'faccina.yml', 'Faccina.txt', 'faccina']) {
    const disk = new MemoryDisk({ [`${boot}/${name}`]: terminal, [`${store}/journal`]: '' })
    t.match((await imported(disk)).refused.map(formatProblem), [
      `${boot}/${name}: found a name that is not right; allowed here: faccina.yaml. Rename it to faccina.yaml.`,
    ])
    const two = cardWith(terminal, { [`${boot}/${name}`]: terminal })
    t.match((await imported(two)).refused.map(formatProblem), [/a second file beside faccina.yaml/])
  }
  const capitals = new MemoryDisk({ [`${boot}/Faccina.YAML`]: terminal, [`${store}/journal`]: '' })
  t.same((await imported(capitals)).refused, [], 'capitals are nothing to the card')
  t.equal(capitals.files()[inForce], terminal)
})

t.test('a secret that does not stand in its place is not half taken', async (t) => {
  const disk = cardWith(
    `${terminal}${broker.replace('username: anagrafe-3', 'username: &p geheim')}  password: *p\n`,
  )
  t.match((await imported(disk)).refused.map(formatProblem), [/a value with & or \*/])
  t.notOk(inForce in disk.files())
})

t.test('the settings of another card: their password is not in this one', async (t) => {
  const disk = cardWith(`${terminal}${broker}  passwordFile: ${store}/secrets/broker-password\n`)
  t.match((await imported(disk)).refused.map(formatProblem), [
    /is not there. Write the password itself again/,
  ])
})

t.test('nothing on the card: what is in force goes on, without anything it is said', async (t) => {
  const disk = new MemoryDisk({ [`${boot}/config.txt`]: '', [inForce]: terminal })
  t.same(await imported(disk), { refused: [], troubles: [], done: [] })
  t.match((await imported(new MemoryDisk({ [`${boot}/config.txt`]: '' }))).refused.map(formatProblem), [
    /^\/boot\/firmware\/faccina.yaml: found no such file, and none in/,
  ])
})

t.test('a boot partition that is missing, full or read-only is said, and in nobody’s way', async (t) => {
  const without = new MemoryDisk({ [inForce]: terminal })
  t.match(await imported(without), { refused: [], troubles: [{ file: boot, found: /ENOENT/ }] })
  for (const code of ['ENOSPC', 'EROFS']) {
    const disk = cardWith(withKey, keyFiles)
    disk.fault = (path) => (path.startsWith(boot) ? code : undefined)
    const { refused, troubles } = await imported(disk)
    t.same(refused, [])
    t.match(troubles.map(formatProblem), [new RegExp(code), new RegExp(code)])
    t.match(disk.files()[inForce], /secrets/, 'the settings are in force')
    disk.fault = () => undefined
    t.same((await imported(disk)).troubles, [])
    t.notMatch(JSON.stringify(disk.files()[`${boot}/faccina.yaml`]), /geheim/, `wiped later: ${code}`)
  }
})

t.test('a storage that cannot be written: refused, and nothing is wiped', async (t) => {
  const disk = cardWith(withPassword)
  disk.fault = (path) => (path.startsWith(store) ? 'EROFS' : undefined)
  t.match((await imported(disk)).refused.map(formatProblem), [/EROFS/])
  t.equal(disk.files()[`${boot}/faccina.yaml`], withPassword)
})

t.test('the certificate that was asked for', async (t) => {
  const yaml = `${terminal}broker: {url: "mqtts://b.example"}\n`
  let own: string | undefined
  const identity = {
    open: async () => ({
      request: async () => 'request',
      certificateOf: async () => own,
      async install(pem: string) {
        if (pem !== 'good') throw new Error('a certificate for another key')
        own = pem
        return { notAfter: Date.UTC(2030, 0, 1), subject: 'CN=3' }
      },
    }),
  }
  const disk = cardWith(yaml)
  await imported(disk, { identity })
  t.equal(disk.files()[`${boot}/faccina-request.pem`], 'request')
  disk.put(`${boot}/faccina-certificate.pem`, 'bad')
  t.match((await imported(disk, { identity })).troubles.map(formatProblem), [
    /faccina-certificate.pem: found a certificate for another key/,
  ])
  disk.put(`${boot}/faccina-certificate.pem`, 'good')
  t.same((await imported(disk, { identity })).done, ['the certificate CN=3 is in force until 2030-01-01'])
  t.same(
    Object.keys(disk.files()).filter((path) => /request|certificate/.test(path)),
    [],
  )
})

const newPassword = withPassword.replace(password, 'neu-4711').replace('"3"', '"4"')
const lives: [string, () => MemoryDisk, string | undefined][] = [
  ['a first import with a password', () => cardWith(withPassword), undefined],
  ['a first import with a key', () => cardWith(withKey, keyFiles), undefined],
  ['another password and counter', () => before(newPassword), terminal],
  [
    'a password in a file',
    () =>
      cardWith(`${terminal}${broker}  passwordFile: password.txt\n`, {
        [`${boot}/password.txt`]: `\uFEFF${password}\r\n`,
      }),
    undefined,
  ],
]

/** A terminal with settings in force, and others on its card. */
function before(yaml: string): MemoryDisk {
  return cardWith(yaml, { [inForce]: terminal })
}

t.test('the power goes at any instant: the next start ends as if it had not', async (t) => {
  for (const [what, life, old] of lives) {
    const whole = life()
    t.same((await imported(whole)).refused, [], what)
    const wanted = whole.files()
    for (const names of ['before', 'after'] as const) {
      for (let cut = 0; cut < whole.changes; cut++) {
        const disk = life()
        disk.changesLeft = cut
        await imported(disk)
        disk.restart(names)
        const now = disk.files()[inForce]
        if (now !== old && now !== wanted[inForce]) t.fail(`${what}, ${cut} ${names}: ${now} is in force`)
        if (now === wanted[inForce])
          for (const [path, text] of Object.entries(wanted))
            if (path.includes('/secrets/') && disk.files()[path] !== text)
              t.fail(`${what}, ${cut}: no ${path}`)
        const { refused, troubles } = await imported(disk)
        if (refused.length + troubles.length > 0) t.same([refused, troubles], [], `${what}, ${cut} ${names}`)
        disk.restart('before')
        const { '/run/faccina/refused.json': _, ...files } = disk.files()
        // What a cut left of a file that was being made is overwritten by the next of its kind.
        const rest = Object.fromEntries(Object.entries(files).filter(([path]) => !path.endsWith('.new')))
        if (JSON.stringify(rest) !== JSON.stringify(wanted))
          t.strictSame(rest, wanted, `${what}, ${cut} ${names}`)
        const secrets = Object.entries(files).filter(
          ([path, text]) => path.startsWith(boot) && /geheim|neu-4711|PRIVATE/.test(text),
        )
        if (secrets.length > 0)
          t.fail(`${what}, ${cut} ${names}: a secret in ${secrets.map(([path]) => path)}`)
      }
    }
    t.pass(`${what}: ${2 * whole.changes} cuts`)
    t.comment(`${what}: ${2 * whole.changes} cuts`)
  }
})
