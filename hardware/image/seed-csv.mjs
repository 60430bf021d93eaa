/** Reading CSV as spreadsheets write it: whatever its encoding, its separator and its line ends. */

/**
 * What Windows-1252 has at 0x80 to 0x9f, where Latin-1 has control characters (WHATWG Encoding Standard). Many
 * releases of Node decode these bytes as Latin-1 (github.com/nodejs/node/issues/56542), so that it is done here.
 */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** The text of a file: UTF-8 with or without its mark, UTF-16 with it, and Windows-1252 where it is neither. */
export function decodeText(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return Array.from(bytes, (byte) =>
      byte >= 0x80 && byte <= 0x9f ? windows1252[byte - 0x80] : String.fromCharCode(byte),
    ).join('')
  }
}

/** The sign between the fields: what the line `sep=` says, else what the first line has most of outside quotes. */
export function separatorOf(text) {
  const told = /^sep=(.)\r?\n/i.exec(text)?.[1]
  if (told) return told
  const first = /^\s*(\S.*)/.exec(text.replace(/"[^"]*"/g, ''))?.[1] ?? ''
  const count = (sign) => first.split(sign).length - 1
  return [';', ',', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/**
 * Reads CSV (RFC 4180), with any of `;`, `,` and tab between the fields. Spaces around a field go; empty lines, and
 * lines of separators alone, are left out.
 * @returns the records, each with the line that it begins in, and what is wrong; no content of a field is in that
 */
export function readCsv(written) {
  const separator = separatorOf(written)
  const text = written.replace(/^sep=.\r?\n/i, '\n')
  const records = []
  const problems = []
  let line = 1
  let record = { line, fields: [] }
  let at = 0
  while (at <= text.length) {
    const { field, end, problem } = readField(text, at, separator)
    if (problem) problems.push({ line, column: record.fields.length, ...problem })
    record.fields.push(field)
    line += text.slice(at, end).split(/\r\n|\r|\n/).length - 1
    if (text[end] !== separator) {
      if (record.fields.some(({ text }) => text !== '')) records.push(record)
      record = { line: ++line, fields: [] }
    }
    at = end + (text.startsWith('\r\n', end) ? 2 : 1)
  }
  return { records, problems }
}

const openQuote = {
  found: 'a quote that is not closed',
  allowed: 'a field between two " signs, and "" for such a sign within it',
}
const afterQuote = { found: 'more text behind the closing quote', allowed: openQuote.allowed }

/** One field from `start`, and where what follows it stands. */
function readField(text, start, separator) {
  const ends = new RegExp(`[\\r\\n${separator === '\t' ? '\\t' : `\\${separator}`}]|$`, 'g')
  const endFrom = (from) => {
    ends.lastIndex = from
    return ends.exec(text).index
  }
  const lead = /^ *"/.exec(text.slice(start, endFrom(start)))?.[0]
  if (!lead) {
    const end = endFrom(start)
    const raw = text.slice(start, end)
    return { field: { text: raw.trim(), spaces: raw !== raw.trim() }, end }
  }
  const quoted = /^(?:[^"]|"")*/.exec(text.slice(start + lead.length))[0]
  const closing = start + lead.length + quoted.length
  const raw = quoted.replaceAll('""', '"')
  const field = { text: raw.trim(), spaces: raw !== raw.trim() }
  if (closing >= text.length) return { field, end: text.length, problem: openQuote }
  const end = endFrom(closing + 1)
  const rest = text.slice(closing + 1, end).trim()
  return { field, end, ...(rest !== '' && { problem: afterQuote }) }
}
