import { parseArgs } from 'node:util'

export const usage = (
  names: readonly string[],
) => `Usage: npm run fuzz [-- [--seconds N] [--seed N] [--missed] [TARGET …]]

Feeds parsers and machines with inputs that nobody would think of, and keeps those that reach new blocks. A finding is
written to test/fuzz/findings, where npm test tries it again for ever. The exit code is 1 if there was one.

  TARGET       only these: ${names.join(', ')}
  --seconds N  how long each target is tried: 1 to 86400; 60 unless given
  --seed N     where chance begins: 0 to 4294967295; 1 unless given. The same seed tries the same inputs
  --missed     says which lines no input has reached
  --help       this text
`

const options = {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  missed: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Used wrongly. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface Wanted {
  names: string[]
  seconds: number
  seed: number
  missed: boolean
  help: boolean
}

/** Throws a `UsageError`. */
export function wanted(args: string[], known: readonly string[]): Wanted {
  const { values, positionals } = parsed(args)
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UsageError(`there is no target ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const { missed, help } = values
  const seconds = whole('--seconds', values.seconds, 1, 86_400)
  const seed = whole('--seed', values.seed, 0, 2 ** 32 - 1)
  return { names: positionals.length > 0 ? positionals : [...known], seconds, seed, missed, help }
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(
    `${name}: found ${JSON.stringify(text)}; allowed is a whole number from ${least} to ${most}`,
  )
}
