import { type Entry, packed } from '../archive/tar.ts'
import type { Piece } from './collect.ts'

/** How long one piece may take. */
const pieceMs = 90_000

export interface Bundle {
  entries: Entry[]
  /** What could not be had, and why. */
  missing: { name: string; why: string }[]
}

/** Collects every piece, each through the filter; one that cannot be had is told of, and stops nothing. */
export async function collected(
  pieces: readonly Piece[],
  mask: (text: string) => string,
  tell: (name: string) => void,
): Promise<Bundle> {
  const bundle: Bundle = { entries: [], missing: [] }
  for (const { name, collect } of pieces) {
    tell(name)
    try {
      bundle.entries.push(entryOf(name, mask(await collect(AbortSignal.timeout(pieceMs)))))
    } catch (error) {
      bundle.missing.push({ name, why: mask((error as Error).message) })
    }
  }
  return bundle
}

/** The archive, with its table of contents first. */
export function archived(folder: string, readme: string, { entries }: Bundle, seconds: number) {
  const all = [entryOf('README.txt', readme), ...entries]
  return packed(
    all.map((entry) => ({ ...entry, name: `${folder}/${entry.name}` })),
    seconds,
  )
}

/** @param about lines on what this is and whose */
export function readmeOf(about: string, pieces: readonly Piece[], { missing }: Bundle): string {
  const width = Math.max(...pieces.map(({ name }) => name.length)) + 2
  const why = new Map(missing.map(({ name, why }) => [name, why]))
  const has = pieces.filter(({ name }) => !why.has(name))
  const lines = [
    about,
    '',
    'In here:',
    ...has.map(({ name, about }) => `  ${name.padEnd(width)}${about}`),
    '',
    ...(missing.length > 0
      ? ['Could not be had:', ...missing.map(({ name, why }) => `  ${name.padEnd(width)}${why}`), '']
      : []),
    'Not in here: passwords, keys and the contents of the folders identity/ and secrets/; single votes;',
    'names and passwords of wireless networks. What is known as a secret is replaced by …secret… wherever it',
    'turns up.',
  ]
  return `${lines.join('\n')}\n`
}

function entryOf(name: string, text: string): Entry {
  return { name, mode: 0o644, bytes: Buffer.from(text) }
}
