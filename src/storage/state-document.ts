import { type Adapter, Low } from 'lowdb'
import type { Log } from '../ports/log.ts'
import { storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import { replaceFile, textOf } from './replace-file.ts'

/** The little that a terminal has to remember besides its votes. */
export interface State {
  /** The journal's epoch when it was last opened. */
  epoch?: string
  /** How many boots of this computer have been counted. */
  boots: number
  /** The kernel's random id of the boot that was counted last. */
  bootId?: string
}

/**
 * Opens the small state, or begins it anew: a document that is damaged is put aside and never keeps the
 * terminal from starting, because no vote hangs on it.
 */
export async function openStateDocument(
  file: string,
  log: Log,
  files: Files = realFiles,
): Promise<StateDocument> {
  const low = new Low<State>(new SyncedJson(file, files), { boots: 0 })
  try {
    await low.read()
  } catch (error) {
    log.warn('state damaged, put aside', { file: `${file}.damaged`, error: String(error) })
    await files.rename(file, `${file}.damaged`).catch(() => {})
  }
  return new StateDocument(low, file)
}

/** What it promises is on the disk when it resolves; rejects with a `StorageError`. */
export class StateDocument {
  readonly #low: Low<State>
  readonly #file: string
  #writing: Promise<unknown> = Promise.resolve()

  constructor(low: Low<State>, file: string) {
    this.#low = low
    this.#file = file
  }

  get data(): Readonly<State> {
    return this.#low.data
  }

  /** The number of this boot; a restart of the daemon within it counts no further. */
  async countBoot(bootId: string): Promise<number> {
    await this.#change((state) => (state.bootId === bootId ? {} : { boots: state.boots + 1, bootId }))
    return this.data.boots
  }

  rememberEpoch(epoch: string): Promise<void> {
    return this.#change((state) => (state.epoch === epoch ? {} : { epoch }))
  }

  /** One change after the other; what cannot be written is not believed either. */
  #change(change: (state: State) => Partial<State>): Promise<void> {
    const result = this.#writing.then(async () => {
      const before = this.#low.data
      const changed = change(before)
      if (Object.keys(changed).length === 0) return
      this.#low.data = { ...before, ...changed }
      try {
        await this.#low.write()
      } catch (error) {
        this.#low.data = before
        throw storageError(`cannot write ${this.#file}`, error)
      }
    })
    this.#writing = result.catch(() => {})
    return result
  }
}

class SyncedJson implements Adapter<State> {
  readonly #path: string
  readonly #files: Files

  constructor(path: string, files: Files) {
    this.#path = path
    this.#files = files
  }

  async read(): Promise<State | null> {
    const text = await textOf(this.#files, this.#path)
    if (text === undefined) return null
    const state = JSON.parse(text)
    if (!isState(state)) throw new TypeError('this is no state document')
    return state
  }

  write(state: State): Promise<void> {
    return replaceFile(this.#files, this.#path, `${JSON.stringify(state, null, 2)}\n`)
  }
}

function isState(state: unknown): state is State {
  if (typeof state !== 'object' || state === null) return false
  const { boots, bootId, epoch } = state as Record<string, unknown>
  const texts = [bootId, epoch].every((text) => text === undefined || typeof text === 'string')
  return Number.isSafeInteger(boots) && (boots as number) >= 0 && texts
}
