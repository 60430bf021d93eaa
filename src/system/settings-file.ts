import { type FileHandle, open } from 'node:fs/promises'
import { maxBytes } from '../settings/document.ts'
import { textOf } from '../settings/file-bytes.ts'
import { type Parsed, parseSettings, type Settings, SettingsError } from '../settings/index.ts'

/** Where `faccina run` looks, unless told otherwise. */
export const defaultSettingsFile = '/etc/faccina/faccina.yaml'

/** The settings in a file. Throws a `SettingsError` that says what to do. */
export async function readSettings(file: string): Promise<Settings> {
  const parsed = parseSettings(await readSettingsText(file), file)
  if (!parsed.ok) throw new SettingsError(parsed.problems)
  return parsed.settings
}

/** The same, where what is wrong is an answer, too: with the settings, or with the file. */
export async function parseSettingsFile(file: string, read = readSettingsText): Promise<Parsed> {
  try {
    return parseSettings(await read(file), file)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { ok: false, problems: [...error.problems] }
  }
}

/** What is written in a settings file, as yet unchecked. Throws a `SettingsError` if it cannot be read. */
export async function readSettingsText(file: string): Promise<string> {
  return settingsText(await readBytes(file), file)
}

/** The bytes of a settings file as text. Throws a `SettingsError` where they are none. */
export function settingsText(bytes: Uint8Array, file: string): string {
  const read = textOf(bytes)
  if ('unfit' in read) {
    const { found, allowed, hint } = read.unfit
    throw unusable(file, found, allowed, hint, read.cause)
  }
  return read.text
}

/** In UTF-16 each letter takes twice as much; whether it is too long, the parser says. */
const mostRead = 2 * maxBytes + 2

async function readBytes(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file)
    return await readAtMost(handle, mostRead)
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    const { found, hint } = failures(file)[code] ?? { found: `that it cannot be read (${code})`, hint: '' }
    throw unusable(file, found, '', hint, cause)
  }
}

/** Never more than asked for, whatever the file claims about its size. */
async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await handle.read(buffer, length, most - length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

function failures(file: string): Record<string, { found: string; hint: string }> {
  const forbidden = {
    found: 'a file that this user may not read',
    hint: `Give the terminal's user the right to read it, and to enter the folders above it: ls -l ${file}`,
  }
  const missing = {
    found: 'no such file',
    hint: `Make one with: faccina settings example > ${file}. Or name the file that you have.`,
  }
  return {
    ENOENT: missing,
    ENOTDIR: missing,
    EACCES: forbidden,
    EPERM: forbidden,
    EISDIR: { found: 'a folder', hint: 'Name the file in it.' },
    ELOOP: { found: 'a link that leads back to itself', hint: 'Put the file itself there.' },
  }
}

function unusable(
  file: string,
  found: string,
  allowed: string,
  hint: string,
  cause?: unknown,
): SettingsError {
  const problem = { file, line: 0, column: 0, key: '', found, allowed, ...(hint && { hint }) }
  return new SettingsError([problem], cause === undefined ? {} : { cause })
}
