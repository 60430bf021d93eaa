import * as v from 'valibot'
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import {
  allowed,
  describe,
  find,
  type Group,
  groupsOf,
  keyOf,
  type Leaf,
  leavesOf,
  nameOf,
  shapeWords,
} from './describe.ts'
import {
  type FileWords,
  keyText,
  nodeAt,
  type Path,
  plainValues,
  positionOf,
  positionOfKey,
  readDocument,
  type SettingsDocument,
} from './document.ts'
import { foundWords, keyWords } from './found.ts'
import { hintFor } from './hints.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'
import { type Renamed, rename } from './renamed.ts'

export type Checked<T> =
  | { ok: true; values: T; renames: Renamed[]; positionOf: (path: Path) => { line: number; column: number } }
  | { ok: false; problems: Problem[] }

/**
 * Reads a YAML file by a schema that is made of `kinds.ts`.
 * @param text what is in it
 * @param file its name, for the messages
 * @param schemaOf the schema; it may depend on what the file says, as far as that can be read
 * @param words what messages say of the file as a whole
 * @param table keys that have got other names
 * @returns its values with every default, or every problem of the file in the order of its lines
 */
export function checkFile<S extends v.GenericSchema>(
  text: string,
  file: string,
  schemaOf: (values: unknown) => S,
  words: FileWords,
  table: Readonly<Record<string, string>> = {},
): Checked<v.InferOutput<S>> {
  const { read, problems } = readDocument(text, file, words)
  // The parser tells them as it finds them, which is not always from top to bottom.
  if (!read) return { ok: false, problems: inOrder(problems) }
  const renames = rename(read, table)
  if (renames.problems.length > 0) return { ok: false, problems: inOrder([...problems, ...renames.problems]) }
  const plain = plainValues(read)
  if ('problem' in plain) return { ok: false, problems: inOrder([...problems, plain.problem]) }
  const { values } = plain
  const schema = schemaOf(values)
  const described = describe(schema)
  for (const leaf of leavesOf(described)) takeAsWritten(read, values, leaf)
  for (const group of groupsOf(described)) refuseList(read, values, group)
  // Our own checks carry their hint as the message; valibot's own sentences are not wanted.
  const result = v.safeParse(schema, values, { message: '' })
  problems.push(
    ...unknownKeys(read, described, described),
    ...curledQuotes(read, described, result.issues ?? []),
    ...issueProblems(read, described, result.issues ?? []),
  )
  if (problems.length > 0 || !result.success) return { ok: false, problems: inOrder(problems) }
  return {
    ok: true,
    values: result.output,
    renames: renames.found,
    positionOf: (path) => positionOf(read, path),
  }
}

/** `counter: 03` is a number to YAML, and a name to whoever wrote it: where a text belongs, what is written counts. */
function takeAsWritten(read: SettingsDocument, values: unknown, { shape, path }: Leaf): void {
  if (shape.is !== 'text') return
  const scalar = followed(read, nodeAt(read, path)?.value)
  if (!isScalar(scalar) || (typeof scalar.value !== 'number' && typeof scalar.value !== 'boolean')) return
  put(values, path, scalar.source)
}

/** A list is an object to valibot, and would pass for a section in which nothing is set. */
function refuseList(read: SettingsDocument, values: unknown, { path }: Group): void {
  if (isSeq(followed(read, nodeAt(read, path)?.value))) put(values, path, false)
}

function put(values: unknown, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((inside, key) => (inside as Record<string, unknown>)[key], values)
  ;(parent as Record<string, unknown>)[keyOf({ path })] = value
}

const curled = /^[\u2018-\u201f\u00ab\u00bb\u2039\u203a]/
const straightQuotes = 'Write straight quotes: "like this".'

