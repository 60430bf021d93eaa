import { basename, dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Problem, parseSettings, type Settings, SettingsError } from '../../settings/index.ts'
import { codeOf } from '../doctor/finding.ts'
import { type FileKey, fileKeys, lookAtNamedFiles } from '../named-files.ts'
import { settingsText } from '../settings-file.ts'
import { type Replacement, replaced } from './secret-text.ts'

/** One thing to be done; when it is done it is on the disk. */
export type Step =
  /** A file among the terminal's secrets. */
  | { do: 'keep'; name: string; bytes: Buffer }
  /** The terminal is to test itself at its next start. */
  | { do: 'commission' }
  | { do: 'settings'; bytes: Buffer }
  /** A secret's file goes from the boot partition. */
  | { do: 'wipe'; path: string }
  /** The settings file on the boot partition, the old one wiped. */
  | { do: 'boot'; path: string; bytes: Buffer }

export interface CardFacts {
  /** The settings file on the boot partition. */
  path: string
  bytes: Buffer
  /** The settings in force. */
  inForce: Buffer | undefined
  /** Undefined where there is no such file. */
  read: (path: string) => Promise<Buffer | undefined>
  /** Absent while the clock is not to be trusted. */
  wall?: number
}

export type Plan =
  | { ok: true; settings: Settings; steps: Step[] }
  | { ok: false; problems: readonly Problem[] }

export const secretsIn = (storageDirectory: string) => join(storageDirectory, 'secrets')
/** What a password is called among the secrets. */
const passwordName = 'broker-password'

/**
 * What has to be done so that the settings on the boot partition are in force, and no secret is left there. The
 * order is what keeps a power cut harmless: a secret is kept before the settings that need it are in force, and
 * wiped only when they are. Each step says what is to be in the end, so that doing it twice changes nothing.
 */
export async function planImport(facts: CardFacts): Promise<Plan> {
  const checked = await check(facts)
  if (!checked.ok) return checked
  const { settings, text } = checked
  const moved = await movesOf(settings, facts)
  const edited = replaced(text, moved.replacements)
  const inForce = edited === undefined ? undefined : parsedOrNothing(edited, facts.path)
  if (edited === undefined || !isDeepStrictEqual(inForce, withMoves(settings, moved.replacements)))
    return { ok: false, problems: [notInItsPlace(facts.path, checked.positionOf)] }
  const bytes = Buffer.from(edited)
  const secrets = secretsIn(settings.storage.directory)
  const steps: Step[] = []
  for (const { name, bytes } of moved.kept)
    if (!(await facts.read(join(secrets, name)))?.equals(bytes)) steps.push({ do: 'keep', name, bytes })
  if (!facts.inForce?.equals(bytes)) {
    if (isOther(settings, facts)) steps.push({ do: 'commission' })
    steps.push({ do: 'settings', bytes })
  }
  for (const path of moved.wiped) steps.push({ do: 'wipe', path })
  if (!facts.bytes.equals(bytes)) steps.push({ do: 'boot', path: facts.path, bytes })
  return { ok: true, settings: inForce!, steps }
}

async function check({ path, bytes, read, wall }: CardFacts) {
  try {
    const text = settingsText(bytes, path)
    const parsed = parseSettings(text, path)
    if (!parsed.ok) return parsed
    const { settings, positionOf } = parsed
    const reader = async (file: string) => {
      const found = await readBeside(file, path, settings, read)
      if (found) return found
      throw Object.assign(new Error(`no ${file}`), { code: 'ENOENT' })
    }
    const named = { file: path, positionOf, read: reader, ...(wall !== undefined && { wall }) }
    const { problems, missing } = await lookAtNamedFiles(settings, named)
    if (problems.length + missing.length > 0)
      return { ok: false as const, problems: [...problems, ...missing] }
    return { ok: true as const, settings, text, positionOf }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return { ok: false as const, problems: error.problems }
  }
}

