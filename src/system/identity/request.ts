import { execFile } from 'node:child_process'
import type { TerminalName } from '../../contract/topics.ts'
import { CertificateError } from '../../ports/certificates.ts'

/** X.509 has room for no more in a common name (RFC 5280, ub-common-name). */
const longestCommonName = 64
const timeoutMs = 30_000

/** What brokers know the terminal by: the common name of its certificate. */
export function commonNameOf({ municipality, office, counter }: TerminalName): string {
  return `${municipality}/${office}/${counter}`
}

/** A certificate request (PKCS#10, PEM) for a key, by the program openssl, which reads the key from its file. */
export function certificateRequest(keyFile: string, terminal: TerminalName): Promise<string> {
  const commonName = commonNameOf(terminal)
  if (commonName.length > longestCommonName)
    throw new CertificateError(
      `the three names together, ${commonName}, have ${commonName.length} characters, and a certificate has room for ${longestCommonName}; use broker.username and broker.passwordFile, or shorter names`,
    )
  const subject = `/O=${terminal.municipality}/CN=${commonName.replaceAll('/', '\\/')}`
  const args = ['req', '-new', '-sha256', '-key', keyFile, '-subj', subject]
  return new Promise((resolve, reject) => {
    execFile('openssl', args, { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (!error && stdout.includes('BEGIN CERTIFICATE REQUEST')) return resolve(stdout)
      const why =
        error?.code === 'ENOENT'
          ? 'the program openssl is missing: apt-get install openssl'
          : `openssl made no certificate request: ${stderr.trim().split('\n').at(-1) || error?.message}`
      reject(new CertificateError(why, { cause: error }))
    })
  })
}
