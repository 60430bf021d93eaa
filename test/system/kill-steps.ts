import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LifeOptions, Patient } from './kill-life.ts'

export const moments = ['before', 'half', 'after'] as const
export type Moment = (typeof moments)[number]

export interface Fate {
  /** Which step on the disk to be killed at; none: to live, and have the steps noted. */
  step?: number
  when?: Moment
  /** Milliseconds by which each write is late, though it says at once that it is done. */
  hasty?: number
}

/** What makes a life end at a step of its journal; see `kill-steps.mjs`. */
export function fate({ directory }: Patient, fate: Fate): Pick<LifeOptions, 'imports' | 'env'> {
  const told = { ...fate, directory: join(directory, 'store'), notes: notesOf(directory) }
  return { imports: ['kill-steps.mjs'], env: { FACCINA_STEPS: JSON.stringify(told) } }
}

/** What a life did on its disk, `write journal/000000000001.segment` for example, and last where it was killed. */
export async function stepsOf({ directory }: Patient): Promise<string[]> {
  const text = await readFile(notesOf(directory), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^\d+ /, ''))
}

function notesOf(directory: string): string {
  return join(directory, 'steps')
}
