import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml'
import { firstTooDeep } from './depth.ts'
import { keyWords } from './found.ts'
import type { Problem } from './problem.ts'

/** A settings file as YAML, before anybody asks what it means. */
export interface SettingsDocument {
  file: string
  document: Document.Parsed
  lines: LineCounter
}

export type Path = readonly (string | number)[]

/** More than a settings file can sensibly be. */
export const maxBytes = 65_536
const maxAliases = 50

/** What messages say of a kind of file as a whole. */
export interface FileWords {
  /** `no settings`. */
  nothing: string
  /** `sections such as terminal`. */
  sections: string
  /** How to get a file that is right. */
  start: string
}

export const settingsWords: FileWords = {
  nothing: 'no settings',
  sections: 'sections such as terminal',
  start: 'Begin with what `faccina settings example` prints.',
}

/** Reads the text as YAML. `read` is missing when its problems leave nothing to look at. */
export function readDocument(
  text: string,
  file: string,
  { nothing, sections, start }: FileWords,
): { read?: SettingsDocument; problems: Problem[] } {
  const unfit = unfitText(text)
  if (unfit) return { problems: [{ file, line: 0, column: 0, key: '', hint: start, ...unfit }] }
  const lines = new LineCounter()
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    logLevel: 'error',
    prettyErrors: false,
    schema: 'core',
    merge: false,
    stringKeys: true,
    resolveKnownTags: false,
  })
  const problem = (offset: number, facts: Facts): Problem => ({
    file,
    ...position(lines, offset),
    key: '',
    hint: start,
    ...facts,
  })
  let known: ReadonlyMap<number, string> | undefined
  const names = () => {
    known ??= namesOf(document)
    return known
  }
  // A key that is there twice leaves the rest readable; what comes after another error is guesswork.
  const broken = document.errors.findIndex(({ code }) => code !== 'DUPLICATE_KEY')
  const told = broken < 0 ? [...document.errors, ...document.warnings] : document.errors.slice(0, broken + 1)
  const problems = told.map(({ code, pos, message }) => {
    const open = code === 'MISSING_CHAR' && /closing/i.test(message) ? openQuote(document, pos[0]) : undefined
    const facts = open === undefined ? (syntax[code] ?? unreadable) : unclosed
    return {
      ...problem(open ?? pos[0], { allowed: '', ...facts }),
      ...(code === 'DUPLICATE_KEY' && { key: names().get(pos[0]) ?? '' }),
    }
  })
  if (broken >= 0) {
    const cause = likelyCause(text)
    return { problems: cause ? [problem(cause.offset, cause.facts)] : problems }
  }
  if (document.warnings.length > 0) return { problems }
  const { contents } = document
  if (isMap(contents)) return { read: { file, document, lines }, problems }
  if (contents === null || (isScalar(contents) && contents.value === null))
    return {
      problems: [{ file, line: 0, column: 0, key: '', found: nothing, allowed: sections, hint: start }],
    }
  const found = isSeq(contents) ? 'a list' : 'a text'
  return { problems: [problem(contents.range[0], { found, allowed: sections, hint: start })] }
}

type Facts = Pick<Problem, 'found' | 'allowed' | 'hint'>

/** What is wrong with a text that had better not be parsed at all. */
function unfitText(text: string): (Facts & { line?: number }) | undefined {
  if (new TextEncoder().encode(text).length > maxBytes)
    return { found: 'more than 64 KiB', allowed: 'at most 64 KiB', hint: 'Is it really the right file?' }
  if (text.includes('\0'))
    return { found: 'zero bytes', allowed: 'text in UTF-8', hint: 'Save the file anew, as UTF-8.' }
  const line = firstTooDeep(text)
  return line === undefined ? undefined : { line, allowed: '', ...tooDeep }
}

/** Where the quoted text begins that has no end. */
function openQuote(document: Document.Parsed, end: number): number | undefined {
  let offset: number | undefined
  visit(document, {
    Scalar(_, { type, range }) {
      const quoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
      if (quoted && range && range[0] <= end) offset = range[0]
    },
  })
  return offset
}

/** What the parser stumbles over without knowing it: signs that are no part of YAML, and are not seen. */
function likelyCause(text: string): { offset: number; facts: Facts } | undefined {
  for (const [before, facts] of causes) {
    const found = before.exec(text.replace(/^\uFEFF/, ''))
    if (found) return { offset: found.index + found[0].length, facts }
  }
  return undefined
}

/** The document as plain values, or what is wrong with its aliases. */
export function plainValues(read: SettingsDocument): { values: unknown } | { problem: Problem } {
  const { file, document, lines } = read
  try {
    return { values: document.toJS({ maxAliasCount: maxAliases }) }
  } catch {
    const lost = lostAlias(document)
    const place = lost === undefined ? { line: 0, column: 0 } : position(lines, lost)
    const { found, hint } = lost === undefined ? tooMany : syntax.BAD_ALIAS!
    return { problem: { file, ...place, key: '', found, allowed: '', hint: hint! } }
  }
}

/** Where an alias stands that no anchor goes before. Looked for in one go: a file may be full of them. */
function lostAlias(document: Document.Parsed): number | undefined {
  const anchors = new Set<string>()
  let offset: number | undefined
  visit(document, {
    Alias(_, { source, range }) {
      if (anchors.has(source)) return undefined
      offset = range?.[0]
      return visit.BREAK
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor)
    },
  })
  return offset
}

