import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../../settings/index.ts'
import { secretsIn } from './mask.ts'

/** All secrets of a terminal that this user can read: whoever cannot read one cannot tell it either. */
export async function knownSecrets({ broker, storage }: Settings): Promise<string[]> {
  const { password, passwordFile, key } = broker
  const inFolders = await Promise.all(
    ['secrets', 'identity'].map(async (folder) => {
      const path = join(storage.directory, folder)
      return (await readdir(path).catch(() => [])).map((name) => join(path, name))
    }),
  )
  const files = [passwordFile, key, ...inFolders.flat()].filter((path) => path !== undefined)
  const contents = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')))
  // A certificate is shown to everybody, and may be asked for.
  const secret = contents.filter((text) => !/-----BEGIN CERTIFICATE/.test(text) && text.trim() !== '')
  return [...(password === undefined ? [] : [password]), ...secret.flatMap(secretsIn)]
}
