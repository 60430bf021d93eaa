import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { PositionOf, Problem, Settings } from '../settings/index.ts'
import { judgeDates } from './doctor/certificate.ts'
import { codeOf } from './doctor/finding.ts'

/** The keys of the settings that name a file. */
export const fileKeys = ['passwordFile', 'ca', 'certificate', 'key'] as const
export type FileKey = (typeof fileKeys)[number]

export interface NamedFiles {
  /** What is wrong with those that are there. */
  problems: Problem[]
  /** Those that are not there. */
  missing: Problem[]
}

/** Where the settings lie, and who can read what they name. */
export interface NamedFilesOptions {
  file: string
  positionOf: PositionOf
  read: (path: string) => Promise<Buffer>
  /** Absent where the clock is not to be trusted: then no date is looked at. */
  wall?: number
}

type Facts = Pick<Problem, 'found' | 'allowed' | 'hint'>

/** Looks into the files that the settings name: whether they are what they should be, and belong together. */
export async function lookAtNamedFiles(
  { broker }: Pick<Settings, 'broker'>,
  options: NamedFilesOptions,
): Promise<NamedFiles> {
  const result: NamedFiles = { problems: [], missing: [] }
  const contents: Partial<Record<FileKey, Buffer>> = {}
  const problemAt = (key: FileKey, facts: Facts): Problem => ({
    file: options.file,
    ...options.positionOf(['broker', key]),
    key: `broker.${key}`,
    ...facts,
  })
  for (const key of fileKeys) {
    const path = broker[key]
    if (path === undefined) continue
    const read = await options.read(path).catch((error: unknown) => codeOf(error))
    if (typeof read !== 'string') contents[key] = read
    else if (read === 'ENOENT' || read === 'ENOTDIR')
      result.missing.push(problemAt(key, missingFacts(key, path, options.file)))
    else result.problems.push(problemAt(key, unreadable(nameOf(path, options.file), read)))
  }
  for (const [key, facts] of judged(contents, (key) => nameOf(broker[key]!, options.file), options.wall))
    result.problems.push(problemAt(key, facts))
  return result
}

/** As it is written in the settings. */
function nameOf(path: string, settingsFile: string): string {
  return JSON.stringify(dirname(path) === dirname(settingsFile) ? basename(path) : path)
}

function missingFacts(key: FileKey, path: string, settingsFile: string): Facts {
  const beside = dirname(path) === dirname(settingsFile)
  // It may be the password itself, which is not to be repeated.
  if (beside && key === 'passwordFile')
    return {
      found: 'the name of a file that is not there',
      allowed: '',
      hint: `Put that file beside ${basename(settingsFile)}; if it is the password itself, write it as broker.password.`,
    }
  const found = `${nameOf(path, settingsFile)}, a file that is not there`
  if (beside) return { found, allowed: '', hint: `Put ${basename(path)} beside ${basename(settingsFile)}.` }
  if (key === 'passwordFile')
    return { found, allowed: '', hint: 'Write the password itself again: broker.password, in its place.' }
  return { found, allowed: '', hint: 'Put the file beside this one again, and write its name alone.' }
}

function unreadable(name: string, code: string): Facts {
  return { found: `${name}, a file that cannot be read (${code})`, allowed: '', hint: 'Copy it there anew.' }
}

function* judged(
  { passwordFile, ca, certificate, key }: Partial<Record<FileKey, Buffer>>,
  name: (key: FileKey) => string,
  wall: number | undefined,
): Generator<[FileKey, Facts]> {
  if (passwordFile?.toString().trim() === '')
    yield ['passwordFile', { found: `${name('passwordFile')}, an empty file`, allowed: 'the password alone' }]
  if (ca) for (const facts of judgeAuthority(ca, name('ca'), wall)) yield ['ca', facts]
  const own = certificate && certificateIn(certificate)
  if (certificate && !own)
    yield ['certificate', wrongKind(certificate, name('certificate'), 'a certificate as PEM')]
  const secret = key && privateKeyIn(key)
  if (key && !secret) yield ['key', wrongKind(key, name('key'), 'a private key as PEM, without a passphrase')]
  if (!own || !certificate) return
  if (secret && !own.checkPrivateKey(secret)) {
    const found = `${name('key')}, which does not belong to the certificate ${name('certificate')}`
    yield ['key', { found, allowed: '', hint: 'Take the key that the certificate was asked for with.' }]
  }
  for (const facts of judgeDate(own, name('certificate'), wall)) yield ['certificate', facts]
}

function* judgeAuthority(bytes: Buffer, name: string, wall: number | undefined): Generator<Facts> {
  const allowed = 'the certificate of the authority that signed the broker’s, as PEM'
  const one = certificateIn(bytes)
  if (!one) yield wrongKind(bytes, name, allowed)
  // A broker that vouches for itself may be trusted by its own certificate.
  else if (!one.ca && one.issuer !== one.subject) {
    const hint = 'Ask for the certificate of the authority itself, often called ca.pem or ca.crt.'
    yield { found: `${name}, a certificate that is no authority’s`, allowed, hint }
  } else yield* judgeDate(one, name, wall)
}

function* judgeDate(certificate: X509Certificate, name: string, wall: number | undefined): Generator<Facts> {
  if (wall === undefined) return
  const renew = 'Have a new one issued by the municipality’s CA.'
  const { result, found, next } = judgeDates(certificate, wall, {
    whose: `${name}, a certificate that`,
    renew,
  })
  if (result === 'failed') yield { found, allowed: 'a certificate that is in date', hint: next }
}

function certificateIn(bytes: Buffer): X509Certificate | undefined {
  if (!bytes.includes('-----BEGIN CERTIFICATE-----')) return undefined
  try {
    return new X509Certificate(bytes)
  } catch {
    return undefined
  }
}

function privateKeyIn(bytes: Buffer): KeyObject | undefined {
  try {
    return createPrivateKey(bytes)
  } catch {
    return undefined
  }
}

/** What the file is instead, as far as it can be told. */
function wrongKind(bytes: Buffer, name: string, allowed: string): Facts {
  const text = bytes.toString('latin1')
  const is = (found: string, hint: string): Facts => ({ found: `${name}, ${found}`, allowed, hint })
  if (/ENCRYPTED/.test(text))
    return is('a key with a passphrase', `Take it off: openssl pkey -in ${bare(name)} -out new.key`)
  if (/-----BEGIN (\w+ )?PRIVATE KEY-----/.test(text))
    return privateKeyIn(bytes)
      ? is('a private key', 'Have the two files been exchanged?')
      : is('a damaged private key', 'Copy it there anew.')
  if (text.includes('-----BEGIN CERTIFICATE REQUEST'))
    return is(
      'a request for a certificate',
      'Send it to the municipality’s CA; what comes back is the certificate.',
    )
  if (text.includes('-----BEGIN CERTIFICATE-----'))
    return certificateIn(bytes)
      ? is('a certificate', 'Have the two files been exchanged?')
      : is('a damaged certificate', 'Copy it there anew.')
  if (text.startsWith('0'))
    return is('a binary file', `Save it as PEM: openssl x509 -inform der -in ${bare(name)} -out new.pem`)
  return is('a file of another kind', 'Such a file begins with -----BEGIN.')
}

function bare(name: string): string {
  return basename(JSON.parse(name) as string)
}
