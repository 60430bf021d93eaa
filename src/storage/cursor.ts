import { join } from 'node:path'
import type { Position } from '../ports/journal.ts'
import type { Files, OpenFile } from './files.ts'
import { decodeLine, encodeLine, lineFeed } from './line.ts'

/**
 * How far the votes are done. Two checksummed slots in separate blocks, written in turn, so that a power
 * cut in one leaves the other. Losing it costs nothing but sending some votes again.
 */
const slotBytes = 4096
const fileName = 'cursor'

interface Slot {
  /** Counts the writes; the higher one of two intact slots is the later. */
  write: number
  position: Position
}

export class CursorFile {
  readonly #file: OpenFile
  #write: number

  private constructor(file: OpenFile, write: number) {
    this.#file = file
    this.#write = write
  }

  /** Opens or makes the cursor of a journal, and says what it held. */
  static async open(
    files: Files,
    directory: string,
  ): Promise<{ cursor: CursorFile; position: Position | undefined }> {
    const file = await openOrCreate(files, directory)
    const latest = await latestSlot(file)
    return { cursor: new CursorFile(file, latest?.write ?? 0), position: latest?.position }
  }

  /** What the cursor of a journal holds, for those who only look. */
  static async read(files: Files, directory: string): Promise<Position | undefined> {
    const file = await files.open(join(directory, fileName), 'read')
    try {
      return (await latestSlot(file))?.position
    } finally {
      await file.close()
    }
  }

  async save(position: Position): Promise<void> {
    const write = this.#write + 1
    const slot = Buffer.alloc(slotBytes)
    encodeLine({ write, position } satisfies Slot).copy(slot)
    await this.#file.write(slot, (write % 2) * slotBytes)
    await this.#file.sync()
    this.#write = write
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function latestSlot(file: OpenFile): Promise<Slot | undefined> {
  const buffer = Buffer.alloc(2 * slotBytes)
  await file.read(buffer, 0)
  const slots = [0, slotBytes].flatMap((start) => {
    const end = buffer.indexOf(lineFeed, start) + 1
    const slot = decodeLine(buffer, start, Math.min(end, start + slotBytes)) as Slot | undefined
    return slot?.position ? [slot] : []
  })
  return slots.sort((a, b) => b.write - a.write)[0]
}

async function openOrCreate(files: Files, directory: string): Promise<OpenFile> {
  const path = join(directory, fileName)
  try {
    return await files.open(path, 'write')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const file = await files.open(path, 'create')
  await file.write(new Uint8Array(2 * slotBytes), 0)
  await file.sync()
  await files.syncDirectory(directory)
  return file
}
