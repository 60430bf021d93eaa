import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder that goes with the test. */
export async function folder(test: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-system-'))
  test.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}
