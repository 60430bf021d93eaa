import * as v from 'valibot'
import type { About } from './kinds.ts'
import { settingsSchema } from './schema.ts'

/** The schema read back as plain facts: messages, reference, example and JSON Schema are made of these. */
export type Described = Group | Leaf

interface Common {
  /** Where it stands, e.g. `['broker', 'url']`. */
  path: readonly string[]
  about: About
  required: boolean
}

export interface Group extends Common {
  is: 'group'
  entries: Described[]
}

export interface Leaf extends Common {
  is: 'leaf'
  shape: Shape
  /** As it would be written in the file. */
  default?: unknown
}

/** What a value may be. */
export type Shape =
  | { is: 'text'; words: string; pattern?: string; minLength?: number; maxLength?: number }
  | { is: 'number'; whole: boolean; min: number; max: number; unit?: string }
  | { is: 'choice'; options: readonly string[] }
  | { is: 'list'; item: Shape; min: number; max?: number; unique: boolean }

/** What is read of a valibot schema; each kind has only some of it. */
interface Schema extends v.GenericSchema {
  wrapped?: Schema
  default?: unknown
  entries?: Record<string, Schema>
  item?: Schema
  options?: readonly string[]
  pipe?: readonly { type: string; requirement?: unknown; pipe?: Schema['pipe'] }[]
}

/** Dotted name of a key, e.g. `broker.url`. */
export function nameOf({ path }: Pick<Described, 'path'>): string {
  return path.join('.')
}

/** The last part of a key's name. */
export function keyOf({ path }: Pick<Described, 'path'>): string {
  return path.at(-1) ?? ''
}

/** What may stand there, in words, e.g. `a whole number from 1 to 256`. */
export function allowed(described: Described): string {
  if (described.is === 'leaf') return shapeWords(described.shape)
  return described.entries.map(keyOf).join(', ')
}

export function shapeWords(shape: Shape): string {
  switch (shape.is) {
    case 'text':
      return shape.words
    case 'number': {
      const kind = shape.whole ? 'a whole number' : 'a number'
      return `${kind}${shape.unit ? ` of ${shape.unit}` : ''} from ${shape.min} to ${shape.max}`
    }
    case 'choice':
      return shape.options.join(', ')
    case 'list': {
      if (shape.item.is !== 'choice') return `a list, each item ${shapeWords(shape.item)}`
      const count = shape.min > 0 ? `${shape.min} to ${shape.max}` : 'any'
      return `a list of ${count} of ${shape.item.options.join(', ')}`
    }
  }
}

/** Every key below a group, itself left out, in the order of the schema. */
export function leavesOf(group: Group): Leaf[] {
  return group.entries.flatMap((entry) => (entry.is === 'leaf' ? [entry] : leavesOf(entry)))
}

/** Every section below a group, itself left out. */
export function groupsOf(group: Group): Group[] {
  return group.entries.flatMap((entry) => (entry.is === 'group' ? [entry, ...groupsOf(entry)] : []))
}

/** The described key at a path, if there is one; the path of a list's item gives the list. */
export function find(group: Group, path: readonly (string | number)[]): Described | undefined {
  const [key, ...rest] = path
  if (key === undefined) return group
  const entry = group.entries.find((one) => keyOf(one) === key)
  return entry?.is === 'group' ? find(entry, rest) : entry
}

/** A schema of a whole file, described. */
export function describe(schema: v.GenericSchema): Group {
  return describeAt(schema as Schema, []) as Group
}

function describeAt(schema: Schema, path: readonly string[]): Described {
  const { inner, standard, required } = unwrap(schema)
  const about = v.getMetadata(inner) as About
  const common = { path, about, required }
  if (inner.entries) {
    const entries = Object.entries(inner.entries).map(([key, entry]) => describeAt(entry, [...path, key]))
    return { is: 'group', ...common, entries }
  }
  const shape = shapeOf(inner)
  return { is: 'leaf', ...common, shape, ...(standard !== undefined && { default: standard }) }
}

function unwrap(schema: Schema): { inner: Schema; standard?: unknown; required: boolean } {
  return schema.wrapped
    ? { inner: schema.wrapped, standard: schema.default, required: false }
    : { inner: schema, required: true }
}

function shapeOf(schema: Schema): Shape {
  const about = v.getMetadata(schema) as About
  const limits = limitsOf(schema.pipe ?? [])
  switch (schema.type) {
    case 'string':
      return { is: 'text', words: about.words!, ...textLimits(limits) }
    case 'number':
      return {
        is: 'number',
        whole: 'integer' in limits,
        min: limits.min_value as number,
        max: limits.max_value as number,
        ...(about.unit && { unit: about.unit }),
      }
    case 'picklist':
      return { is: 'choice', options: schema.options! }
    case 'array':
      return {
        is: 'list',
        item: shapeOf(schema.item!),
        min: (limits.min_length as number | undefined) ?? 0,
        ...('max_length' in limits && { max: limits.max_length as number }),
        unique: about.unique === true,
      }
  }
  throw new TypeError(`no words for a ${schema.type} in the settings`)
}

function textLimits(limits: Record<string, unknown>): {
  pattern?: string
  minLength?: number
  maxLength?: number
} {
  return {
    ...('regex' in limits && { pattern: (limits.regex as RegExp).source }),
    ...('min_length' in limits && { minLength: limits.min_length as number }),
    ...('max_length' in limits && { maxLength: limits.max_length as number }),
  }
}

/** The requirement of each check, by the check's type; of a pipe within a pipe, too. */
function limitsOf(pipe: NonNullable<Schema['pipe']>): Record<string, unknown> {
  return Object.assign(
    {},
    ...pipe.map((item) => (item.pipe ? limitsOf(item.pipe) : { [item.type]: item.requirement })),
  )
}

let settings: Group | undefined

/** All settings, described. */
export function describedSettings(): Group {
  settings ??= describe(settingsSchema as unknown as v.GenericSchema)
  return settings
}
