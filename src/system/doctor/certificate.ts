import { createPrivateKey, X509Certificate } from 'node:crypto'
import { codeOf, failed, good, type Told, warning } from './finding.ts'

const dayMs = 86_400_000
/** Whoever renews certificates wants to know this long before. */
const warnDays = 30

export interface CertificateFiles {
  certificate: string
  key: string
}

/** Whether the terminal's own certificate is one, is in date, and goes with its key. */
export async function lookAtCertificate(
  { certificate, key }: CertificateFiles,
  wall: number,
  read: (path: string) => Promise<Buffer>,
): Promise<Told> {
  const files: [setting: string, path: string][] = [
    ['certificate', certificate],
    ['key', key],
  ]
  const texts: Buffer[] = []
  for (const [setting, path] of files) {
    try {
      texts.push(await read(path))
    } catch (error) {
      const next =
        codeOf(error) === 'ENOENT'
          ? `Put the file there, or correct broker.${setting} in the settings.`
          : `Give the user that runs the terminal the right to read ${path}.`
      return failed(`${path} (broker.${setting}) cannot be read (${codeOf(error)})`, next)
    }
  }
  try {
    const own = new X509Certificate(texts[0]!)
    if (!own.checkPrivateKey(createPrivateKey(texts[1]!)))
      return failed(
        'broker.key does not belong to broker.certificate',
        `Take the key that ${certificate} was asked for with.`,
      )
    return judgeDates(own, wall, {
      whose: 'this terminal’s certificate',
      renew: `Have a new ${certificate} issued by the municipality’s CA.`,
    })
  } catch {
    return failed(
      'broker.certificate or broker.key is not a PEM file',
      'Save both again as PEM, which begins with -----BEGIN.',
    )
  }
}

/** How long a certificate holds still. */
export function judgeDates(
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  wall: number,
  { whose, renew }: { whose: string; renew: string },
): Told {
  const days = Math.floor((Date.parse(validTo) - wall) / dayMs)
  const until = new Date(Date.parse(validTo)).toISOString().slice(0, 10)
  if (Date.parse(validTo) < wall) return failed(`${whose} has expired (${until})`, renew)
  if (Date.parse(validFrom) > wall)
    return failed(
      `${whose} is not valid yet; the clock here is probably wrong`,
      'Set the clock right: timedatectl',
    )
  const found = `${whose} is valid until ${until}, ${days} days more`
  return days <= warnDays ? warning(found, renew) : good(found)
}
