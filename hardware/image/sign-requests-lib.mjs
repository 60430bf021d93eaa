/**
 * Whether a terminal's request for its next certificate is to be signed: the part of `sign-requests` that only
 * thinks. Who may write a terminal's topic is the broker's to enforce; this asks again who it is.
 */
import { createHash, X509Certificate } from 'node:crypto'

const level = '[a-z0-9_-]{1,64}'
const longestRequest = 4096

/** @returns {{terminal: string, message: object} | undefined} of a line `TOPIC JSON`; undefined where it is none */
export function readLine(line, root) {
  const topic = new RegExp(`^${root}/(${level}/${level}/${level})/certificate (.+)$`).exec(line)
  if (!topic) return undefined
  try {
    const message = JSON.parse(topic[2])
    return typeof message === 'object' && message !== null ? { terminal: topic[1], message } : undefined
  } catch {
    return undefined
  }
}

/** The subject that a terminal's request has, as `openssl req -subject -nameopt RFC2253` prints it. */
export function subjectOf(terminal) {
  return `subject=CN=${terminal},O=${terminal.split('/')[0]}`
}

/** What `index.txt` says: the serial numbers of certificates that are neither revoked nor expired. */
export function validSerials(index, now) {
  return new Set(
    index.split('\n').flatMap((line) => {
      const [state, until, , serial] = line.split('\t')
      return state === 'V' && timeOf(until) > now ? [serial] : []
    }),
  )
}

/** `YYMMDDHHMMSSZ`, or with four digits for the year. */
function timeOf(text) {
  const [, year, month, day, hour, minute, second] =
    /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? []
  return Date.UTC(year.length === 2 ? `20${year}` : year, month - 1, day, hour, minute, second)
}

/** Certificates of the authority that count, as `judge` wants them. */
export function known(pems, serials) {
  return pems
    .map((pem) => ({ pem, certificate: new X509Certificate(pem) }))
    .filter(({ certificate }) => serials.has(certificate.serialNumber))
    .map(({ pem, certificate }) => ({
      pem,
      commonName: certificate.toLegacyObject().subject.CN,
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      key: keyOf(certificate.publicKey.export({ type: 'spki', format: 'der' })),
    }))
}

export function keyOf(der) {
  return createHash('sha256').update(der).digest('hex')
}

/**
 * @param asked from `readLine`
 * @param read what openssl says of the request: `{ subject, key }`, or undefined where it is none that holds
 * @returns `{ is: 'nothing' }`, `{ is: 'refused', why }`, `{ is: 'sign' }`, or `{ is: 'again', pem }` of one that was
 *   signed before and has not come through
 */
export function judge({ terminal, message }, read, certificates) {
  const { request, fingerprint } = message
  if (request === undefined) return { is: 'nothing' }
  if (typeof request !== 'string' || request.length > longestRequest)
    return refused('what it asks with is no certificate request')
  const present = certificates.find((each) => each.fingerprint === fingerprint)
  if (!present)
    return refused('the certificate that it has is none of this authority that holds: enrol it by hand')
  if (present.commonName !== terminal)
    return refused(`the certificate that it has is that of ${present.commonName}: is one of them stolen?`)
  if (!read) return refused('its certificate request is damaged, or not signed with its key')
  if (read.subject !== subjectOf(terminal))
    return refused(`it asks for ${read.subject.replace('subject=', '')}, and not for itself: is it stolen?`)
  const before = certificates.find(({ key }) => key === read.key)
  if (before === present) return refused('it asks for the key that it has: a renewal is for a new one')
  return before ? { is: 'again', pem: before.pem } : { is: 'sign' }
}

function refused(why) {
  return { is: 'refused', why }
}
