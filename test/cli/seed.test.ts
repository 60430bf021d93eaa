import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parseSettings, type Settings, settingsJsonSchema } from '../../src/settings/index.ts'
import { plainly } from '../plainly.ts'

const image = new URL('../../hardware/image/', import.meta.url)
const seedScript = fileURLToPath(new URL('seed', image))
const lib = await import(new URL('seed-lib.mjs', image).href)
const { labelsPage } = await import(new URL('seed-labels.mjs', image).href)

const keys = lib.settingsKeys(settingsJsonSchema())
const secret = 'geheim;"0815"'
const quotedSecret = `"${secret.replaceAll('"', '""')}"`

interface Problem {
  line: number
  found: string
  where?: string
}
interface Counter {
  line: number
  municipality: string
  office: string
  counter: string
}

/** What the table means, without asking Faccina about the values. */
function read(csv: string, common = {}): { counters: Counter[]; problems: Problem[]; words: string[] } {
  const result = lib.readCounters(csv, 'c.csv', keys, common)
  return { ...result, words: lib.problemWords(result.problems) }
}

function settingsOf(csv: string, common = ''): Settings {
  const { values } = lib.readCommon(Buffer.from(common), keys)
  const { counters, words } = read(csv, values) as { counters: Counter[]; words: string[] }
  t.strictSame(words, [])
  const parsed = parseSettings(lib.settingsText(counters[0], values), 'faccina.yaml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.settings
}

/**
 * The script as people type it, in a folder of its own with these files. It starts a Node for each file.
 */
async function seed(folder: string, ...args: string[]) {
  const child = spawn(...plainly(process.execPath, [seedScript, ...args]), {
    cwd: folder,
    timeout: 50_000,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  return { code, stdout, stderr }
}

const rows = (...lines: string[]) => lines.join('\r\n')
const head = 'Comune;Ufficio;Sportello'
const smallest = { municipality: 'c_e506', office: 'anagrafe', counter: '3' }

t.test('the same table, in every way that spreadsheets write it', async (t) => {
  const fields = [
    ['Comune', 'UFFICIO ', ' sportello', 'Utente', 'note'],
    ['c_e506', ' anagrafe', '3 ', 'sportèllo’3', 'sì; "no", forse'],
  ]
  const csv = (separator: string, end = '\r\n') =>
    fields
      .map((row) => row.map((f) => (/[;,"]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(separator))
      .join(end)
  const inWindows1252 = Buffer.from(csv(';').replace('’', '\u0092'), 'latin1')
  t.notSame(inWindows1252.toString('utf8').includes('è'), true)
  const ways: Record<string, Buffer> = {
    'UTF-8 with BOM, CRLF, ;': Buffer.from(`\ufeff${csv(';')}\r\n`),
    'UTF-8, LF, comma': Buffer.from(csv(',', '\n')),
    'Windows-1252, ;': inWindows1252,
    'UTF-16 with BOM, tab': Buffer.from(`\ufeff${csv('\t')}`, 'utf16le'),
    'a line sep=': Buffer.from(`sep=|\r\n${csv('|')}`),
    'CR alone': Buffer.from(csv(';', '\r')),
    'empty lines and lines of separators': Buffer.from(
      `\r\n;;;;\r\n${csv(';', '\r\n\r\n;;;;\r\n')}\r\n\r\n;;;;\r\n`,
    ),
    'further separators at the end of each line': Buffer.from(csv(';').replace(/\r\n|$/g, ';;$&')),
    'spaces around quotes': Buffer.from(csv(';').replace(/;"/, '; "').concat('  ')),
  }
  for (const [way, bytes] of Object.entries(ways)) {
    const { counters, words } = read(lib.decodeText(bytes))
    t.strictSame(words, [], way)
    t.match(counters, [smallest], way)
    t.match(counters, [{ values: [{}, {}, {}, { key: 'broker.username', value: 'sportèllo’3' }] }], way)
    t.equal(counters.length, 1, way)
  }
})

t.test('all of Windows-1252', async (t) => {
  t.equal(lib.decodeText(Uint8Array.of(0x80, 0x8a, 0x92, 0x9e, 0x9f, 0xa0, 0xe0, 0xff)), '€Š’žŸ\u00a0àÿ')
})

t.test(
  'fields with quotes, separators and line ends in them; lines are counted as an editor does',
  async (t) => {
    const { records, problems } = lib.readCsv(rows('a;b', '"x;y";"1""2"""', '"p', 'q";7', '', 'z;inch 3"'))
    t.strictSame(problems, [])
    t.strictSame(
      records.map((one: { line: number; fields: { text: string }[] }) => [
        one.line,
        ...one.fields.map((f) => f.text),
      ]),
      [
        [1, 'a', 'b'],
        [2, 'x;y', '1"2"'],
        [3, 'p\r\nq', '7'],
        [6, 'z', 'inch 3"'],
      ],
    )
  },
)

t.test('columns by their names in Italian, in English, and by the key', async (t) => {
  const it = 'Comune;Ufficio;Sportello;Lingue;Pannello;Broker;Nome utente;Password;Questionario'
  const en = 'municipality,office,counter,languages,panel,url,username,password,survey'
  const key =
    'terminal.municipality\tTERMINAL.OFFICE\tterminal.counter\tlanguages\tpanel\tBroker.Url\tbroker.username\tbroker.password\tsurvey'
  const cells = [
    'c_e506',
    'anagrafe',
    '03',
    '"de, it"',
    'touch-linux',
    'mqtts://b',
    '0042',
    quotedSecret,
    'it-2009',
  ]
  for (const [header, separator] of [
    [it, ';'],
    [en, ','],
    [key, '\t'],
  ] as const) {
    const settings = settingsOf(rows(header, cells.join(separator)))
    t.match(settings, {
      terminal: { ...smallest, counter: '03' },
      languages: ['de', 'it'],
      panel: 'touch-linux',
      broker: { url: 'mqtts://b', username: '0042', password: secret },
    })
  }
})

t.test('numbers and lists, as people write them', async (t) => {
  const header = `${head};delivery.keepDays;visit.lockoutSeconds;hours.week.monday;hours.week.friday;asks`
  const settings = settingsOf(
    rows(header, 'c_e506;anagrafe;3;40;3,5;08:30 - 12:30 / 15:00–17:30;[09:00-13:00];nessuno'),
  )
  t.match(settings, { delivery: { keepDays: 40 }, visit: { lockoutSeconds: 3.5 } })
  t.strictSame(settings.hours?.week.monday, [
    { from: 510, to: 750 },
    { from: 900, to: 1050 },
  ])
  t.strictSame(settings.hours?.week.friday, [{ from: 540, to: 780 }])
  t.strictSame(settings.asks, [])
})

t.test('the common file lies below, and keeps what it says as it is written', async (t) => {
  const common = `\ufeff# all of us\r
terminal:\r
  municipality: 007\r
broker: {url: "mqtts://b", password: 0123, username: 7}\r
hours:\r
  week: {monday: [08:30-12:30], tuesday: [08:30-12:30]}\r
`
  const settings = settingsOf(
    rows('office;counter;username;hours.week.monday', 'anagrafe;3;other;chiuso'),
    common,
  )
  t.match(settings, {
    terminal: { municipality: '007', office: 'anagrafe', counter: '3' },
    broker: { url: 'mqtts://b', password: '0123', username: 'other' },
  })
  t.strictSame(settings.hours?.week.monday, [])
  t.strictSame(settings.hours?.week.tuesday, [{ from: 510, to: 750 }])
  const empty = settingsOf(rows(`${head};panel`, 'c_e506;anagrafe;3;'), 'panel: touch-linux\nbroker:\n')
  t.match(empty, { panel: 'touch-linux' }, 'an empty field sets nothing')
})

t.test('the file says whose it is, and suits Notepad', async (t) => {
  const { counters } = read(rows(head, 'c_e506;anagrafe;3'))
  t.equal(
    lib.settingsText(counters[0], {}),
    rows(
      '# Settings of the Faccina terminal at counter 3, office anagrafe, municipality c_e506.',
      '# This file belongs on the boot partition of its card, under the name faccina.yaml.',
      '',
      'terminal:',
      '  municipality: c_e506',
      '  office: anagrafe',
      '  counter: "3"',
      '',
    ),
  )
})

t.test('what is wrong with a table: line, column, found, allowed', async (t) => {
  const good = 'c_e506;anagrafe;3'
  const cases: [name: string, csv: string, ...words: RegExp[]][] = [
    [
      'nothing in it',
      '\r\n;;\r\n',
      /^c\.csv: found no line with text in it; allowed here: a line with the names/,
    ],
    [
      'no header',
      rows(`${good};${secret}`, good),
      /^c\.csv:1: found no column that says which counter it is;/,
    ],
    [
      'a header alone',
      head,
      /^c\.csv:1: found no counter below it; allowed here: one line for each counter\.$/,
    ],
    [
      'missing columns',
      rows('Comune', 'c_e506'),
      /^c\.csv:1: found no column for terminal\.office; allowed here: ufficio, office, servizio\. Or/,
      /^c\.csv:1: found no column for terminal\.counter; allowed here: sportello, counter\. Or/,
    ],
    [
      'an unknown column',
      rows(`${head};Lnigue`, good),
      /^c\.csv:1: column D: found a column called "Lnigue"; allowed here: comune, .*begin its name with #\.$/,
    ],
    [
      'one column twice',
      rows(`${head};counter`, good),
      /^c\.csv:1: column D \(counter\): found terminal\.counter a second time, after column C \(Sportello\)/,
    ],
    [
      'a counter twice',
      rows(head, good, 'c_e506;anagrafe;4', good),
      /^c\.csv:4: found the counter c_e506\/anagrafe\/3 a second time, after line 2; allowed here: each counter once/,
    ],
    [
      'two counters with one folder',
      rows(head, 'm;a-b;c', 'm;a;b-c'),
      /^c\.csv:3: found the name m-a-b-c a second time, after line 2, where .* divided differently; .*client id/,
    ],
    [
      'more fields than columns',
      rows(head, `${good};;${secret}`),
      /^c\.csv:2: found 6 fields; allowed here: 3, as many as columns have a name\. Put a field/,
    ],
    [
      'a text below no name',
      rows(`${head};;Utente`, `${good};geheim;x`),
      /^c\.csv:2: column D: found a text in a column without a name; allowed here: nothing\.$/,
    ],
    [
      'a quote left open',
      rows(head, good, `c_e506;anagrafe;"4`, 'geheim'),
      /^c\.csv:3: column C \(Sportello\): found a quote that is not closed; allowed here: a field between/,
    ],
    [
      'text behind a quote',
      rows(head, 'c_e506;"anagrafe"geheim;4', good),
      /^c\.csv:2: column B \(Ufficio\): found more text behind the closing quote;/,
    ],
    [
      'spaces around a password',
      rows(`${head};Password`, `${good}; geheim`),
      /^c\.csv:2: column D \(Password\): found a space before or behind the password;/,
    ],
  ]
  for (const [name, csv, ...expected] of cases) {
    const { words } = read(csv)
    t.equal(words.length, expected.length, `${name}: ${words.join('\n')}`)
    for (const [i, pattern] of expected.entries()) t.match(words[i], pattern, name)
    t.notMatch(words.join('\n'), /geheim|0815/, name)
  }
})

t.test('columns that are left out', async (t) => {
  const { words, counters } = read(rows(`${head};Note;note di Anna;#piano;Osservazioni;`, 'm;o;c;1;2;3;4'))
  t.strictSame(words, [])
  t.match(counters, [{ municipality: 'm', office: 'o', counter: 'c' }])
})

t.test('names in the network, and labels', async (t) => {
  t.equal(
    lib.hostnameOf({ municipality: 'c_e506', office: 'stato_civile', counter: '3' }),
    'faccina-c-e506-stato-civile-3',
  )
  const longest = lib.hostnameOf({
    municipality: 'm'.repeat(64),
    office: `a-${'o'.repeat(52)}`,
    counter: '3',
  })
  t.equal(longest, `faccina-${'o'.repeat(52)}-3`, 'at most 63 characters, and its end is what tells it apart')
  const page = labelsPage([smallest, { ...smallest, counter: '<4&"' }])
  t.match(page, /<h2>anagrafe · 3<\/h2>\n<p>c_e506<\/p>\n<p class="host">faccina-c-e506-anagrafe-3\.local</)
  t.match(page, '<h2>anagrafe · &#60;4&#38;&#34;</h2>')
  t.match(page, /size: A4/)
  t.notMatch(page, /src=|href=|url\(|@import|<script/)
})

t.test('forty counters', async (t) => {
  const lines = Array.from(
    { length: 40 },
    (_, i) => `c_e506;anagrafe;${i + 1};anagrafe-${i + 1};"${secret.replaceAll('"', '""')}${i}"`,
  )
  const folder = t.testdir({
    'counters.csv': `\ufeff${rows('Comune;Ufficio;Sportello;Utente;Password', ...lines)}\r\n`,
    'common.yaml': 'broker:\r\n  url: mqtts://broker.comune.example\r\n',
  })
  const { code, stdout, stderr } = await seed(
    folder,
    'counters.csv',
    '--common',
    'common.yaml',
    '--output',
    'out',
  )
  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /^Wrote 40 settings files into out, .*\n\nNext: print out.labels\.html/)
  t.match(stdout, 'Passwords are in counters.csv and in out: delete them')
  t.notMatch(stdout, 'geheim')
  t.equal(readdirSync(join(folder, 'out')).length, 41)
  for (let i = 1; i <= 40; i++) {
    const file = join(folder, 'out', `c_e506-anagrafe-${i}`, 'faccina.yaml')
    const text = readFileSync(file, 'utf8')
    const parsed = parseSettings(text, file)
    const broker = {
      url: 'mqtts://broker.comune.example',
      username: `anagrafe-${i}`,
      password: secret + (i - 1),
    }
    t.match(parsed, { ok: true, settings: { terminal: { ...smallest, counter: `${i}` }, broker } })
    t.notMatch(text, /[^\r]\n/)
    t.equal(statSync(file).mode & 0o777, 0o600)
  }
  const labels = readFileSync(join(folder, 'out/labels.html'), 'utf8')
  t.equal(labels.split('<section').length - 1, 40)
  t.notMatch(labels, 'geheim')
})

t.test('a real run: nothing is written over without --force', async (t) => {
  const folder = t.testdir({ 'c.csv': rows(head, 'c_e506;anagrafe;3') })
  t.match(await seed(folder, 'c.csv', '--check'), {
    code: 0,
    stdout: 'c.csv: 1 counter, all fine. Nothing was written.\n',
  })
  t.notOk(existsSync(join(folder, 'cards')))
  t.match(await seed(folder, 'c.csv'), { code: 0, stdout: /^Wrote 1 settings file into cards/, stderr: '' })
  t.match(await seed(folder, 'c.csv'), { code: 0, stdout: /^Nothing to write: cards already has all of it/ })
  const mine = join(folder, 'cards/c_e506-anagrafe-3/faccina.yaml')
  writeFileSync(mine, 'mine')
  writeFileSync(join(folder, 'c.csv'), rows(head, 'c_e506;anagrafe;3', 'c_e506;anagrafe;4'))
  const refused = await seed(folder, 'c.csv')
  t.match(refused, {
    code: 1,
    stdout: '',
    stderr: /faccina\.yaml: found a file with other content\.\n.*labels\.html/,
  })
  t.equal(readFileSync(mine, 'utf8'), 'mine')
  t.notOk(existsSync(join(folder, 'cards/c_e506-anagrafe-4')), 'nor is anything else written')
  t.match(await seed(folder, 'c.csv', '--force'), { code: 0, stdout: /^Wrote 2 settings files/ })
  t.match(readFileSync(mine, 'utf8'), /^# Settings of the Faccina terminal at counter 3/)
})

t.test('a real run: every mistake of the values, of the table and of the common file at once', async (t) => {
  const header = `${head};Lingue;Password;delivery.keepDays;hours.week.monday;broker.url`
  const folder = t.testdir({
    'c.csv': rows(
      header,
      `c_e506;Stato Civile;3;it, ru;${quotedSecret};many;08.30-12.30;mqtts://anna:geheim@b`,
      'c_e506;anagrafe;3;;;;;',
      'c_e506;anagrafe;;;;;;',
      'c_e506;anagrafe;3;;;;;;;geheim',
    ),
    'common.yaml': 'broker:\n  urll: x\nlog:\n  level: loud\n',
  })
  const { code, stdout, stderr } = await seed(folder, 'c.csv', '--common', 'common.yaml')
  const lines = stderr.trimEnd().split('\n')
  const expected = [
    /^c\.csv:2: column B \(Ufficio\): found "Stato Civile"; allowed here: 1 to 64 of .* Write it as stato-civile\.$/,
    /^c\.csv:2: column D \(Lingue\): found "ru"; allowed here: it, de, sl, fr, en\.$/,
    /^c\.csv:2: column F \(delivery\.keepDays\): found "many"; allowed here: a whole number of days from 0 to/,
    /^c\.csv:2: column G \(hours\.week\.monday\): found "08\.30-12\.30"; allowed here: HH:MM-HH:MM.* as 08:30-12:30\.$/,
    /^c\.csv:2: column H \(broker\.url\): found "mqtts:\/\/…@b"; allowed here: mqtts:\/\/host:port/,
    /^c\.csv:4: column C \(Sportello\): found nothing; allowed here: 1 to 64 of/,
    /^c\.csv:5: found 10 fields; allowed here: 8,/,
    /^common\.yaml:2: broker\.urll: found an unknown key; .* Did you mean url\?$/,
    /^common\.yaml:4: log\.level: found "loud"; allowed here: debug, info, warn, error\.$/,
    /^$/,
    /^Nothing was written\.$/,
  ]
  const sorted = lines.slice(0, expected.length).sort()
  t.equal(lines.length, expected.length, stderr)
  for (const pattern of expected)
    t.ok(
      sorted.some((line) => pattern.test(line)),
      `${pattern}`,
    )
  t.equal(code, 1)
  t.equal(stdout, '')
  t.notMatch(stderr, /geheim|0815/)
  t.notOk(existsSync(join(folder, 'cards')))
})

t.test('a real run: a common file that completes the columns, and ones that cannot be read', async (t) => {
  const folder = t.testdir({
    'c.csv': rows(
      `${head};broker.url;broker.ca`,
      'c_e506;anagrafe;3;mqtts://b;',
      'c_e506;anagrafe;4;mqtt://b;/a',
    ),
    'good.yaml': 'broker:\n  ca: /etc/faccina/ca.pem\n  password: "geheim"\n',
    'tab.yaml': 'broker:\n\turl: x\n',
    'list.yaml': '- a\n',
  })
  const latin1 = Buffer.from('broker: {url: "mqtts://b", password: "gehèim"}\n', 'latin1')
  writeFileSync(join(folder, 'latin1.yaml'), latin1)
  const found: Record<string, RegExp> = {
    'good.yaml': /^c\.csv:3: column E \(broker\.ca\): found .*must begin with mqtts:\/\/\.\n\nNothing/,
    'tab.yaml': /^tab\.yaml:2: found a tab\. Indent with spaces\.\n/,
    'list.yaml': /^list\.yaml:/,
    'latin1.yaml': /^latin1\.yaml: found bytes that are not UTF-8; allowed here: text in UTF-8\./,
    'none.yaml': /^none\.yaml: found no such file; allowed here: a file to read\./,
  }
  for (const [file, words] of Object.entries(found)) {
    const { code, stderr } = await seed(folder, 'c.csv', '--common', file, '--check')
    t.equal(code, 1, file)
    t.match(stderr, words, file)
    t.notMatch(stderr, /geh.im/, file)
  }
  writeFileSync(join(folder, 'c.csv'), rows(`${head};broker.url`, 'c_e506;anagrafe;3;mqtts://b'))
  const fine = await seed(folder, 'c.csv', '--common', 'good.yaml')
  t.match(fine, { code: 0, stdout: /Passwords are in good\.yaml and in cards: delete/, stderr: '' })
  t.match(fine.stdout, /^note, for 1 counter: broker\.password: a password without broker\.username/)
})

t.test('used wrongly, and help', async (t) => {
  const folder = t.testdir({})
  t.match(await seed(folder, '--help'), { code: 0, stdout: /^Usage: node hardware\/image\/seed/, stderr: '' })
  t.match(await seed(folder), { code: 2, stderr: /found 0 tables, allowed is one\n\nUsage/ })
  t.match(await seed(folder, 'a', 'b'), { code: 2, stderr: /found 2 tables/ })
  t.match(await seed(folder, 'a', '--outptu', 'x'), { code: 2, stderr: /--outptu.*\n\nUsage/ })
  t.match(await seed(folder, 'none.csv'), {
    code: 1,
    stderr: 'none.csv: found no such file; allowed here: a file to read.\n',
  })
  const direct = spawnSync(seedScript, ['--help'], { encoding: 'utf8' })
  t.match(direct, { status: 0, stdout: /^Usage/ }, 'it is executable')
})
