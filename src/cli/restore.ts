import { rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Settings } from '../settings/index.ts'
import { openJournal } from '../storage/journal.ts'
import { arrivalName, finishArrival, refuseMoved, stageName, votesIn } from '../storage/moved.ts'
import type { Entry } from '../system/archive/tar.ts'
import { cardOf, own, place, stage, syncFolder } from '../system/backup/contents.ts'
import { BackupError, type Label, noteRestored, readLabel, readSealed } from '../system/backup/sealed.ts'
import { readBootId } from '../system/board.ts'
import { SystemClock } from '../system/clock.ts'
import { openLog } from '../system/log.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { lockOf } from './backup.ts'
import { commandLine, oneFile } from './command-line.ts'
import { journalDirectory, journalRules } from './compose.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina restore FILE [--directory DIR] [--settings FILE]

Makes this card the terminal of a backup, and asks for the code that faccina backup printed (or reads it from
standard input). The terminal must be stopped. A backup that was made with --move goes to one card only, and that
card must have no votes of its own; its votes that wait are published from here, and new ones begin a new epoch.
After a power cut, run it again.

  --directory DIR   the storage directory of this card (default /var/lib/faccina)
  --settings FILE   where the settings go (default ${defaultSettingsFile})
  --help            this text
`

/** `faccina restore`: a card becomes the terminal of a backup. */
export async function restoreCommand(
  args: string[],
  out: Out,
  askCode: () => Promise<string> = codeFromInput,
): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: {
      directory: { type: 'string', default: '/var/lib/faccina' },
      settings: { type: 'string', default: defaultSettingsFile },
    },
    words: true,
    read: (values, words) => ({ ...values, file: oneFile('restore', words) }),
  })
  if ('exit' in asked) return asked.exit
  const { file, directory, settings: settingsFile } = asked.line
  const label = await readLabel(file)
  await using _ = await lockOf(await directoryOf(directory))
  await finishArrival(directory)
  const card = await cardOf(directory)
  await refuseWrongCard(label, card, directory)
  const staged = join(directory, stageName)
  const settings = await lay(staged, directory, readSealed(file, await askCode()))
  if (label.waiting !== undefined) await noteRestored(file, card)
  const placed = await place(staged, settingsFile, settings)
  if (label.waiting !== undefined) await arrive(join(staged, 'journal'), settings)
  await rm(staged, { recursive: true, force: true })
  for (const path of placed) out.stdout(`${path}\n`)
  out.stdout(told(label))
  return 0
}

function told({ terminal, at, waiting }: Label): string {
  const votes =
    waiting === undefined
      ? 'It had no votes with it: what the old card had not published is lost, and is published as a gap.'
      : `${waiting} votes wait to be published from here; the old card takes no more.`
  return `This card is ${terminal} now, as it was at ${at}. ${votes}\nStart it: sudo systemctl start faccina\n`
}

/** Taking the lock would make the folder, with the wrong owner. */
async function directoryOf(directory: string): Promise<string> {
  if (
    await stat(directory).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return directory
  throw new BackupError(
    `${directory} is not there; start the terminal once, and stop it again: sudo systemctl start faccina`,
  )
}

async function refuseWrongCard(
  { waiting, restoredTo }: Label,
  card: string,
  directory: string,
): Promise<void> {
  if (waiting === undefined) return
  await refuseMoved(directory)
  const own = await votesIn(journalDirectory(directory))
  if (own > 0 && restoredTo === card)
    throw new BackupError('this backup has been restored to this card already; start the terminal')
  if (restoredTo !== undefined && restoredTo !== card)
    throw new BackupError(
      'this backup has been restored to another card already; its votes go on there, so take that card',
    )
  if (own > 0)
    throw new BackupError(
      `this card has ${own} votes of its own, and nothing is mixed; take a freshly flashed card, and leave this one in its terminal until all are published`,
    )
}

/**
 * Lays down what is in the backup, whose settings must say the same about where the votes lie as this card does.
 * Where that fails the card is as it was before.
 */
async function lay(staged: string, directory: string, entries: AsyncIterable<Entry>): Promise<Settings> {
  try {
    await stage(staged, entries)
    const settings = await readSettings(join(staged, 'settings.yaml'))
    if (settings.storage.directory === directory) return settings
    throw new BackupError(
      `the settings of the backup keep the votes in ${settings.storage.directory}; add --directory ${settings.storage.directory}`,
    )
  } catch (error) {
    await rm(staged, { recursive: true, force: true })
    throw error
  }
}

/** Begins the new epoch while nobody sees the journal yet, then puts it in its place. */
async function arrive(staged: string, settings: Settings): Promise<void> {
  const { directory } = settings.storage
  const { survey, version, privacy, ...rules } = journalRules(settings)
  using clock = SystemClock.open({ source: settings.clock.source })
  const log = openLog({ level: 'error', write: (line) => process.stderr.write(line), journald: false })
  const start = { boot: 1, bootId: await readBootId(), survey, version, privacy }
  const journal = await openJournal({ ...rules, directory: staged, start, renew: true, clock, log })
  await journal[Symbol.asyncDispose]()
  await own(staged, directory)
  await syncFolder(staged)
  await rename(staged, join(directory, arrivalName))
  await syncFolder(directory)
  await finishArrival(directory)
}

async function codeFromInput(): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question('Code of the backup: ')
  } finally {
    lines.close()
  }
}
