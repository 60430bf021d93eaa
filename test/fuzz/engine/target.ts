import type { Random } from '../../../src/subscriber/simulate/random.ts'

/** A parser or a machine that is fed with whatever can come, and what must be true of it then. */
export interface Target {
  /** What must hold, in a sentence. */
  holds: string
  /** The files whose blocks are counted, from the project's folder; a `/` at the end stands for all of a folder. */
  covers: readonly string[]
  /** Packages whose blocks lead the search, too, without being counted. */
  guides?: readonly 'yaml'[]
  /** Real inputs to begin with. */
  corpus(): Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>
  /** Words of the format, besides those that stand in the covered files. */
  words?: readonly (Uint8Array | string)[]
  /** No input is longer. */
  maxBytes: number
  /** What is likelier to matter than any change of bytes. */
  mutations?: readonly Mutation[]
  /** Throws where the oracle is contradicted; whatever else is thrown is a finding as well. */
  check(input: Uint8Array): void | Promise<void>
}

/** Another input made of one that there is, and of a second one. */
export type Mutation = (input: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** What must hold, does not. */
class OracleError extends Error {
  override name = 'OracleError'
}

export function must(holds: boolean, otherwise: string | (() => string)): asserts holds {
  if (!holds) throw new OracleError(typeof otherwise === 'string' ? otherwise : otherwise())
}

/** That two values say the same, as JSON says it; the order of fields tells nothing. */
export function mustEqual(found: unknown, wanted: unknown, what: string): void {
  const difference = firstDifference(plain(found), plain(wanted), '')
  must(difference === undefined, () => `${what}${difference}`)
}

function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner) => (inner instanceof Uint8Array ? [...inner] : inner))
  return text === undefined ? undefined : JSON.parse(text)
}

function firstDifference(found: unknown, wanted: unknown, path: string): string | undefined {
  if (!isGroup(found) || !isGroup(wanted) || Array.isArray(found) !== Array.isArray(wanted)) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)]
    return a === b ? undefined : `${path}: found ${a?.slice(0, 200)}; wanted ${b?.slice(0, 200)}`
  }
  for (const key of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
    const difference = firstDifference(found[key], wanted[key], `${path}.${key}`)
    if (difference !== undefined) return difference
  }
  return undefined
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
