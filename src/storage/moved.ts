import { join } from 'node:path'
import { iso, type WallMs } from '../domain/time.ts'
import { StorageError, storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import { inspectJournal } from './inspect.ts'

/**
 * A journal lives on one card. When it moves to another one it is closed here for ever, by a mark that lies
 * beside its segments, and there a new epoch begins: so no number is ever given out twice, whichever card is put
 * back. A mark that does not read back closes all the same.
 */
const markName = 'moved'

/** Where a journal waits that has come from another card, complete and with its new epoch. */
export const arrivalName = 'journal.arriving'

/** Where the files of a backup lie until all of them are in place. While it is there, no vote is taken. */
export const stageName = 'restoring'

/** The journal of this card is closed. For the technician: the other card is the right one. */
class MovedError extends StorageError {
  override name = 'MovedError'
}

/** Closes the journal of a storage directory for ever; resolves when that is on the disk. */
export async function markMoved(directory: string, at: WallMs, files: Files = realFiles): Promise<void> {
  const journal = join(directory, 'journal')
  const path = join(journal, markName)
  try {
    if ((await files.list(journal)).includes(markName)) return
    const file = await files.open(path, 'create')
    try {
      await file.write(Buffer.from(`${iso(at)}\n`), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await files.syncDirectory(journal)
  } catch (error) {
    throw storageError(`cannot close the journal in ${directory}`, error)
  }
}

/** Rejects where a backup is on its way to this card, and votes of its own would stand in the way. */
export async function refuseHalfRestored(directory: string, files: Files = realFiles): Promise<void> {
  if (!(await namesIn(directory, files)).includes(stageName)) return
  throw new StorageError(
    'a backup was being restored to this card, and that did not end; run it again: sudo faccina restore',
  )
}

/** Rejects with a `MovedError` where the journal was closed. */
export async function refuseMoved(directory: string, files: Files = realFiles): Promise<void> {
  const journal = join(directory, 'journal')
  const names = await files.list(journal).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw storageError(`cannot use ${journal}`, error)
  })
  if (!names.includes(markName)) return
  const day = await dayOf(join(journal, markName), files).catch(() => '')
  throw new MovedError(
    `this card's journal was moved to another card${day && ` on ${day}`}; put that card in, or flash this one anew`,
  )
}

async function dayOf(path: string, files: Files): Promise<string> {
  const file = await files.open(path, 'read')
  try {
    const buffer = Buffer.alloc(10)
    const day = buffer.toString('latin1', 0, await file.read(buffer, 0))
    return /^\d{4}-\d\d-\d\d$/.test(day) ? day : ''
  } finally {
    await file.close()
  }
}

/**
 * Puts a journal in place that has arrived from another card, whoever comes first: the command that brought it,
 * or the terminal after a power cut. The caller holds the lock. A journal in its way has no votes.
 */
export async function finishArrival(directory: string, files: Files = realFiles): Promise<boolean> {
  const names = await namesIn(directory, files)
  if (!names.includes(arrivalName)) return false
  const journal = join(directory, 'journal')
  try {
    if (names.includes('journal')) {
      const own = await votesIn(journal, files)
      if (own > 0)
        throw new StorageError(
          `${join(directory, arrivalName)} came from another card, but this card has ${own} votes of its own`,
        )
      // An empty folder may be replaced.
      for (const name of await files.list(journal)) await files.remove(join(journal, name))
    }
    await files.rename(join(directory, arrivalName), journal)
    await files.syncDirectory(directory)
  } catch (error) {
    throw error instanceof StorageError ? error : storageError(`cannot use ${journal}`, error)
  }
  return true
}

/** How many votes a journal's folder keeps, published or not; none where there is no journal. */
export async function votesIn(journal: string, files: Files = realFiles): Promise<number> {
  const names = await files.list(journal).catch(() => [])
  if (!names.some((name) => name.endsWith('.segment'))) return 0
  let votes = 0
  for await (const item of (await inspectJournal(journal, files)).items()) if (item.is !== 'gap') votes++
  return votes
}

/** Rejects with a `StorageError` where the folder cannot be looked into. */
function namesIn(directory: string, files: Files): Promise<string[]> {
  return files.list(directory).catch((error: unknown) => {
    throw storageError(`cannot use ${directory}`, error)
  })
}