/** Valibot names only the first unknown key of a group, so that all are looked for here. */
function unknownKeys(read: SettingsDocument, group: Group, described: Group): Problem[] {
  const map = followed(read, nodeAt(read, group.path)?.value)
  if (!isMap(map)) return []
  const names = group.entries.map(keyOf)
  const unknown = (map.items as Pair<Node, Node | null>[]).filter((pair) => !names.includes(keyText(pair)))
  const groups = group.entries.filter((entry) => entry.is === 'group')
  return [
    ...unknown.map((pair) => {
      const key = keyText(pair)
      return {
        file: read.file,
        ...positionOfKey(read, pair),
        key: [...group.path, keyWords(key)].join('.'),
        found: 'an unknown key',
        allowed: allowed(group),
        ...unknownHint(key, names, described),
      }
    }),
    ...groups.flatMap((entry) => unknownKeys(read, entry, described)),
  ]
}

/** Word processors and some editors turn quotes into these, and then they are part of the value. */
function curledQuotes(
  read: SettingsDocument,
  described: Group,
  issues: readonly v.BaseIssue<unknown>[],
): Problem[] {
  const told = issues.map(({ path = [] }) => path.map(({ key }) => key).join('.'))
  return leavesOf(described).flatMap((leaf) => {
    const written = writtenAt(read, leaf.path)
    if (typeof written !== 'string' || !curled.test(written) || told.includes(nameOf(leaf))) return []
    const found = 'a text between typographic quotes'
    return [
      {
        file: read.file,
        ...positionOf(read, leaf.path),
        key: nameOf(leaf),
        found,
        allowed: allowed(leaf),
        hint: straightQuotes,
      },
    ]
  })
}

function unknownHint(key: string, names: readonly string[], described: Group): { hint?: string } {
  if (key === '<<') return { hint: 'Merging is not supported: write the keys out.' }
  if (key.includes(':')) return { hint: 'Write key: value, with a space after the colon.' }
  const meant = nearest(key, names)
  if (meant) return { hint: `Did you mean ${meant}?` }
  if (described.entries.some((entry) => entry.is === 'group' && keyOf(entry) === key))
    return { hint: `${key} is a section of its own: begin its line at the very left.` }
  const elsewhere = leavesOf(described).filter((leaf) => keyOf(leaf).toLowerCase() === key.toLowerCase())
  return elsewhere.length > 0 ? { hint: `Did you mean ${elsewhere.map(nameOf).join(' or ')}?` } : {}
}

function issueProblems(
  read: SettingsDocument,
  described: Group,
  issues: readonly v.BaseIssue<unknown>[],
): Problem[] {
  const told = new Set<string>()
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map(({ key }) => key as string | number)
    const name = path.join('.')
    const unknown = issue.type === 'strict_object' && issue.expected === 'never'
    // One problem for each place: a number below its limit need not be told that it is also no whole one.
    if (unknown || told.has(name)) return []
    told.add(name)
    return [issueProblem(read, described, path, issue)]
  })
}

function issueProblem(
  read: SettingsDocument,
  described: Group,
  path: Path,
  issue: v.BaseIssue<unknown>,
): Problem {
  const one = find(described, path)
  const item = one?.is === 'leaf' && one.shape.is === 'list' && path.length > one.path.length
  const written = writtenAt(read, path)
  const standard =
    written === undefined && issue.type !== 'strict_object' ? `${issuedValue(issue)}, the default` : undefined
  const hint =
    typeof written === 'string' && curled.test(written)
      ? straightQuotes
      : issue.message || hintFor(written, one, item === true)
  return {
    file: read.file,
    ...positionOf(read, path),
    key: one ? nameOf(one) : path.join('.'),
    found: standard ?? foundWords(written, one),
    allowed: one ? (item && one.shape.is === 'list' ? shapeWords(one.shape.item) : allowed(one)) : '',
    ...(hint && { hint }),
  }
}

function issuedValue(issue: v.BaseIssue<unknown>): unknown {
  return issue.path?.at(-1)?.value
}

/** The value as YAML reads it, as far as messages need it; undefined where there is none. */
function writtenAt(read: SettingsDocument, path: Path): unknown {
  const value = (node: unknown): unknown => {
    const inside = followed(read, node)
    return isScalar(inside) ? inside.value : inside && {}
  }
  const node = followed(read, nodeAt(read, path)?.value)
  return isSeq(node) ? node.items.map(value) : value(node)
}

function followed(read: SettingsDocument, node: unknown): unknown {
  return isAlias(node) ? node.resolve(read.document) : node
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column)
}
