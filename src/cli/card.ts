import { formatProblem } from '../settings/index.ts'
import { realDisk } from '../system/card/disk.ts'
import { importCard } from '../system/card/import.ts'
import { defaultRunDirectory } from '../system/card/refused.ts'
import { SystemClock } from '../system/clock.ts'
import { openIdentity } from '../system/identity/identity.ts'
import { defaultSettingsFile } from '../system/settings-file.ts'
import { commandLine, commandOf, nothingMore } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'

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
  const asked = commandLine(args, out, {
    usage,
    options: {
      boot: { type: 'string', default: bootDirectory },
      settings: { type: 'string', default: defaultSettingsFile },
      run: { type: 'string', default: defaultRunDirectory },
    },
    words: true,
    read(values, [command, ...rest]) {
      commandOf('card', command, ['import'])
      nothingMore('card import', rest)
      return values
    },
  })
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
