import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './bundle.ts'

const folder = join(root, 'test/fuzz/findings')

/** The inputs that were once wrong, each with the name of its file. */
export async function formerFindings(target: string): Promise<{ name: string; input: Uint8Array }[]> {
  const names = await readdir(join(folder, target)).catch((): string[] => [])
  return Promise.all(
    names.sort().map(async (name) => ({ name, input: await readFile(join(folder, target, name)) })),
  )
}

/** Keeps an input, for ever. @returns its file, from the project's folder */
export async function keepFinding(target: string, input: Uint8Array): Promise<string> {
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12)
  await mkdir(join(folder, target), { recursive: true })
  await writeFile(join(folder, target, name), input)
  return `test/fuzz/findings/${target}/${name}`
}
