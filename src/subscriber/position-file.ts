import { open, readFile, rename } from 'node:fs/promises'
import * as v from 'valibot'
import type { EpochRecord } from './completeness.ts'

const range = v.object({ epoch: v.string(), from: v.number(), to: v.number() })
const records = v.object({
  faccina: v.literal('position/1'),
  epochs: v.array(
    v.looseObject({
      source: v.string(),
      epoch: v.string(),
      ranges: v.array(v.tuple([v.number(), v.number()])),
      highest: v.number(),
      gaps: v.array(v.looseObject(range.entries)),
      summaries: v.array(v.looseObject(range.entries)),
    }),
  ),
})

/** A file that says which votes have been had. */
export class PositionFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Nothing where there is no file yet. Throws where it is no such file: better than beginning anew in silence. */
  async load(): Promise<EpochRecord[]> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
    try {
      return v.parse(records, JSON.parse(text)).epochs as unknown as EpochRecord[]
    } catch (cause) {
      throw new Error(
        `${this.#path}: this is no position of a vote stream; name another file, or remove it to begin from the start`,
        { cause },
      )
    }
  }

  /** Replaces the file as a whole, durably. */
  async save(epochs: readonly EpochRecord[]): Promise<void> {
    const beside = `${this.#path}.new`
    {
      await using file = await open(beside, 'w', 0o600)
      await file.writeFile(JSON.stringify({ faccina: 'position/1', epochs }))
      await file.sync()
    }
    await rename(beside, this.#path)
  }
}
