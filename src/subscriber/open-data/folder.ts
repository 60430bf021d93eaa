import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** The files of a release, by their names. */
export type Files = Readonly<Record<string, string>>

/** Why a folder cannot take a release, in words for who wants it there. */
class FolderError extends Error {
  override name = 'FolderError'
}

const description = 'dataset.jsonld'

/**
 * Puts a release in a folder, all of it or nothing: it is written beside it, and takes its place by a rename.
 * The folder may be absent, empty, or hold a release of the same kind, which goes.
 * @param identifier of this kind of release
 */
export async function writeFolder(directory: string, files: Files, identifier: string): Promise<void> {
  const target = resolve(directory)
  const parent = dirname(target)
  await checkFolder(target, Object.keys(files), identifier)
  await mkdir(parent, { recursive: true })
  const beside = await mkdtemp(join(parent, `.${basename(target)}-`))
  try {
    const made = join(beside, 'new')
    await mkdir(made)
    for (const [name, text] of Object.entries(files)) await writeDurably(join(made, name), text)
    const old = join(beside, 'old')
    const replaced = await rename(target, old).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw error
      },
    )
    try {
      await rename(made, target)
    } catch (error) {
      if (replaced) await rename(old, target)
      throw error
    }
    await using folder = await open(parent, 'r')
    await folder.sync()
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** Throws where a folder holds something else, which must not be lost, or a release that this one would give away. */
async function checkFolder(target: string, names: readonly string[], identifier: string): Promise<void> {
  const there = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code === 'ENOTDIR') throw new FolderError(`${target} is a file; allowed is a folder`)
    throw error
  })
  const stranger = there.find((name) => !names.includes(name))
  if (stranger !== undefined)
    throw new FolderError(
      `${target} holds ${JSON.stringify(stranger)}; allowed is a folder that is new or empty, or holds an earlier release`,
    )
  if (there.length === 0) return
  const earlier = await identifierIn(join(target, description))
  if (earlier !== identifier)
    throw new FolderError(
      `${target} holds a release of another kind (${earlier ?? 'none that can be read'}; this one is ${identifier}): ` +
        'who has both can tell cells that each hides. Take it off the web and delete it first, or go on as before.',
    )
}

async function identifierIn(file: string): Promise<string | undefined> {
  try {
    const { '@graph': graph } = JSON.parse(await readFile(file, 'utf8')) as {
      '@graph': Record<string, { '@value': string }>[]
    }
    return graph[0]?.['dct:identifier']?.['@value']
  } catch {
    return undefined
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o644)
  await file.writeFile(text)
  await file.sync()
}
