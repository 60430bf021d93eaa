import { join } from 'node:path'
import type { Journal } from '../ports/journal.ts'
import { type JournalOptions, openJournal } from './journal.ts'
import { lockDirectory } from './lock.ts'
import { finishArrival, refuseHalfRestored, refuseMoved } from './moved.ts'
import type { Start } from './rows.ts'
import { openStateDocument } from './state-document.ts'

export interface StoreOptions extends Omit<JournalOptions, 'start'>, Omit<Start, 'boot'> {}

/** All that a terminal keeps: the journal, and beside it the small state. */
export interface Store extends AsyncDisposable {
  journal: Journal
  /** Counts the boots of this computer. */
  boot: number
}

/**
 * Opens a terminal's storage directory, for this process alone.
 * Rejects with a `StorageError` that says what to do.
 */
export async function openStore({
  directory,
  bootId,
  survey,
  version,
  privacy,
  ...rest
}: StoreOptions): Promise<Store> {
  const lock = await lockDirectory(directory)
  try {
    await finishArrival(directory)
    await refuseHalfRestored(directory)
    await refuseMoved(directory)
    const state = await openStateDocument(join(directory, 'state.json'), rest.log)
    // A disk that others have filled has no room for the count, but the journal has its own.
    const forgotten = (error: unknown) => rest.log.warn('state not written', { problem: error })
    const boot = await state.countBoot(bootId).catch((error) => {
      forgotten(error)
      return state.data.boots + 1
    })
    const start = { boot, bootId, survey, version, ...(privacy && { privacy }) }
    const journal = await openJournal({ ...rest, directory: join(directory, 'journal'), start })
    await state.rememberEpoch(journal.epoch).catch(forgotten)
    return {
      journal,
      boot,
      async [Symbol.asyncDispose]() {
        await journal[Symbol.asyncDispose]()
        await lock[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await lock[Symbol.asyncDispose]()
    throw error
  }
}
