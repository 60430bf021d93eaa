import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder of its own for one test. */
export async function folder(test: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-computer-'))
  test.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export interface Program {
  /** Where it is, to be called by that name. */
  path: string
  /** The process ids of its runs so far. */
  runs(): number[]
}

/** A program for the shell that says in a file, before anything else, that it runs. */
export async function program(directory: string, name: string, lines: string): Promise<Program> {
  const path = join(directory, name)
  await writeFile(path, `#!/bin/sh\necho $$ >> '${path}.runs'\n${lines}\n`, { mode: 0o755 })
  return {
    path,
    runs() {
      if (!existsSync(`${path}.runs`)) return []
      return readFileSync(`${path}.runs`, 'utf8').trim().split('\n').map(Number)
    },
  }
}

/** Whether a process of this id exists. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
