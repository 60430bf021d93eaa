import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../settings/index.ts'

/** Where `faccina card import` leaves what it refused, until the next start of the computer. */
export const defaultRunDirectory = '/run/faccina'
export const refusedName = 'refused.json'

/** Settings that were not taken into force, and why. */
export interface Refused {
  file: string
  problems: readonly Problem[]
  /** Whether others stayed in force: those that come later were not refused. */
  othersInForce: boolean
}

export function refusedText({ file, problems, othersInForce }: Refused): string {
  return `${JSON.stringify({ file, problems, othersInForce }, undefined, 2)}\n`
}

/** What was refused at this start of the computer; undefined where nothing was. */
export async function readRefused(runDirectory: string): Promise<Refused | undefined> {
  try {
    const refused = JSON.parse(await readFile(join(runDirectory, refusedName), 'utf8')) as Refused
    return refused.problems.length > 0 ? refused : undefined
  } catch {
    return undefined
  }
}
