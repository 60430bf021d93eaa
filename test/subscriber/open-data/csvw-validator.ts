import { parseCsv } from './parse-csv.ts'

/**
 * Checks a table against its description as the W3C says (Metadata Vocabulary for Tabular Data; Model for
 * Tabular Data, section 6.4), as far as our descriptions go: what it does not know, it refuses. It knows
 * nothing of the code that makes them.
 */
export function validateCsvw(metadataText: string, csvText: string, file: string): string[] {
  const problems: string[] = []
  const check = (fine: boolean, problem: string) => {
    if (!fine) problems.push(problem)
  }
  const metadata = JSON.parse(metadataText) as Json
  const { '@context': context, url, dialect, tableSchema, ...annotations } = metadata
  check(
    JSON.stringify(context).match(/^\["http:\/\/www.w3.org\/ns\/csvw",\{"@language":"(it|en)"\}\]$/) !== null,
    `@context: ${JSON.stringify(context)}`,
  )
  check(String(url).split('/').at(-1) === file, `url: ${String(url)}`)
  checkAnnotations(annotations, problems)
  checkDialect(dialect as Json, problems)
  const { columns, primaryKey, ...others } = tableSchema as { columns: Json[]; primaryKey: string[] }
  check(Object.keys(others).length === 0, `tableSchema: ${Object.keys(others)}`)

  const { head, records } = parseCsv(csvText)
  check(!csvText.startsWith('\uFEFF'), 'there is a byte order mark')
  const names = columns.map((column) => String(column.name))
  check(new Set(names).size === names.length, 'names of columns are not unique')
  check(names.length === head.length, `${names.length} columns are described, there are ${head.length}`)
  for (const [i, column] of columns.entries()) checkColumn(column, head[i]!, records, problems)

  check(
    primaryKey.every((name) => names.includes(name)),
    `primaryKey: ${primaryKey}`,
  )
  const keys = records.map((record) => JSON.stringify(primaryKey.map((name) => record[name])))
  check(new Set(keys).size === keys.length, 'the primary key is not unique')
  return problems
}

type Json = Record<string, unknown>

/** Prefixes that need no declaration (RDFa core initial context), as far as we use them. */
const commonPrefix = /^(dc|foaf):[a-zA-Z]+$/
const languageTag = /^(it|en|und)$/

function checkAnnotations(annotations: Json, problems: string[]): void {
  for (const [name, value] of Object.entries(annotations)) {
    if (!commonPrefix.test(name)) problems.push(`${name} is neither a property of CSVW nor a common one`)
    checkValue(name, value, problems)
  }
}

/** Section 5.8 of the vocabulary: the JSON-LD that a common property may hold. */
function checkValue(name: string, value: unknown, problems: string[]): void {
  if (Array.isArray(value)) for (const item of value) checkValue(name, item, problems)
  else if (typeof value === 'object' && value !== null) {
    const { '@value': literal, '@language': language, '@type': type, '@id': id, ...rest } = value as Json
    if (literal !== undefined) {
      if (language !== undefined && type !== undefined) problems.push(`${name}: @language and @type`)
      if (language !== undefined && !languageTag.test(String(language))) problems.push(`${name}: @language`)
      if (type !== undefined && !/^xsd:(date|string)$/.test(String(type))) problems.push(`${name}: @type`)
      if (id !== undefined || Object.keys(rest).length > 0) problems.push(`${name}: more than a value`)
    } else if (language !== undefined) problems.push(`${name}: @language without @value`)
    checkAnnotations(rest, problems)
  }
}

function checkDialect(dialect: Json, problems: string[]): void {
  const allowed: Json = {
    encoding: 'utf-8',
    delimiter: ',',
    quoteChar: '"',
    doubleQuote: true,
    header: true,
    headerRowCount: 1,
    lineTerminators: ['\r\n'],
    trim: false,
  }
  for (const [name, value] of Object.entries(dialect))
    if (JSON.stringify(allowed[name]) !== JSON.stringify(value)) problems.push(`dialect: ${name}`)
}

function checkColumn(
  column: Json,
  heading: string,
  records: readonly Record<string, string>[],
  problems: string[],
): void {
  const { name, titles, datatype, null: nothing, required = false, ...annotations } = column
  const say = (problem: string) => problems.push(`${String(name)}: ${problem}`)
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(String(name))) say('this is no name (RFC 6570)')
  const texts = Object.entries(titles as Record<string, string>)
  if (!texts.every(([tag]) => languageTag.test(tag))) say('titles have an unknown language')
  if (!texts.some(([, text]) => text === heading)) say(`no title is the heading ${heading}`)
  if (nothing !== '') say('null')
  checkAnnotations(annotations, problems)
  const parse = parserOf(datatype as Json)
  if (!parse) say(`datatype ${JSON.stringify(datatype)}`)
  for (const record of records) {
    const cell = record[heading]!
    if (cell === '') {
      if (required) say('a required cell is empty')
    } else if (parse && !parse(cell)) say(`${JSON.stringify(cell)} is no ${JSON.stringify(datatype)}`)
  }
}

/** Section 6.4 of the model; undefined where the description is none. */
function parserOf({
  base,
  format,
  minimum,
  maximum,
  ...rest
}: Json): ((cell: string) => boolean) | undefined {
  if (Object.keys(rest).length > 0) return undefined
  const bounded = (value: number) =>
    value >= ((minimum as number | undefined) ?? -Infinity) &&
    value <= ((maximum as number | undefined) ?? Infinity)
  switch (base) {
    case 'string':
      return (cell) => new RegExp(`^(?:${String(format)})$`).test(cell)
    case 'date':
      if (format !== 'yyyy-MM-dd') return undefined
      return (cell) => /^\d{4}-\d\d-\d\d$/.test(cell) && isDay(cell)
    case 'nonNegativeInteger':
      return format === undefined ? (cell) => /^\d+$/.test(cell) && bounded(Number(cell)) : undefined
    case 'decimal':
      return format === undefined
        ? (cell) => /^-?\d+(\.\d+)?$/.test(cell) && bounded(Number(cell))
        : undefined
    default:
      return undefined
  }
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
