import {
  CertificateError,
  type CertificateFacts,
  type Certificates,
  type Renewal,
} from '../../src/ports/certificates.ts'
import { FakeUplink } from './fake-uplink.ts'

const begin = Date.UTC(2026, 4, 4, 9, 20)
const dayMs = 86_400_000

/** The facts of a certificate that ends so many days after the fakes' time begins. */
export function factsFor(days: number, fingerprint = 'ab'.repeat(32)): CertificateFacts {
  return {
    subject: 'CN=c_e506/anagrafe/3, O=c_e506',
    issuer: 'CN=Comune di Prova',
    fingerprint,
    notAfter: begin + days * dayMs,
  }
}

/** Certificates in memory: a test says what is in force, and which one a PEM text stands for. */
export class FakeCertificates implements Certificates {
  facts: CertificateFacts | undefined = factsFor(20)
  /** By their PEM; all others are refused. */
  readonly known = new Map<string, CertificateFacts>()
  /** What was asked of it, in order. */
  readonly steps: string[] = []
  broken: Error | undefined
  readonly trial = new FakeUplink()
  #staged: CertificateFacts | undefined
  #requests = 0

  async current(): Promise<CertificateFacts | undefined> {
    if (this.broken) throw this.broken
    return this.facts
  }

  readonly renewal: Renewal = {
    request: async () => {
      if (this.broken) throw this.broken
      this.#requests++
      return `-----BEGIN CERTIFICATE REQUEST-----\nMIIB${this.#requests}…\n-----END CERTIFICATE REQUEST-----\n`
    },
    stage: async (pem) => {
      const facts = this.known.get(pem)
      if (!facts) throw new CertificateError('it has expired; have the authority sign the request again')
      this.steps.push('stage')
      this.#staged = facts
      return facts
    },
    adopt: async () => {
      this.steps.push('adopt')
      this.facts = this.#staged
    },
    discard: async () => {
      this.steps.push('discard')
      this.#staged = undefined
    },
    trial: this.trial,
  }
}