/** The dotted names of all keys, by the offsets at which they stand. */
function namesOf(document: Document.Parsed): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  visit(document, {
    Pair(_, pair, path) {
      if (!isScalar(pair.key) || !pair.key.range) return
      const name = [...path.filter((one) => isPair(one)), pair].map((one) => keyWords(keyText(one))).join('.')
      names.set(pair.key.range[0], name)
    },
  })
  return names
}

/** The node that a path leads to; `key` is where its name stands. Aliases are followed. */
export function nodeAt(read: SettingsDocument, path: Path): { key?: Node; value?: Node } | undefined {
  let value = read.document.contents as Node | null | undefined
  let key: Node | undefined
  for (const part of path) {
    const inside = isAlias(value) ? value.resolve(read.document) : value
    if (isSeq(inside) && typeof part === 'number') {
      value = inside.items[part] as Node | undefined
      key = value
    } else if (isMap(inside)) {
      const pair = (inside.items as Pair<Node, Node | null>[]).findLast(
        (one) => keyText(one) === String(part),
      )
      key = pair?.key
      value = pair?.value
    } else return undefined
    if (!key) return undefined
  }
  return { ...(key && { key }), ...(value && { value }) }
}

/** Line and column of a key or of a list's item; of what encloses it, where it is missing. */
export function positionOf(read: SettingsDocument, path: Path): { line: number; column: number } {
  for (let length = path.length; length > 0; length--) {
    const key = nodeAt(read, path.slice(0, length))?.key
    if (key?.range) return position(read.lines, key.range[0])
  }
  return { line: 1, column: 1 }
}

/** Line and column of a key that is at hand. */
export function positionOfKey(
  read: SettingsDocument,
  { key }: Pair<Node, unknown>,
): { line: number; column: number } {
  return key.range ? position(read.lines, key.range[0]) : { line: 1, column: 1 }
}

export function keyText(pair: Pair<unknown, unknown>): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

const quotes = 'Put a value that has one of : # [ ] { } & * ! | > @ ` % in it between quotes.'
const indent = 'Keys of one section begin below each other, two spaces further in than its name.'

const unreadable = { found: 'something that is not YAML' }

const unclosed = {
  found: 'a quote that is opened and not closed',
  allowed: '',
  hint: 'Put the same sign behind the value; of a value with a quote in it double that one.',
}
const pastedPem = {
  found: 'the contents of a certificate or a key',
  allowed: '',
  hint: 'Save them as a file of their own beside this one, such as terminal.pem, and write its name here.',
}
const noBreakSpace = {
  found: 'a no-break space, as copying from a web page or Word leaves it',
  allowed: '',
  hint: 'Delete it and type a space.',
}

const spreadsheet = {
  found: 'a line as a spreadsheet writes it',
  allowed: '',
  hint: 'Edit the settings with a text editor such as Notepad, not with Excel.',
}
/** What stands in front of it, outside of comments, and what it is. */
const causes: [RegExp, Facts][] = [
  [/^[^#\n]*?(?=-----BEGIN [A-Z ]+-----)/m, pastedPem],
  [/^[^#\n]*?(?=[\u00a0\u202f])/m, noBreakSpace],
  [/^(?=[^#\n]*[:"][;,]+\r?$)/m, spreadsheet],
]

const tooMany = { found: 'too many aliases (values that begin with *)', hint: 'Write them out.' }
const tooDeep = { found: 'lists within lists without end' }

/** The parser's own sentences are not shown: they repeat parts of the file, which may be a password. */
const syntax: Record<string, { found: string; hint?: string }> = {
  TAB_AS_INDENT: { found: 'a tab', hint: 'Indent with spaces.' },
  DUPLICATE_KEY: { found: 'the same key a second time', hint: 'Keep one of the two.' },
  MULTIPLE_DOCS: { found: 'a second document', hint: 'Leave out the line ---.' },
  BAD_INDENT: { found: 'a line that is indented wrongly, or a bracket that is not closed', hint: indent },
  BLOCK_AS_IMPLICIT_KEY: { found: 'a second key within a value', hint: `${indent} ${quotes}` },
  MULTILINE_IMPLICIT_KEY: { found: 'a key without a colon', hint: indent },
  MISSING_CHAR: {
    found: 'a sign missing: a colon with a space after it, or the end of a quoted text',
    hint: 'Write key: value, with a space after the colon.',
  },
  BAD_SCALAR_START: { found: 'a value that begins with a sign of YAML', hint: quotes },
  BAD_DQ_ESCAPE: {
    found: 'a backslash between double quotes',
    hint: 'Use single quotes: between them a backslash is nothing special.',
  },
  UNEXPECTED_TOKEN: { found: 'something left over behind a value', hint: quotes },
  TAG_RESOLVE_FAILED: { found: 'a value that begins with !', hint: quotes },
  BAD_ALIAS: { found: 'a value that begins with *', hint: quotes },
  NON_STRING_KEY: { found: 'a list or a section where a key belongs', hint: indent },
  BAD_DIRECTIVE: { found: 'a line that begins with %', hint: 'Leave it out.' },
  RESOURCE_EXHAUSTION: tooDeep,
}
