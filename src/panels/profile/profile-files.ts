import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Profile, ProfileError, parseProfile } from './profile.ts'

/** Where the profiles that come with Faccina are: beside the bundle, or beside the sources. */
function profilesFolder(): string {
  const places = ['../hardware/panels/', '../../../hardware/panels/']
  const urls = places.map((place) => new URL(place, import.meta.url))
  return fileURLToPath(urls.find((url) => existsSync(url)) ?? urls[0]!)
}

/** The names of the profiles that come with Faccina. */
export async function profileNames(): Promise<string[]> {
  const files = await readdir(profilesFolder())
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/**
 * Reads a profile by its name, or by the path of a file.
 * Rejects with a `ProfileError` that says what is wrong with it.
 */
export async function readProfile(nameOrPath: string): Promise<Profile> {
  const own = nameOrPath.startsWith('/')
  const file = own ? nameOrPath : `${profilesFolder()}${nameOrPath}.yaml`
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const problem = {
      file,
      line: 0,
      column: 0,
      key: '',
      found: (error as NodeJS.ErrnoException).code ?? 'an error',
    }
    const allowed = own ? 'a file that can be read' : (await profileNames().catch(() => [])).join(', ')
    throw new ProfileError([{ ...problem, allowed }])
  }
  return parseProfile(text, file, own ? nameOrPath : nameOrPath)
}
