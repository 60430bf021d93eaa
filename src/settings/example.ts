import {
  allowed,
  type Described,
  describedSettings,
  type Group,
  keyOf,
  type Leaf,
  nameOf,
} from './describe.ts'
import { yamlValue } from './yaml-value.ts'

const head = `# Settings of a Faccina terminal. What is switched on below is enough to begin with; the rest shows
# its default, or an example where there is none. To switch a line on, remove the # that has no space
# behind it, there and at the name of its section.
# When you are done: faccina settings check`

/** Set in the smallest file that is of use. */
const set = [
  'terminal',
  'terminal.municipality',
  'terminal.office',
  'terminal.counter',
  'broker',
  'broker.url',
]

/** A settings file to begin with: the smallest one, and all the rest commented out. It can be used as it is. */
export function settingsExample(): string {
  return exampleOf(describedSettings(), head, set)
}

/**
 * A file to begin with, by any schema.
 * @param head comment that stands first
 * @param set names of the keys and sections that are switched on
 */
export function exampleOf(described: Group, head: string, set: readonly string[]): string {
  const blocks = described.entries.map((entry) => block(entry, 0, set).join('\n'))
  return [head, ...blocks].join('\n\n').concat('\n')
}

function block(entry: Described, depth: number, set: readonly string[]): string[] {
  const indent = '  '.repeat(depth)
  const prose = words(entry).map((line) => `${indent}# ${line}`)
  const key = `${indent}${set.includes(nameOf(entry)) ? '' : '#'}${keyOf(entry)}:`
  if (entry.is === 'leaf') return [...prose, `${key} ${shown(entry)}`]
  return [...prose, key, ...entry.entries.flatMap((one) => block(one, depth + 1, set))]
}

function shown({ default: value, about }: Leaf): string {
  return about.secret === 'whole' ? JSON.stringify(about.example) : yamlValue(about.example ?? value)
}

function words(entry: Group | Leaf): string[] {
  const { description, otherwise } = entry.about
  if (description === undefined) return []
  if (entry.is === 'group') return wrap(description)
  const standard = otherwise === undefined ? '' : ` Without it: ${otherwise}.`
  return wrap(`${description} Allowed: ${allowed(entry)}.${standard}`)
}

function wrap(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < 92) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
