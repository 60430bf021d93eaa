import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder that takes the place of `/` for a test, with only these files; it goes with the test. */
export function smallRoot(
  t: { teardown(end: () => void): void },
  files: Readonly<Record<string, string | Buffer>>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'faccina-root-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}
