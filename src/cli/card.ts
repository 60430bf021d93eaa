import { parseArgs } from 'node:util'
import { formatProblem } from '../settings/index.ts'
import { realDisk } from '../system/card/disk.ts'
import { importCard } from '../system/card/import.ts'
import { defaultRunDirectory } from '../system/card/refused.ts'
import { SystemClock } from '../system/clock.ts'
import { openIdentity } from '../system/identity/identity.ts'
import { defaultSettingsFile } from '../system/settings-file.ts'
import { commandLine, type ExitCode, type Out } from './out.ts'

const bootDirectory = '/boot/firmware'

const usage = `Usage: faccina card import [--boot DIR] [--settings FILE] [--run DIR]

Brings faccina.yaml from the card's boot partition into force, if it is right: secrets are kept in the terminal and
wiped there. If it is wrong, faccina-error.txt beside it says why, and the settings in force stay as they are.
Run as root before the terminal starts (faccina-card.service).

  --boot DIR        the boot partition (default ${bootDirectory})
  --settings FILE   the settings in force (default ${defaultSettingsFile})
  --run DIR         what the terminal is told of it (default ${defaultRunDirectory})
  --help            this text

The exit code is 1 where the settings on the card are refused.
`

/** `faccina card import`: the way of one settings file from the card into force. */
export async function cardCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(out, usage, () => readLine(args))
  if ('exit' in asked) return asked.exit
  using clock = SystemClock.open({ source: 'auto' })
  const { refused, troubles, done } = await importCard({
    ...asked.line,
    ...clock.now(),
    disk: realDisk,
    identity: { open: openIdentity },
  })
  for (const line of done) out.stdout(`${line}\n`)
  for (const problem of troubles) out.stdout(`${formatProblem(problem)}\n`)
  if (refused.length === 0) return 0
  const count = refused.length === 1 ? 'one thing is' : `${refused.length} things are`
  out.stdout(`\nThe settings on this card cannot be used yet, ${count} wrong:\n\n`)
  for (const problem of refused) out.stdout(`* ${formatProblem(problem)}\n\n`)
  return 1
}

function readLine(args: string[]): { boot: string; settings: string; run: string } | 'help' {
  const text = { type: 'string' } as const
  const options = { boot: text, settings: text, run: text, help: { type: 'boolean', short: 'h' } } as const
  const { positionals, values } = parseArgs({ args, options, allowPositionals: true })
  if (values.help) return 'help'
  if (positionals.length !== 1 || positionals[0] !== 'import')
    throw new Error('card: what is to be done is import')
  const { boot = bootDirectory, settings = defaultSettingsFile, run = defaultRunDirectory } = values
  return { boot, settings, run }
}
