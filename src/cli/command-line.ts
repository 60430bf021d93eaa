import { type ParseArgsConfig, parseArgs } from 'node:util'
import type { ExitCode, Out } from './out.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** What stands on a line, by the names of the options. */
export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

interface Reading<O extends Options, Line> {
  usage: string
  /** As for `parseArgs`; `--help` is among them anyway. */
  options: O
  /** Whether it takes words that are no options: commands of its own, files. */
  words?: boolean
  /** Throws where the line makes no sense. */
  read(values: Values<O>, words: readonly string[]): Line
}

/**
 * What a command line asks for, by the command's own reading of it.
 * `--help` is answered here, and so is a wrong line; then there is nothing more to do than to end.
 */
export function commandLine<const O extends Options, Line>(
  args: string[],
  out: Out,
  { usage, options, words = false, read }: Reading<O, Line>,
): { line: Line } | { exit: ExitCode } {
  try {
    const all: Options = { ...options, help: { type: 'boolean', short: 'h' } }
    const { values, positionals } = parseArgs({ args, options: all, allowPositionals: words })
    if (!values.help) return { line: read(values as Values<O>, positionals) }
    out.stdout(usage)
    return { exit: 0 }
  } catch (error) {
    // parseArgs explains at length how to pass a value that begins with a dash.
    const message = (error as Error).message.split('. To specify')[0]
    out.stderr(`faccina: ${message}\n\n${usage}`)
    return { exit: 2 }
  }
}

/** Most options are one of these. */
export const text = { type: 'string' } as const
export const flag = { type: 'boolean', default: false } as const

/** What is to be said of a value that an option does not take. */
export function wrong(option: string, found: string, allowed: string, are = 'is'): Error {
  return new Error(`${option}: found ${JSON.stringify(found)}, allowed ${are} ${allowed}`)
}

export function oneOf<const Name extends string>(
  option: string,
  found: string,
  allowed: readonly Name[],
): Name {
  const one = allowed.find((name) => name === found)
  if (one === undefined) throw wrong(option, found, allowed.join(', '), 'are')
  return one
}

export function wholeOf(option: string, found: string, least: number, most: number): number {
  const value = Number(found)
  if (/^\d+$/.test(found) && value >= least && value <= most) return value
  throw wrong(option, found, `a whole number from ${least} to ${most}`)
}

/** A municipality, an office or a counter, as it is named in topics. */
export function levelOf(option: string, found: string): string {
  if (/^[a-z0-9_-]{1,64}$/.test(found)) return found
  throw wrong(option, found, '1 to 64 of a-z, 0-9, _ and -')
}

/** Which of its own commands is asked of a command. */
export function commandOf<const Name extends string>(
  command: string,
  found: string | undefined,
  allowed: readonly Name[],
): Name {
  const one = allowed.find((name) => name === found)
  if (one !== undefined) return one
  const what = found === undefined ? 'a command is missing' : `unknown command ${JSON.stringify(found)}`
  throw new Error(`${command}: ${what}; allowed ${allowed.length > 1 ? 'are' : 'is'} ${allowed.join(', ')}`)
}

/** The file that is all that a command takes. */
export function oneFile(command: string, words: readonly string[]): string {
  const [file, ...rest] = words
  if (file !== undefined && rest.length === 0) return file
  throw new Error(`${command} takes one file, found ${words.length}`)
}

export function nothingMore(command: string, [found]: readonly string[]): void {
  if (found !== undefined)
    throw new Error(`${command}: found ${JSON.stringify(found)}, which it does not take`)
}
