import { iso } from '../domain/time.ts'
import type { Settings } from '../settings/index.ts'
import { inspectJournal } from '../storage/inspect.ts'
import { lockDirectory } from '../storage/lock.ts'
import { markMoved } from '../storage/moved.ts'
import { contentsOf } from '../system/backup/contents.ts'
import { BackupError, newCode, writeSealed } from '../system/backup/sealed.ts'
import { SystemClock } from '../system/clock.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { commandLine, flag, oneFile } from './command-line.ts'
import { journalDirectory } from './compose.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina backup FILE [--move] [--settings FILE]

Writes what makes this terminal the one that it is into one sealed file: settings, key, certificate, password.
The terminal may run meanwhile. It prints a code; without it nobody can open the file.

  --move            for the exchange of the card: the journal goes with it, votes that wait included. The terminal
                    must be stopped, and this card never takes a vote again: on the new card faccina restore
                    goes on with them. May be run again, if the file is lost before it was restored
  --settings FILE   the settings (default ${defaultSettingsFile})
  --help            this text
`

/** `faccina backup`: the terminal as one file. */
export async function backupCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { move: flag, settings: { type: 'string', default: defaultSettingsFile } },
    words: true,
    read: ({ move, settings }, words) => ({ file: oneFile('backup', words), move, settingsFile: settings }),
  })
  if ('exit' in asked) return asked.exit
  const { file, move, settingsFile } = asked.line
  const settings = await readSettings(settingsFile)
  const code = newCode()
  const about = { file, settingsFile, settings, code }
  const held = move ? await moveTo(about) : await copyTo(about)
  out.stdout(`${file} holds ${held}.\n`)
  if (move) out.stdout('This card takes no more votes: its journal is closed for ever.\n')
  out.stdout(`Its code, to be written down: ${code}\n`)
  out.stdout(`On the new card: sudo faccina restore ${file}\n`)
  return 0
}

interface About {
  file: string
  settingsFile: string
  settings: Settings
  code: string
}

function labelOf({ terminal }: Settings) {
  using clock = SystemClock.open({ source: 'system' })
  const { municipality, office, counter } = terminal
  return { terminal: `${municipality}/${office}/${counter}`, at: iso(clock.now().wall) }
}

async function copyTo({ file, settingsFile, settings, code }: About): Promise<string> {
  const contents = contentsOf(settingsFile, settings, false)
  await writeSealed(file, labelOf(settings), code, contents, async () => {})
  return 'the settings, the key and the secrets of the terminal; no votes'
}

/**
 * The journal is closed here after all of it is in the file, and before the file can be opened: at no moment can
 * two cards go on with it, and at none is it nowhere.
 */
async function moveTo({ file, settingsFile, settings, code }: About): Promise<string> {
  const { directory } = settings.storage
  await using _ = await lockOf(directory)
  const waiting = await waitingIn(directory)
  const label = { ...labelOf(settings), waiting }
  const contents = contentsOf(settingsFile, settings, true)
  await writeSealed(file, label, code, contents, () => markMoved(directory, Date.parse(label.at)))
  return `the settings, the key, the secrets and the journal of the terminal; ${waiting} votes in it wait for the broker`
}

/** The storage directory for this process alone; whoever has it must be stopped first. */
export async function lockOf(directory: string): Promise<AsyncDisposable> {
  try {
    return await lockDirectory(directory)
  } catch (cause) {
    throw new BackupError(
      `${(cause as Error).message.split('; ')[0]}; stop the terminal first: sudo systemctl stop faccina`,
      { cause },
    )
  }
}

async function waitingIn(directory: string): Promise<number> {
  const { done, items } = await inspectJournal(journalDirectory(directory))
  let waiting = 0
  for await (const { is, position } of items()) {
    if (is === 'vote' && (done === undefined || position.votes > done.votes)) waiting++
  }
  return waiting
}
