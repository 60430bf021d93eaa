import { readFile, writeFile } from 'node:fs/promises'
import { CertificateError, type CertificateFacts } from '../ports/certificates.ts'
import type { Settings } from '../settings/index.ts'
import { SettingsError } from '../settings/index.ts'
import { SystemClock } from '../system/clock.ts'
import { type Identity, openIdentity } from '../system/identity/identity.ts'
import { defaultSettingsFile, readSettings } from '../system/settings-file.ts'
import { commandLine, commandOf, flag, nothingMore, oneFile, text, type Values } from './command-line.ts'
import type { ExitCode, Out } from './out.ts'

const usage = `Usage: faccina certificate request [--output FILE]
       faccina certificate import FILE
       faccina certificate show [--json]

The certificate that the broker knows this terminal by. Its key is made here, and never leaves.

  request    a certificate request, for the municipality's authority to sign (PEM)
  import     the authority's answer: judged, and used from the next connection on
  show       whose it is, who signed it, until when, and whether a renewal waits

  --output FILE     request: into a file, too
  --json            show: for machines
  --settings FILE   whose terminal, and where its storage is (default ${defaultSettingsFile})
  --help            this text

How an authority is set up, and signs: hardware/image/certificates.md
`

const options = {
  json: flag,
  output: text,
  settings: { type: 'string', default: defaultSettingsFile },
} as const

type Line = { settings: string } & (
  | { command: 'request'; output: string | undefined }
  | { command: 'import'; file: string }
  | { command: 'show'; json: boolean }
)

/** `faccina certificate`: the terminal's certificate, by hand. */
export async function certificateCommand(args: string[], out: Out): Promise<ExitCode> {
  const asked = commandLine(args, out, { usage, options, words: true, read: readLine })
  if ('exit' in asked) return asked.exit
  const { line } = asked
  try {
    const settings = await readSettings(line.settings)
    const identity = await openIdentity(settings.storage.directory)
    return await perform(line, settings, identity, out)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    out.stderr(`faccina: ${wordsOf(error)}\n`)
    return 1
  }
}

function perform(line: Line, settings: Settings, identity: Identity, out: Out): Promise<ExitCode> {
  switch (line.command) {
    case 'request':
      return request(line.output, settings, identity, out)
    case 'import':
      return importFile(line.file, settings, identity, out)
    case 'show':
      return show(line.json, settings, identity, out)
  }
}

async function request(
  output: string | undefined,
  { terminal }: Settings,
  identity: Identity,
  out: Out,
): Promise<ExitCode> {
  const pem = await identity.request(terminal)
  if (output !== undefined) await writeFile(output, pem)
  out.stdout(pem)
  return 0
}

async function importFile(file: string, settings: Settings, identity: Identity, out: Out): Promise<ExitCode> {
  const { terminal, broker } = settings
  using clock = SystemClock.open(settings.clock)
  const { wall, synchronised } = clock.now()
  const installed = await identity.install(await readFile(file, 'utf8'), {
    wall,
    terminal,
    // Not synchronised, or synchronised long before this program began: it cannot be told apart.
    ...(synchronised && { synchronised }),
    ...(broker.ca !== undefined && { ca: broker.ca }),
  })
  out.stdout(
    `${installed.subject}, valid until ${day(installed.notAfter)}: used from the next connection on\n`,
  )
  out.stdout(`${next(settings)}\n`)
  return 0
}

function next({ broker }: Settings): string {
  if (broker.certificate !== undefined)
    return 'The settings name another one: take broker.certificate and broker.key out of them.'
  if (!broker.url?.startsWith('mqtts:'))
    return 'It is shown to a broker that speaks TLS: broker.url must begin with mqtts://.'
  return 'To connect anew now: systemctl restart faccina'
}

async function show(json: boolean, settings: Settings, identity: Identity, out: Out): Promise<ExitCode> {
  using clock = SystemClock.open(settings.clock)
  const facts = await identity.facts()
  const renewal = await identity.renewalWaits()
  const daysLeft = facts && Math.floor((facts.notAfter - clock.now().wall) / 86_400_000)
  if (json) {
    const told = facts && { ...facts, notAfter: new Date(facts.notAfter).toISOString(), daysLeft }
    out.stdout(`${JSON.stringify({ certificate: told ?? null, renewal }, undefined, 2)}\n`)
  } else out.stdout(facts ? shown(facts, daysLeft ?? 0, renewal) : none)
  return facts && (daysLeft ?? 0) >= 0 ? 0 : 1
}

const none = `no certificate yet
next: have the authority sign the request (faccina certificate request), then: faccina certificate import FILE
`

function shown({ subject, issuer, notAfter, fingerprint }: CertificateFacts, days: number, renewal: boolean) {
  const rows = [
    ['subject', subject],
    ['issuer', issuer],
    ['valid until', `${day(notAfter)}, ${days < 0 ? 'expired' : `${days} days more`}`],
    ['fingerprint', fingerprint],
    ['renewal', renewal ? 'a request waits for its certificate' : 'none is asked for'],
  ] as const
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}\n`).join('')
}

function day(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10)
}

/** What was found, and what to do. */
function wordsOf(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (error instanceof CertificateError || code === undefined) return message
  if (code === 'ENOENT') return `${path}: no such file; name the one that the authority sent`
  if (code === 'EACCES' || code === 'EPERM')
    return `${path}: this user may not use it; run it as root: sudo faccina certificate …`
  return message
}

/** Throws where the command line makes no sense. */
function readLine(values: Values<typeof options>, [word, ...rest]: readonly string[]): Line {
  const { json, output, settings } = values
  const command = commandOf('certificate', word, ['request', 'import', 'show'])
  if (output !== undefined && command !== 'request') throw new Error('--output goes with request')
  if (json && command !== 'show') throw new Error('--json goes with show')
  if (command === 'import') return { command, file: oneFile('certificate import', rest), settings }
  nothingMore(`certificate ${command}`, rest)
  return command === 'request' ? { command, output, settings } : { command, json, settings }
}
