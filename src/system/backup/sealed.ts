import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomInt } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline as piped, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type Entry, packed, unpacked } from '../archive/tar.ts'

/** A backup cannot be used. For the technician who has it in hand. */
export class BackupError extends Error {
  override name = 'BackupError'
}

/** What everybody may know of a backup: the first block of its file. */
export interface Label {
  /** `c_e506/anagrafe/3` */
  terminal: string
  /** When it was made, RFC 3339. */
  at: string
  /** How many votes came with it that were still to be published; absent where it is without the journal. */
  waiting?: number
  /** The card that has taken the journal over: no other one may. */
  restoredTo?: string
}

const magic = 'faccina-backup/1'
const labelBytes = 4096
const tagBytes = 16
/** Nobody mistakes these for one another when they are written down. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Twenty letters of 31: 99 bits, so that no key need be stretched out of it. */
export function newCode(): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return Array.from({ length: 5 }, group).join('-')
}

/**
 * Writes entries, sealed with AES-256-GCM, into a file that must not exist yet, for its owner alone. Until
 * `closing` has resolved the end is missing, and nobody can open it.
 */
export async function writeSealed(
  path: string,
  label: Label,
  code: string,
  entries: AsyncIterable<Entry>,
  closing: () => Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST')
      throw new BackupError(`${path} is there already; take another name, or remove it`, { cause })
    throw new BackupError(`cannot write ${path} (${cause.code})`, { cause })
  })
  try {
    const salt = randomBytes(16)
    const { key, nonce, check } = keysOf(code, salt)
    const head = { format: magic, ...label, salt: salt.toString('hex'), check }
    let offset = await put(file, blockOf(head), 0)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(sealedPart(head))
    const tar = packed(entries, Date.parse(label.at) / 1000)
    await pipeline(Readable.from(tar), createGzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) offset = await put(file, cipher.update(chunk), offset)
    })
    offset = await put(file, cipher.final(), offset)
    await syncAll(file, path)
    await closing()
    await put(file, cipher.getAuthTag(), offset)
    await syncAll(file, path)
  } catch (error) {
    // Nobody can open a part of it.
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** What a backup says of itself; rejects with a `BackupError` where it is none. */
export async function readLabel(path: string): Promise<Label> {
  await using file = await openSealed(path)
  const { format: _, salt: _salt, check: _check, ...label } = await headOf(file, path)
  return label
}

/**
 * The entries of a backup, checked to its last byte: what they were is true only once this has ended without
 * rejecting.
 */
export async function* readSealed(path: string, code: string): AsyncGenerator<Entry> {
  await using file = await openSealed(path)
  const head = await headOf(file, path)
  const { key, nonce, check } = keysOf(code, Buffer.from(head.salt, 'hex'))
  if (check !== head.check) throw new BackupError('this is not the code of this backup; look at it once more')
  const { size } = await file.stat()
  const end = size - tagBytes
  const tag = Buffer.alloc(tagBytes)
  await file.read(tag, 0, tagBytes, Math.max(labelBytes, end))
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(sealedPart(head)).setAuthTag(tag)
  // What is wrong with the source comes out at the end.
  const plain = piped(Readable.from(deciphered(file, end, decipher, path)), createGunzip(), () => {})
  try {
    yield* unpacked(plain)
  } catch (cause) {
    throw cause instanceof BackupError ? cause : broken(path, cause)
  }
}

async function* deciphered(
  file: FileHandle,
  end: number,
  decipher: ReturnType<typeof createDecipheriv>,
  path: string,
): AsyncGenerator<Buffer> {
  for (let at = labelBytes; at < end; ) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, Math.min(65_536, end - at), at)
    if (bytesRead === 0) break
    at += bytesRead
    yield (decipher as unknown as { update(data: Buffer): Buffer }).update(buffer.subarray(0, bytesRead))
  }
  try {
    decipher.final()
  } catch (cause) {
    throw broken(path, cause)
  }
}

function broken(path: string, cause: unknown): BackupError {
  return new BackupError(
    `${path} is damaged, or was not written to its end; make it anew on the old card: faccina backup --move`,
    { cause },
  )
}

/** Notes in the file itself which card takes its journal; resolves when that is on the disk. */
export async function noteRestored(path: string, card: string): Promise<void> {
  const file = await open(path, 'r+').catch((cause: NodeJS.ErrnoException) => {
    const why = `cannot write into ${path} (${cause.code}), where it must be noted that this card takes the votes`
    throw new BackupError(`${why}; copy it to a place that can be written`, { cause })
  })
  try {
    await put(file, blockOf({ ...(await headOf(file, path)), restoredTo: card }), 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

type Head = Label & { format: string; salt: string; check: string }

function keysOf(code: string, salt: Buffer): { key: Buffer; nonce: Buffer; check: string } {
  const plain = code.toLowerCase().replace(/[^a-z0-9]/g, '')
  const bytes = Buffer.from(hkdfSync('sha256', plain, salt, magic, 52))
  const check = bytes.subarray(44).toString('hex')
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32, 44), check }
}

/** All of the label but what is noted later. */
function sealedPart({ restoredTo: _, ...head }: Head): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(head).sort(([a], [b]) => (a < b ? -1 : 1))))
}

function blockOf(head: Head): Buffer {
  const text = `${JSON.stringify(head)}\n`
  if (Buffer.byteLength(text) > labelBytes) throw new RangeError('the label of the backup is too long')
  const bytes = Buffer.alloc(labelBytes, ' ')
  bytes.write(text)
  return bytes
}

async function headOf(file: FileHandle, path: string): Promise<Head> {
  const buffer = Buffer.alloc(labelBytes)
  const { bytesRead } = await file.read(buffer, 0, labelBytes, 0)
  try {
    const head = JSON.parse(buffer.toString('utf8', 0, bytesRead)) as Head
    if (head.format === magic) {
      if (isHead(head)) return head
      throw broken(path, undefined)
    }
    if (head.format.startsWith('faccina-backup/'))
      throw new BackupError(`${path} was made by a newer Faccina; install the newest one on this card`)
  } catch (cause) {
    if (cause instanceof BackupError) throw cause
  }
  throw new BackupError(`${path} is no backup of a terminal`)
}

/** A part of it may have been changed on the way. */
function isHead({
  salt,
  check,
  terminal,
  at,
  waiting,
  restoredTo,
}: Partial<Record<keyof Head, unknown>>): boolean {
  const texts = [salt, check, terminal, at, restoredTo ?? '']
  return texts.every((text) => typeof text === 'string') && ['number', 'undefined'].includes(typeof waiting)
}

async function openSealed(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new BackupError(`cannot read ${path} (${code})`, { cause })
  }
}

async function put(file: FileHandle, bytes: Buffer, offset: number): Promise<number> {
  let done = 0
  while (done < bytes.length)
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
  return offset + bytes.length
}

async function syncAll(file: FileHandle, path: string): Promise<void> {
  await file.sync()
  const folder = await open(dirname(path) || '.', 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
