import { join } from 'node:path'
import type { Files, OpenFile } from './files.ts'
import { decodeLine, encodeLine, lineFeed } from './line.ts'

/** Slots begin where blocks do, so that a power cut in one leaves the other. */
const blockBytes = 4096

/** Which of the journal's small files, and what it holds. */
export interface SlotKind<T> {
  name: string
  slotBytes: number
  /** The name that the value has in its line. */
  label: string
  /** What is no such value is as good as damaged. */
  is(value: unknown): value is T
}

interface Slot<T> {
  /** Counts the writes; the higher one of two intact slots is the later. */
  write: number
  value: T
}

/**
 * A small thing that changes often, in a file of its own whose size never changes: two checksummed slots,
 * written in turn, so that one of them is always whole, and a disk that others have filled is no obstacle.
 */
export class SlotFile<T> {
  readonly #file: OpenFile
  readonly #kind: SlotKind<T>
  #write: number

  private constructor(file: OpenFile, kind: SlotKind<T>, write: number) {
    this.#file = file
    this.#kind = kind
    this.#write = write
  }

  /** Opens or makes it, and says what it held. */
  static async open<T>(files: Files, directory: string, kind: SlotKind<T>) {
    const file = await openOrCreate(files, join(directory, kind.name))
    try {
      await fill(files, directory, file, 2 * kind.slotBytes)
      const latest = await latestSlot(file, kind)
      return { slots: new SlotFile(file, kind, latest?.write ?? 0), value: latest?.value }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** What it holds, for those who only look; undefined where there is no such file. */
  static async read<T>(files: Files, directory: string, kind: SlotKind<T>): Promise<T | undefined> {
    let file: OpenFile
    try {
      file = await files.open(join(directory, kind.name), 'read')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    try {
      return (await latestSlot(file, kind))?.value
    } finally {
      await file.close()
    }
  }

  /** Resolves when it is on the disk. */
  async save(value: T): Promise<void> {
    const { label, name, slotBytes } = this.#kind
    const write = this.#write + 1
    const line = encodeLine({ write, [label]: value })
    if (line.length > slotBytes) throw new RangeError(`${name}: ${line.length} bytes, ${slotBytes} fit`)
    const blocks = Buffer.alloc(Math.ceil(line.length / blockBytes) * blockBytes)
    line.copy(blocks)
    await this.#file.write(blocks, (write % 2) * slotBytes)
    await this.#file.sync()
    this.#write = write
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function latestSlot<T>(file: OpenFile, kind: SlotKind<T>): Promise<Slot<T> | undefined> {
  const slots = [await slotAt(file, 0, kind), await slotAt(file, kind.slotBytes, kind)]
  return slots.filter((slot) => slot !== undefined).sort((a, b) => b.write - a.write)[0]
}

async function slotAt<T>(
  file: OpenFile,
  start: number,
  { slotBytes, label, is }: SlotKind<T>,
): Promise<Slot<T> | undefined> {
  let buffer = Buffer.alloc(blockBytes)
  await file.read(buffer, start)
  if (buffer[0] === 0) return undefined
  if (slotBytes > blockBytes && !buffer.includes(lineFeed)) {
    buffer = Buffer.alloc(slotBytes)
    await file.read(buffer, start)
  }
  const line = decodeLine(buffer, 0, buffer.indexOf(lineFeed) + 1) as Record<string, unknown> | undefined
  const value = line?.[label]
  const write = line?.write
  // What could not be counted on from would be overtaken by nothing.
  return is(value) && isCount(write) ? { write, value } : undefined
}

function isCount(write: unknown): write is number {
  return typeof write === 'number' && Number.isSafeInteger(write + 1) && write >= 0
}

async function openOrCreate(files: Files, path: string): Promise<OpenFile> {
  try {
    return await files.open(path, 'write')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return files.open(path, 'create')
  }
}

/** Gives a file its size, when it is new or when a start was cut short that made it. */
async function fill(files: Files, directory: string, file: OpenFile, bytes: number): Promise<void> {
  const size = await file.size()
  if (size >= bytes) return
  await file.write(new Uint8Array(bytes - size), size)
  await file.sync()
  await files.syncDirectory(directory)
}
