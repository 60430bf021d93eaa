/** The YAML side of `seed`: the common file, and the file of each counter. */
import { Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'

/**
 * The common file, as far as it can be read; why it cannot, `faccina settings check` explains. Where a text
 * belongs, what is written counts, as it does to Faccina: `password: 0123` keeps its 0.
 * @param keys from `settingsKeys`
 * @returns its values; whether it could be read; the line of a key, undefined where the file has none
 */
export function readCommon(bytes, keys) {
  const unreadable = { values: {}, readable: false, lineOf: () => undefined }
  try {
    const lines = new LineCounter()
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const document = parseDocument(text, { schema: 'core', logLevel: 'silent', lineCounter: lines })
    if (document.errors.length > 0) return unreadable
    for (const { key, is } of keys) {
      const node = is === 'text' && document.getIn(key.split('.'), true)
      if (isScalar(node) && ['number', 'boolean'].includes(typeof node.value)) node.value = node.source
    }
    const values = document.toJS({ maxAliasCount: 50 }) ?? {}
    if (!isGroup(values)) return unreadable
    return { values, readable: true, lineOf: (key) => lineOf(document, lines, key.split('.')) }
  } catch {
    // Not UTF-8, or aliases without end.
    return unreadable
  }
}

function lineOf(document, lines, path) {
  let inside = document.contents
  let pair
  for (const part of path) {
    pair = isMap(inside) ? inside.items.find(({ key }) => String(key) === part) : undefined
    if (!pair) return undefined
    inside = pair.value
  }
  return lines.linePos(pair.key.range[0]).line
}

/** The settings file of a counter: the common one, and over it what the CSV says. Lines end as Notepad wants it. */
export function settingsText(counter, common) {
  const { municipality, office, counter: name } = counter
  // `terminal` stands first, whatever is in the common file.
  const values = { terminal: {}, ...structuredClone(common) }
  for (const { key, value } of counter.values) put(values, key.split('.'), value)
  const document = new Document(values, { aliasDuplicateObjects: false })
  visit(document, {
    Seq: (_, list) => {
      list.flow = true
    },
  })
  const head = [
    // A name that is no good is in no file that is written, but its line must not end the comment.
    `Settings of the Faccina terminal at counter ${name}, office ${office}, municipality ${municipality}.`,
    'This file belongs on the boot partition of its card, under the name faccina.yaml.',
  ].map((line) => `# ${line.replace(/\s+/g, ' ')}\n`)
  const text = `${head.join('')}\n${document.toString({ lineWidth: 0, flowCollectionPadding: false })}`
  return text.replace(/\r?\n/g, '\r\n')
}

/** What stands at a dotted key; undefined where nothing does. */
export function valueAt(values, key) {
  return key.split('.').reduce((inside, part) => (isGroup(inside) ? inside[part] : undefined), values)
}

function put(values, [part, ...rest], value) {
  if (rest.length === 0) values[part] = value
  else {
    if (!isGroup(values[part])) values[part] = {}
    put(values[part], rest, value)
  }
}

function isGroup(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
