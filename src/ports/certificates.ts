import type { Instant, WallMs } from '../domain/time.ts'
import type { Uplink } from './uplink.ts'

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** Distinguished names, e.g. `CN=c_e506/anagrafe/3, O=c_e506`. */
  subject: string
  issuer: string
  /** SHA-256 of the certificate, in hexadecimal. */
  fingerprint: string
  notAfter: WallMs
}

/** What the terminal shows the broker to be known by. */
export interface Certificates {
  /** The one in force; absent where there is none yet. */
  current(): Promise<CertificateFacts | undefined>
  /** How the next one comes; absent where the settings name a file that somebody else looks after. */
  renewal?: Renewal
}

/** From a request to a certificate in force, in steps that a failure in between does no harm to. */
export interface Renewal {
  /** A certificate request, PEM, for a key that waits on the terminal; the same one until it is answered. */
  request(): Promise<string>
  /** Judges a certificate and lays it beside the one in force. Rejects with a `CertificateError`. */
  stage(pem: string, now: Instant): Promise<CertificateFacts>
  /** What was staged is in force from the next connection on; what was before is gone. */
  adopt(): Promise<void>
  /** What was staged is forgotten. */
  discard(): Promise<void>
  /** A way to the broker that shows what was staged, as a client of its own beside the terminal. */
  trial: Uplink
}

/** Why a certificate or a request cannot be had, in words for whoever asked. Never holds a secret. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}
