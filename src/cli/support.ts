import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { iso } from '../domain/time.ts'
import { maskedSettings, type Settings, SettingsError } from '../settings/index.ts'
import { SystemClock } from '../system/clock.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { archived, collected, readmeOf } from '../system/support/bundle.ts'
import { computerPieces, filesBelow, type Piece } from '../system/support/collect.ts'
import { knownSecrets } from '../system/support/known-secrets.ts'
import { maskOf } from '../system/support/mask.ts'
import { commandLine, text } from './command-line.ts'
import { doctorCommand } from './doctor.ts'
import type { ExitCode, Out } from './out.ts'
import { version } from './version.ts'
import { votesCommand } from './votes.ts'

const usage = `Usage: faccina support [--output FILE] [--settings FILE]

Collects all that helps to help, in one file to be sent to whoever looks after the terminal: settings, what faccina
doctor says, counts of votes, logs, disk, network, clock. No passwords, no keys, no single votes. The terminal may
run meanwhile; without root some of it is missing.

  --output FILE     where to (default faccina-support-TERMINAL-TIME.tar.gz in this folder)
  --settings FILE   the settings (default ${defaultSettingsFile})
  --help            this text
`

/**
 * `faccina support`: one file for those who help. It says what it could not get, and never fails for that.
 * @param leave ends the process where something that the doctor has given up may hold it
 */
export async function supportCommand(
  args: string[],
  out: Out,
  leave: (code: ExitCode) => void = process.exit,
): Promise<ExitCode> {
  const asked = commandLine(args, out, {
    usage,
    options: { output: text, settings: { type: 'string', default: defaultSettingsFile } },
    read: (values) => values,
  })
  if ('exit' in asked) return asked.exit
  const { output, settings: settingsFile } = asked.line
  using clock = SystemClock.open({ source: 'system' })
  const at = iso(Math.floor(clock.now().wall / 1000) * 1000)
  const { settings, problem } = await settingsOf(settingsFile)
  const terminal = settings ? Object.values(settings.terminal).join('-') : 'unknown'
  const folder = `faccina-support-${terminal}-${at.replace(/[-:]|\.000/g, '')}`
  const file = output ?? `${folder}.tar.gz`
  let late = false
  const onLate = () => {
    late = true
  }
  const pieces = piecesOf(settingsFile, { settings, problem, onLate })
  const mask = maskOf(settings ? await knownSecrets(settings) : [])
  const bundle = await collected(pieces, mask, (name) => void (out.colour && out.stderr(`… ${name}\n`)))
  const who = process.getuid?.() === 0 ? 'root' : 'a user without all rights'
  const about = `Faccina ${version}, terminal ${terminal}, at ${at}, collected by ${who}.`
  const readme = readmeOf(about, pieces, bundle)
  await write(file, archived(folder, readme, bundle, Date.parse(at) / 1000))
  out.stdout(`${readme}\nWritten to ${file}; look through it before you send it.\n`)
  if (late) leave(0)
  return 0
}

/** Where the settings are of no use, why: without a word of what is written there. */
async function settingsOf(file: string): Promise<{ settings?: Settings; problem?: string }> {
  try {
    return { settings: await readSettings(file) }
  } catch (error) {
    if (error instanceof SettingsError) return { problem: error.message }
    throw error
  }
}

interface Known {
  settings: Settings | undefined
  problem: string | undefined
  onLate: () => void
}

function piecesOf(file: string, { settings, problem, onLate }: Known): Piece[] {
  const line = ['--json', '--settings', file]
  const doctor = {
    name: 'doctor.json',
    about: 'what faccina doctor says',
    collect: () => saidBy((out) => doctorCommand(line, out, onLate)),
  }
  if (!settings) {
    const text = `${problem}\n`
    return [
      { name: 'settings.txt', about: 'what is wrong with the settings', collect: async () => text },
      doctor,
      ...computerPieces(version),
    ]
  }
  const { directory } = settings.storage
  const votes = (command: string) => () => saidBy((out) => votesCommand([command, ...line], out))
  const masked = `${JSON.stringify(maskedSettings(settings), undefined, 2)}\n`
  return [
    { name: 'settings.json', about: 'the settings, without secrets', collect: async () => masked },
    doctor,
    {
      name: 'verify.json',
      about: 'whether the journal reads back, and what is missing',
      collect: votes('verify'),
    },
    {
      name: 'count.json',
      about: 'how many votes there are and wait; no single ones',
      collect: votes('count'),
    },
    {
      name: 'files.txt',
      about: `names and sizes of what is in ${directory}`,
      collect: () => filesBelow(directory),
    },
    ...computerPieces(version),
  ]
}

async function saidBy(command: (out: Out) => Promise<ExitCode>): Promise<string> {
  let text = ''
  let problem = ''
  const out: Out = {
    stdout: (more) => {
      text += more
    },
    stderr: (more) => {
      problem += more
    },
    colour: false,
  }
  await command(out)
  if (text === '') throw new Error(problem || 'it said nothing')
  return text
}

async function write(file: string, tar: AsyncIterable<Buffer>): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const advice = cause.code === 'EEXIST' ? 'it is there already' : String(cause.code)
    throw new Error(`cannot write ${file}: ${advice}; choose another place with --output`, { cause })
  })
  await pipeline(Readable.from(tar), createGzip(), handle.createWriteStream())
}
