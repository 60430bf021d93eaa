import { dirname } from 'node:path'
import type { Files } from './files.ts'

/** Replaces a whole file at once and durably, readable by its owner only. */
export async function replaceFile(files: Files, path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  await files.remove(temporary)
  const file = await files.open(temporary, 'create', 0o600)
  try {
    await file.write(Buffer.from(text), 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(temporary, path)
  await files.syncDirectory(dirname(path))
}

/** The text of a file; undefined where there is none. */
export async function textOf(files: Files, path: string): Promise<string | undefined> {
  try {
    const file = await files.open(path, 'read')
    try {
      const buffer = Buffer.alloc(await file.size())
      return buffer.toString('utf8', 0, await file.read(buffer, 0))
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
