import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { SourceFile } from './floors.ts'

/** Every TypeScript file under `src`, by its path. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const names = await readdir(`${root}src`, { recursive: true })
  const paths = names
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
  return await Promise.all(
    paths.sort().map(async (path) => ({ path, source: await readFile(`${root}${path}`, 'utf8') })),
  )
}
