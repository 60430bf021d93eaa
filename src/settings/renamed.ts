import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml'
import { keyText, nodeAt, type Path, positionOf, type SettingsDocument } from './document.ts'
import type { Problem } from './problem.ts'

/**
 * Keys that have got another name, or another place: old → new, dotted. A file with the old name works for ever and
 * is told of it; a line here is never removed. (A key that has gone, or whose values mean something else, is no
 * renamed one: it gets a new name, and the old one is refused with a hint.)
 */
export const renamed: Readonly<Record<string, string>> = {}

/** A key that stood in the file under its old name. */
export interface Renamed {
  from: string
  to: string
  line: number
  column: number
}

/** Gives keys of a document their present names, before anybody looks at them; where both are there, it says so. */
export function rename(
  read: SettingsDocument,
  table: Readonly<Record<string, string>>,
): { found: Renamed[]; problems: Problem[] } {
  const found: Renamed[] = []
  const problems: Problem[] = []
  for (const [from, to] of Object.entries(table)) {
    const [before, after] = [from.split('.'), to.split('.')]
    if (!nodeAt(read, before)) continue
    const place = positionOf(read, before)
    if (nodeAt(read, after)) {
      const hint = `It is called ${to} now, which is set as well: keep that one.`
      problems.push({ file: read.file, ...place, key: from, found: 'an old name', allowed: '', hint })
    } else if (move(read, before, after)) found.push({ from, to, ...place })
  }
  return { found, problems }
}

/** What the technician is told of it. */
export function renamedWords({ to }: Renamed): string {
  return `this is called ${to} now. The old name still works.`
}

function move(read: SettingsDocument, from: Path, to: Path): boolean {
  const source = mapAt(read, from.slice(0, -1))
  const at = source?.items.findIndex((pair) => keyText(pair) === from.at(-1)) ?? -1
  if (!source || at < 0) return false
  const target = mapAt(read, to.slice(0, -1)) ?? newMap(read, to.slice(0, -1))
  const [pair] = source.items.splice(at, 1)
  // The name changes, the place in the file stays: messages still find their line.
  if (!pair || !target || !isScalar(pair.key)) return false
  pair.key.value = to.at(-1)
  target.items.push(pair)
  return true
}

function mapAt(read: SettingsDocument, path: Path): YAMLMap<unknown, unknown> | undefined {
  const value = path.length === 0 ? read.document.contents : nodeAt(read, path)?.value
  return isMap(value) ? (value as YAMLMap<unknown, unknown>) : undefined
}

/** A section that the file does not have yet; sections stand at the top. */
function newMap({ document }: SettingsDocument, path: Path): YAMLMap<unknown, unknown> | undefined {
  const [name, ...deeper] = path
  if (name === undefined || deeper.length > 0 || !isMap(document.contents)) return undefined
  const pair = document.createPair(name, {}) as Pair<unknown, YAMLMap>
  document.contents.items.push(pair as never)
  return pair.value ?? undefined
}
