// @ts-expect-error: programs of the image are plain JavaScript
import * as seed from '../../../hardware/image/seed-lib.mjs'
import { parseSettings } from '../../../src/settings/index.ts'
import { settingsJsonSchema } from '../../../src/settings/json-schema.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'

const secret = 'Zq7-wkJx-9Fm'
const keys = seed.settingsKeys(settingsJsonSchema())
const common = seed.readCommon(Buffer.from('broker:\n  url: mqtts://b.example\n'), keys)

const target: Target = {
  holds:
    'bytes are counters, or problems with a line and a sentence that tells no password; a table written again as RFC 4180 has it reads the same; the file of a counter is YAML that says what the table says, and no name breaks out of its comment',
  covers: ['hardware/image/seed-csv.mjs', 'hardware/image/seed-lib.mjs', 'hardware/image/seed-yaml.mjs'],
  maxBytes: 4_000,
  words: [
    'comune',
    'ufficio',
    'sportello',
    'password',
    ';',
    ',',
    '\t',
    '"',
    '""',
    '\r\n',
    '\r',
    'sep=;\r\n',
    '\ufeff',
    '# ',
    secret,
  ],
  *corpus() {
    yield 'comune;ufficio;sportello;password;note\r\nc_e506;anagrafe;1;abc;x\r\nc_e506;anagrafe;2;"a;""b""";\r\n'
    yield `municipality,office,counter,languages,broker.password\nc_e506,anagrafe,1,"it, de",${secret}\n`
    yield Buffer.from('\ufeffcomune\tufficio\tsportello\r\nc_e506\tanagrafe\t03\r\n', 'utf16le')
    yield Buffer.from(
      'sep=;\r\ncomune;ufficio;sportello;hours.week.monday\r\nc_e506;citt\xe0;1;08:30 \x96 12:30\r\n',
      'latin1',
    )
    yield 'comune;ufficio;sportello;visit.lockoutSeconds\nc_e506;a;1;2,5\nc_e506;a;1;\nc_e506;;2;3\n'
  },
  check(bytes) {
    const text = seed.decodeText(bytes) as string
    const { records, problems } = seed.readCsv(text) as {
      records: { line: number; fields: { text: string }[] }[]
      problems: { line: number }[]
    }
    const lines = text.split(/\r\n|\r|\n/).length
    for (const { line } of [...records, ...problems])
      must(line >= 1 && line <= lines, () => `line ${line} of ${lines}`)
    if (problems.length === 0) mustReadAgain(records)
    const table = seed.readCounters(text, 'c.csv', keys, common.values)
    const words = seed.problemWords(table.problems) as string[]
    for (const word of words) {
      must(word.startsWith('c.csv:') && !/undefined|\[object/.test(word), () => `no words: ${word}`)
      must(!passwordOnly(text, records) || !word.includes(secret), () => `a password is told: ${word}`)
    }
    if (words.length === 0) for (const counter of table.counters) mustBeWritten(counter)
  },
}
export default target

function mustReadAgain(records: { fields: { text: string }[] }[]): void {
  const rows = records.map(({ fields }) => fields.map(({ text }) => text))
  const written = rows
    .map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(';'))
    .join('\r\n')
  const again = seed.readCsv(`sep=;\r\n${written}`)
  mustEqual(again.problems, [], 'problems of what was written again')
  mustEqual(
    again.records.map((record: { fields: { text: string }[] }) => record.fields.map(({ text }) => text)),
    rows,
    'read again',
  )
}

/** Whether the secret stands in a column of passwords alone. */
function passwordOnly(text: string, records: { fields: { text: string }[] }[]): boolean {
  const columns = records[0]?.fields.map(({ text }) => text.toLowerCase()) ?? []
  const rows = records.slice(1).filter(({ fields }) => fields.some(({ text }) => text.includes(secret)))
  const places = rows.flatMap(({ fields }) =>
    fields.flatMap(({ text }, i) => (text.includes(secret) ? [i] : [])),
  )
  const head = columns.some((column) => column.includes(secret.toLowerCase()))
  return (
    text.includes(secret) &&
    !head &&
    places.every((i) => ['password', 'broker.password'].includes(columns[i] ?? ''))
  )
}

function mustBeWritten(counter: {
  municipality: string
  office: string
  counter: string
  values: { key: string; value: unknown }[]
}): void {
  const text = seed.settingsText(counter, common.values) as string
  const lines = text.split('\r\n')
  must(
    lines[0]!.startsWith('# ') && lines[1]!.startsWith('# ') && lines[2] === '',
    () => `the head is ${JSON.stringify(text.slice(0, 300))}`,
  )
  must(!/[^\r]\n|\r[^\n]/.test(text), 'line ends of several kinds')
  const read = parseSettings(text, 'f')
  if (!read.ok) {
    must(
      !read.problems.some(({ hint }) => hint?.startsWith('Begin with what')),
      () => `no YAML: ${JSON.stringify(read.problems)}`,
    )
    return
  }
  const { terminal, broker } = read.settings
  mustEqual(
    terminal,
    { municipality: counter.municipality, office: counter.office, counter: counter.counter },
    'the counter',
  )
  const password = counter.values.find(({ key }) => key === 'broker.password')
  if (password) mustEqual(broker.password, password.value, 'the password')
}
