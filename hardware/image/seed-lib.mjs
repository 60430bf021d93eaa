/**
 * From a CSV of counters to the settings file of each: the part of `seed` that only thinks. What a key may be is
 * asked of Faccina itself: the JSON Schema says which keys there are, and `settings check` judges each file.
 */
import { readCsv } from './seed-csv.mjs'
import { valueAt } from './seed-yaml.mjs'

export { decodeText, readCsv, separatorOf } from './seed-csv.mjs'
export { readCommon, settingsText } from './seed-yaml.mjs'

/** What people call a column, and the key of the settings that it fills. */
const names = {
  'terminal.municipality': ['comune', 'municipality', 'codice comune', 'codice ipa', 'ente'],
  'terminal.office': ['ufficio', 'office', 'servizio'],
  'terminal.counter': ['sportello', 'counter'],
  languages: ['lingue', 'lingua', 'languages', 'language'],
  panel: ['pannello', 'panel'],
  survey: ['questionario', 'survey'],
  'broker.url': ['broker', 'url'],
  'broker.username': ['utente', 'nome utente', 'username', 'user', 'user name'],
  'broker.password': ['password'],
}
const required = ['terminal.municipality', 'terminal.office', 'terminal.counter']
const ignored = /^(#|(note?|notes|commento|commenti|comment|comments|osservazioni|remarks)(\b|$))/

/** Every key of the settings and what belongs there, `text`, `number` or `list`, from their JSON Schema. */
export function settingsKeys(schema, path = []) {
  return Object.entries(schema.properties).flatMap(([name, entry]) => {
    const here = [...path, name]
    if (entry.properties) return settingsKeys(entry, here)
    const types = [entry.type].flat()
    const is = types.includes('array') ? 'list' : types.includes('string') ? 'text' : 'number'
    return [{ key: here.join('.'), is }]
  })
}

/**
 * The counters of a CSV.
 * @param text what is in it
 * @param file its name, for the messages
 * @param keys from `settingsKeys`
 * @param common the values of the common file, as far as it could be read
 * @returns the counters whose line can be read, and every problem of the table itself
 */
export function readCounters(text, file, keys, common) {
  const { records, problems: broken } = readCsv(text)
  const [head, ...rows] = records
  const allowedHead = 'a line with the names of the columns first, such as comune;ufficio;sportello'
  if (!head) return failed({ file, line: 0, found: 'no line with text in it', allowed: allowedHead })
  const { columns, problems } = readHead(head, file, keys, common)
  // A file without a header would have its first counter, and that one's password, shown as names of columns.
  if (!columns.some(({ key }) => required.includes(key)))
    return failed({
      file,
      line: head.line,
      found: 'no column that says which counter it is',
      allowed: allowedHead,
    })
  for (const { column, ...problem } of broken)
    problems.push({ file, ...problem, where: place(columns, column) })
  const unreadable = new Set(broken.map(({ line }) => line))
  const counters = []
  for (const row of rows) {
    const wrong = rowProblems(row, columns).map((problem) => ({ file, line: row.line, ...problem }))
    problems.push(...wrong)
    if (wrong.length === 0 && !unreadable.has(row.line)) counters.push(counterOf(row, columns, common))
  }
  if (rows.length === 0)
    problems.push({
      file,
      line: head.line,
      found: 'no counter below it',
      allowed: 'one line for each counter',
    })
  return { columns, counters, problems: [...problems, ...collisions(counters, file)] }
}

function failed(problem) {
  return { columns: [], counters: [], problems: [problem] }
}

function readHead(head, file, keys, common) {
  const problems = []
  const at = { file, line: head.line }
  const columns = head.fields.map(({ text }, i) => ({
    ...meaning(text, keys),
    title: text,
    letter: letter(i),
  }))
  for (const column of columns.filter(({ is }) => is === 'unknown'))
    problems.push({
      ...at,
      where: column.letter,
      found: `a column called ${JSON.stringify(column.title.slice(0, 40))}`,
      allowed: `${Object.values(names)
        .map(([first]) => first)
        .join(', ')}, a key of the settings such as hours.week.monday, note`,
      hint: 'To have a column left out, begin its name with #.',
    })
  for (const [i, { key, letter, title }] of columns.entries()) {
    const first = columns.findIndex((one) => one.key === key)
    if (key !== undefined && first < i)
      problems.push({
        ...at,
        where: `${letter} (${title})`,
        found: `${key} a second time, after column ${columns[first].letter} (${columns[first].title})`,
        allowed: 'one column for each',
      })
  }
  for (const key of required.filter(
    (key) => !columns.some((one) => one.key === key) && (valueAt(common, key) ?? null) === null,
  ))
    problems.push({
      ...at,
      found: `no column for ${key}`,
      allowed: names[key].join(', '),
      hint: 'Or set it in the common file, if it is the same for all.',
    })
  return { columns, problems }
}

/** What a column's name means; capitals, and how many spaces, make no difference. */
function meaning(title, keys) {
  const plain = title
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
    .trim()
  if (plain === '') return { is: 'nameless' }
  const named = Object.keys(names).find((key) => names[key].includes(plain))
  const known = keys.find(({ key }) => key === named || key.toLowerCase() === title.toLowerCase())
  if (known) return known
  return { is: ignored.test(plain) ? 'ignored' : 'unknown' }
}

/** What is wrong with a line as such. The fields themselves are not shown: a password may be among them. */
function rowProblems({ fields }, columns) {
  const problems = []
  const beyond = fields.findLastIndex(({ text }) => text !== '') + 1
  if (beyond > columns.length)
    problems.push({
      found: `${beyond} fields`,
      allowed: `${columns.length}, as many as columns have a name`,
      hint: 'Put a field that has the separator in it between two " signs.',
    })
  for (const [i, { is, key, letter, title }] of columns.entries()) {
    const field = fields[i]
    if (is === 'nameless' && field && field.text !== '')
      problems.push({ where: letter, found: 'a text in a column without a name', allowed: 'nothing' })
    if (key === 'broker.password' && field?.spaces && field.text !== '')
      problems.push({
        where: `${letter} (${title})`,
        found: 'a space before or behind the password',
        allowed: 'a password without them',
      })
  }
  return problems
}

function counterOf({ line, fields }, columns, common) {
  const values = columns.flatMap(({ key, is }, i) => {
    const text = fields[i]?.text ?? ''
    return key === undefined || text === '' ? [] : [{ key, value: cellValue(text, is) }]
  })
  const own = (key) => String(values.find((one) => one.key === key)?.value ?? valueAt(common, key) ?? '')
  const [municipality, office, counter] = required.map(own)
  return { line, values, municipality, office, counter }
}

/** A cell as the settings have it: lists are written with any sign between their items. */
function cellValue(text, is) {
  if (is === 'number') {
    const point = text.replace(/^(-?\d+),(\d+)$/, '$1.$2')
    return /^-?\d+(\.\d+)?$/.test(point) ? Number(point) : text
  }
  if (is === 'text') return text
  if (/^(-|\[\]|chiuso|closed|nessun[oa]?|none)$/i.test(text)) return []
  const items = text.replace(/^\[|\]$/g, '').replace(/\s*[-–—]\s*/g, '-')
  return items.split(/[\s,;|+/]+/).filter((item) => item !== '')
}

/** Counters that are there twice, and different ones whose names run together to the same. */
function collisions(counters, file) {
  const seen = new Map()
  return counters.flatMap((one) => {
    const { line, municipality, office, counter } = one
    if (!municipality || !office || !counter) return []
    const folder = folderOf(one)
    const first = seen.get(folder)
    if (!first) {
      seen.set(folder, one)
      return []
    }
    const same = first.municipality === municipality && first.office === office
    return [
      {
        file,
        line,
        found: same
          ? `the counter ${municipality}/${office}/${counter} a second time, after line ${first.line}`
          : `the name ${folder} a second time, after line ${first.line}, where municipality, office and counter are divided differently`,
        allowed: 'each counter once',
        ...(!same && { hint: 'Folder and client id would be the same: name one of the two otherwise.' }),
      },
    ]
  })
}

/** What a card's folder is called. */
export function folderOf({ municipality, office, counter }) {
  return `${municipality}-${office}-${counter}`
}

/**
 * What the terminal is called in the network: a DNS label has no `_` and at most 63 characters (RFC 1123). Of a
 * longer one the end is kept, where the counter is.
 */
export function hostnameOf(counter) {
  return `faccina-${folderOf(counter)
    .replaceAll('_', '-')
    .slice(-55)
    .replace(/^-+|-+$/g, '')}`
}

/**
 * Where a problem of a counter's settings file comes from: a column of its line, or a line of the common file.
 * @param common from `readCommon`
 * @returns undefined where it is only what a missing column or an unreadable common file leaves open
 */
export function placed({ key, found, allowed, hint }, { line, values }, columns, table, common) {
  const facts = { found, allowed, ...(hint && { hint }) }
  const column = (test) => columns.findIndex((one) => one.key !== undefined && test(one.key))
  // Of a group, such as a week without any time, nothing can be said while half of it is unknown.
  const related = (one) => key !== '' && (isWithin(key, one) || (common.readable && isWithin(one, key)))
  const inColumn = (i) => ({ file: table, line, where: place(columns, i), ...facts })
  const filled = column((one) => related(one) && values.some((value) => value.key === one))
  if (filled >= 0) return inColumn(filled)
  const commonLine = key === '' ? undefined : common.lineOf(key)
  if (commonLine !== undefined) return { file: common.file, line: commonLine, key, ...facts }
  const empty = column(related)
  if (empty >= 0) return inColumn(empty)
  if (!common.readable || required.includes(key)) return undefined
  return { file: table, line, key, general: true, ...facts }
}

function isWithin(inner, outer) {
  return inner === outer || inner.startsWith(`${outer}.`)
}

/** One line: file, line, column, what was found, what is allowed. What holds for many lines is said once. */
export function problemWords(problems) {
  const said = new Map()
  for (const one of problems) {
    const words = JSON.stringify({ ...one, line: one.general ? 0 : one.line })
    const lines = new Set(said.get(words)?.lines).add(one.line)
    said.set(words, { one, lines })
  }
  return [...said.values()].map(({ one: { file, where, key, found, allowed, hint }, lines: all }) => {
    const lines = [...all]
    const line = lines.length > 1 ? ` lines ${lines.join(', ')}:` : lines[0] > 0 ? `${lines[0]}:` : ''
    const column = where ? ` column ${where}:` : ''
    const fact = `${file}:${line}${column}${key ? ` ${key}:` : ''} found ${found}`
    return `${fact}${allowed ? `; allowed here: ${allowed}` : ''}.${hint ? ` ${hint}` : ''}`
  })
}

function place(columns, i) {
  const column = columns[i]
  return column ? `${column.letter}${column.title ? ` (${column.title})` : ''}` : letter(i)
}

/** A, B, … Z, AA: as the spreadsheet calls the column. */
function letter(i) {
  return i < 26 ? String.fromCharCode(65 + i) : letter(Math.floor(i / 26) - 1) + letter(i % 26)
}