/** What lies beside the settings; once that is wiped, what was kept of it. */
async function readBeside(
  file: string,
  settingsFile: string,
  settings: Settings,
  read: CardFacts['read'],
): Promise<Buffer | undefined> {
  const found = await read(file)
  if (dirname(file) !== dirname(settingsFile)) return found
  if (found && !isWiped(found)) return found
  const key = fileKeys.find((one) => settings.broker[one] === file)
  return key && read(join(secretsIn(settings.storage.directory), keptName(key, file)))
}

/** A power cut may have left some of a file wiped, its beginning or whole sectors: none that is meant begins so. */
const isWiped = (bytes: Buffer) => bytes[0] === 0 || bytes.includes(Buffer.alloc(16))

function keptName(key: FileKey, file: string): string {
  const name = basename(file)
  if (key === 'passwordFile') return passwordName
  return name === passwordName ? `${key}.pem` : name
}

interface Moves {
  kept: { name: string; bytes: Buffer }[]
  replacements: Replacement[]
  wiped: string[]
}

/** What goes from the boot partition into the terminal's own storage. */
async function movesOf(settings: Settings, facts: CardFacts): Promise<Moves> {
  const { broker, storage } = settings
  const moves: Moves = { kept: [], replacements: [], wiped: [] }
  const keep = (key: string, newKey: string, name: string, bytes: Buffer) => {
    moves.kept.push({ name, bytes })
    moves.replacements.push({ key, newKey, value: join(secretsIn(storage.directory), name) })
  }
  if (broker.password !== undefined)
    keep('password', 'passwordFile', passwordName, Buffer.from(broker.password))
  for (const key of fileKeys) {
    const file = broker[key]
    if (file === undefined || dirname(file) !== dirname(facts.path)) continue
    const bytes = (await readBeside(file, facts.path, settings, facts.read))!
    keep(key, key, keptName(key, file), key === 'passwordFile' ? passwordIn(bytes) : bytes)
    const secret = key === 'key' || key === 'passwordFile'
    if (secret && (await facts.read(file))) moves.wiped.push(file)
  }
  return moves
}

/** As Notepad leaves it: with a byte order mark before it, and a line's end behind it. */
function passwordIn(bytes: Buffer): Buffer {
  return Buffer.from(
    settingsText(bytes, '')
      .replace(/^\uFEFF/, '')
      .trimEnd(),
  )
}

function withMoves(settings: Settings, replacements: readonly Replacement[]): Settings {
  const { password: _, ...broker } = settings.broker
  const moved = Object.fromEntries(replacements.map(({ newKey, value }) => [newKey, value]))
  return { ...settings, broker: { ...broker, ...moved } }
}

function parsedOrNothing(text: string, file: string): Settings | undefined {
  const parsed = parseSettings(text, file)
  return parsed.ok ? parsed.settings : undefined
}

function notInItsPlace(file: string, positionOf: (path: string[]) => { line: number; column: number }) {
  return {
    file,
    ...positionOf(['broker']),
    key: 'broker',
    found: 'a password or the name of a file that stands elsewhere (a value with & or *)',
    allowed: '',
    hint: 'Write it out behind its key: it is kept in the terminal and wiped here.',
  }
}

/** The first settings of this terminal, or those of another counter. */
function isOther(settings: Settings, { inForce, path }: CardFacts): boolean {
  if (!inForce) return true
  const before = parsedOrNothing(inForce.toString(), path)
  return !before || !isDeepStrictEqual(before.terminal, settings.terminal)
}

/** Why something could not be done, for whoever has to make it possible. */
export function failureProblem(path: string, error: unknown): Problem {
  const code = codeOf(error)
  const hints: Record<string, string> = {
    ENOSPC: 'Delete from it what does not belong there.',
    EROFS: 'Mount it so that it can be written, or look whether the card is worn out.',
    EIO: 'Exchange the card: it is worn out.',
  }
  return {
    file: path,
    line: 0,
    column: 0,
    key: '',
    found: `that it cannot be written or read (${code || String(error)})`,
    allowed: '',
    ...(hints[code] && { hint: hints[code] }),
  }
}
