import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { TerminalName } from '../../contract/topics.ts'
import { CertificateError, type CertificateFacts } from '../../ports/certificates.ts'
import { commonNameOf } from './request.ts'

/** What a certificate is held against. */
export interface Expected {
  /** Private keys, PEM: the one in force, and the one that waits. */
  keys: readonly string[]
  /** Whose certificate it must be, where that is known. */
  terminal?: TerminalName
  /** PEM with the authorities that it must lead to. */
  authorities?: string
  wall: number
  /**
   * Whether `wall` is to be trusted. A computer without a clock of its own lags behind, and never runs ahead:
   * unless told otherwise, what has expired is refused and what begins later is not.
   */
  synchronised?: boolean
}

export interface Judged {
  /** The terminal's certificate, then those that vouch for it. */
  pem: string
  facts: CertificateFacts
}

/** TLS client authentication (RFC 5280, 4.2.1.12). */
const clientAuthentication = '1.3.6.1.5.5.7.3.2'
/** Longer than any chain of certificates. */
const longest = 64 * 1024

/** Whether a certificate is one to use: throws a `CertificateError` that says what was found and what to do. */
export function judge(pem: string, expected: Expected): Judged {
  const found = certificatesIn(pem)
  const own = found.find((each) => belongsTo(each, expected.keys))
  if (!own)
    refuse(
      `the certificate of ${subjectOf(found[0])} is for another key`,
      'sign the request of this terminal (faccina certificate request), and bring that certificate',
    )
  judgeSubject(own, expected.terminal)
  judgeDates(own, expected)
  if (own.ca) refuse('it is the certificate of an authority', 'sign it as that of a client (CA:FALSE)')
  // Where it names no use, each is allowed; Node calls the extended key usage `keyUsage`.
  if (own.keyUsage && !own.keyUsage.includes(clientAuthentication))
    refuse('it is not for clients', 'sign it with extendedKeyUsage=clientAuth')
  const chain = chainOf(own, found)
  if (expected.authorities !== undefined) judgeChain(chain, certificatesIn(expected.authorities, 'broker.ca'))
  return { pem: chain.map((each) => each.toString()).join(''), facts: factsOf(own) }
}

/** The facts of the first certificate in a PEM text. */
export function factsIn(pem: string): CertificateFacts {
  return factsOf(certificatesIn(pem)[0])
}

/** Whether a certificate, the first in a PEM text, is for a key; one that cannot be read is for none. */
export function fits(pem: string, key: string): boolean {
  try {
    return belongsTo(certificatesIn(pem)[0], [key])
  } catch {
    return false
  }
}

/** Whether the broker takes the first certificate in a PEM text for this terminal’s. */
export function isFor(pem: string, terminal: TerminalName): boolean {
  return commonNameIn(certificatesIn(pem)[0]) === commonNameOf(terminal)
}

function commonNameIn(certificate: X509Certificate): string | string[] | undefined {
  return certificate.toLegacyObject().subject.CN
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    subject: subjectOf(certificate),
    issuer: oneLine(certificate.issuer),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter: Date.parse(certificate.validTo),
  }
}

function certificatesIn(pem: string, where = 'the file'): [X509Certificate, ...X509Certificate[]] {
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(pem))
    refuse(
      `there is a private key in ${where}`,
      'bring the certificate alone: the key is made on the terminal and never leaves it',
    )
  if (/BEGIN [A-Z ]*CERTIFICATE REQUEST/.test(pem))
    refuse(`there is a certificate request in ${where}`, 'have the authority sign it, and bring its answer')
  const blocks = pem.length > longest ? [] : (pem.match(block) ?? [])
  try {
    const [first, ...more] = blocks.map((text) => new X509Certificate(text))
    if (first) return [first, ...more]
  } catch (cause) {
    throw new CertificateError(`the certificate in ${where} is damaged; copy the whole file again`, { cause })
  }
  return refuse(
    `no certificate in PEM is in ${where}`,
    'save it as PEM: it begins with -----BEGIN CERTIFICATE-----',
  )
}

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

function belongsTo(certificate: X509Certificate, keys: readonly string[]): boolean {
  return keys.some((key) => certificate.checkPrivateKey(createPrivateKey(key)))
}

function judgeSubject(own: X509Certificate, terminal: TerminalName | undefined): void {
  if (!terminal) return
  const wanted = commonNameOf(terminal)
  const found = commonNameIn(own)
  if (found !== wanted)
    refuse(
      `its common name is ${JSON.stringify(found)}, and this terminal is ${wanted}`,
      'sign the request with the subject as it is, or correct terminal.* in the settings',
    )
}

function judgeDates(own: X509Certificate, { wall, synchronised }: Expected): void {
  const { validFrom, validTo } = own
  if (synchronised !== false && Date.parse(validTo) <= wall)
    refuse(`it has expired (${validTo})`, 'have the authority sign the request again')
  if (synchronised === true && Date.parse(validFrom) > wall)
    refuse(
      `it is not valid before ${validFrom}`,
      'set the clock of the authority’s computer right, and sign again',
    )
}

/** The certificate and those of the same file that vouch for it, each for the one before. */
function chainOf(own: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain = [own]
  for (let last = own; ; ) {
    const next = issuerOf(last, others)
    if (!next || chain.includes(next)) return chain
    chain.push(next)
    last = next
  }
}

function judgeChain(chain: readonly X509Certificate[], authorities: readonly X509Certificate[]): void {
  const last = chain.at(-1)!
  if (authorities.some(({ fingerprint256 }) => chain.some((each) => each.fingerprint256 === fingerprint256)))
    return
  if (!issuerOf(last, authorities))
    refuse(
      `${oneLine(last.issuer)} has signed it, which is not among the authorities of broker.ca`,
      'have the municipality’s authority sign it, with the certificates between in the same file, or add that authority to broker.ca',
    )
}

function issuerOf(
  certificate: X509Certificate,
  among: readonly X509Certificate[],
): X509Certificate | undefined {
  return among.find((each) => certificate.checkIssued(each) && certificate.verify(each.publicKey))
}

function subjectOf({ subject }: X509Certificate): string {
  return oneLine(subject)
}

/** Node writes each part on its own line, the widest first. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ')
}

function refuse(found: string, next: string): never {
  throw new CertificateError(`${found}; ${next}`)
}
