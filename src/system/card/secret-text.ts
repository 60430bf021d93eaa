import { isScalar } from 'yaml'
import { nodeAt, readDocument, settingsWords } from '../../settings/document.ts'
import { yamlValue } from '../../settings/yaml-value.ts'

/** What is to stand in the file in place of what stands there. */
export interface Replacement {
  /** A key of the broker's section, e.g. `password`. */
  key: string
  /** What it is to be called. */
  newKey: string
  value: string
}

/**
 * A settings file with other keys and values in some places; everything else of it, comments and line ends too,
 * stays as somebody wrote it. Undefined where a value is not written out in its place (an alias, an anchor).
 */
export function replaced(text: string, replacements: readonly Replacement[]): string | undefined {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  let edited = text.slice(mark.length)
  for (const { key, newKey, value } of replacements) {
    const { read } = readDocument(edited, '', settingsWords)
    const node = read && nodeAt(read, ['broker', key])
    const from = node?.key?.range?.[0]
    const scalar = node?.value
    if (from === undefined || !isScalar(scalar) || scalar.anchor !== undefined || !scalar.range)
      return undefined
    const old = edited.slice(from, scalar.range[1])
    // A text of several lines has its last line's end in it.
    const end = /\r?\n$/.exec(old)?.[0] ?? ''
    edited = `${edited.slice(0, from)}${newKey}: ${yamlValue(value)}${end}${edited.slice(scalar.range[1])}`
  }
  return mark + edited
}
