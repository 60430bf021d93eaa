#!/usr/bin/env node
import type { ExitCode, Out } from './out.ts'
import { version } from './version.ts'

const usage = `Faccina ${version}: the open smiley terminal for public counters.

Usage: faccina COMMAND [OPTIONS]

  try          see the whole path in a browser: panel, journal, broker, votes; no hardware, no settings
  run          the terminal itself, with a settings file (what the system service runs)
  doctor       is all well with this terminal, and if not: what to do next
  panel        try the panel out: each light, each key, each screen
  card         bring the settings file on the card's boot partition into force (before the terminal starts)
  settings     check a settings file; print the reference, an example, the schema
  votes        what is in the journal: list, count, export, verify
  certificate  the certificate that the broker knows the terminal by: request, import, show
  support      all that helps to help, in one file, without secrets and without votes
  backup       the terminal as one sealed file; with --move for another card, which takes over its votes
  restore      make this card the terminal of a backup

For those who consume the votes:

  watch        the terminals and their votes, live
  collect      votes into a database, each exactly once; a live page with --http
  report       how satisfied people are, why not, where and when: text, CSV, JSON, HTML
  open-data    the votes as open data: CSV with CSVW and DCAT-AP_IT descriptions
  simulate     a whole municipality, to try the others with

  --help       this text; after a command, what that command can do
  --version    ${version}
`

type Command = (args: string[], out: Out) => Promise<ExitCode>

/** Loaded when they are called for: the daemon does not pay for the others. */
const commands: Record<string, () => Promise<Command>> = {
  try: async () => (await import('./try.ts')).tryCommand,
  run: async () => (await import('./run.ts')).runCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  panel: async () => (await import('./panel.ts')).panelCommand,
  card: async () => (await import('./card.ts')).cardCommand,
  settings: async () => (await import('./settings.ts')).settingsCommand,
  certificate: async () => (await import('./certificate.ts')).certificateCommand,
  support: async () => (await import('./support.ts')).supportCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  votes: async () => (await import('./votes.ts')).votesCommand,
  watch: async () => (await import('./watch.ts')).watchCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  'open-data': async () => (await import('./open-data.ts')).openDataCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  collect: async () => (await import('./collect.ts')).collectCommand,
}

async function main([name, ...args]: string[], out: Out): Promise<ExitCode> {
  if (name === '--version') {
    out.stdout(`${version}\n`)
    return 0
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    out.stdout(usage)
    return 0
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    const found = name === undefined ? 'a command is missing' : `unknown command ${JSON.stringify(name)}`
    out.stderr(`faccina: ${found}\n\n${usage}`)
    return 2
  }
  return (await command())(args, out)
}

const out: Out = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
}

// `faccina votes list | head` closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

main(process.argv.slice(2), out).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    out.stderr(`faccina: ${error instanceof Error ? error.message : String(error)}\n`)
    if (process.env.FACCINA_DEBUG) console.error(error)
    process.exitCode = 1
  },
)
