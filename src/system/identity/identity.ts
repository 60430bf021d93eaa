import { createHash, createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { TerminalName } from '../../contract/topics.ts'
import { CertificateError, type CertificateFacts } from '../../ports/certificates.ts'
import type { Signer } from '../../ports/signer.ts'
import { IdentityFiles } from './files.ts'
import { type Expected, factsIn, fits, isFor, judge } from './judge.ts'
import { certificateRequest } from './request.ts'

interface InstallOptions extends Omit<Expected, 'keys' | 'authorities'> {
  /** The file of `broker.ca`, or what is in it: the authorities that the certificate must lead to. */
  ca?: string
}

/** A certificate and its key, PEM, as TLS wants them. */
export interface Pair {
  certificate: string
  key: string
}

/** Who the terminal is: a key that was made here and never leaves, and the certificate that vouches for it. */
export interface Identity extends Signer {
  /** A certificate request, PEM: for the key itself while it has no certificate, else for the next key. */
  request(terminal: TerminalName): Promise<string>
  certificatePem(): Promise<string | undefined>
  /** The same, if it is for this terminal: one that has moved needs another. */
  certificateOf(terminal: TerminalName): Promise<string | undefined>
  /** Judges a certificate and has it, with its key, in force from the next connection on. */
  install(pem: string, options: InstallOptions): Promise<{ notAfter: number; subject: string }>
  /** What the certificate in force says; absent where there is none. */
  facts(): Promise<CertificateFacts | undefined>
  /** Whether a key waits for its certificate, or a certificate for its trial. */
  renewalWaits(): Promise<boolean>
  /** The two steps of `install`, and what may come between: a trial at the broker. */
  stage(pem: string, options: InstallOptions): Promise<CertificateFacts>
  adopt(): Promise<void>
  discard(): Promise<void>
  /** What is in force, or on trial; absent where there is no certificate. */
  pair(which: 'current' | 'trial'): Promise<Pair | undefined>
}

/**
 * The identity of the terminal whose storage directory this is. Makes the key where there is none, and brings a
 * change of certificate to its end that a power cut interrupted.
 */
export async function openIdentity(storageDirectory: string): Promise<Identity> {
  const files = await IdentityFiles.open(storageDirectory)
  if ((await files.read('key.pem')) === undefined) await files.create('key.pem', await newKey())
  await finishAdoption(files)
  const identity = new FiledIdentity(files)
  await identity.refresh()
  return identity
}

class FiledIdentity implements Identity {
  readonly #files: IdentityFiles
  #key = ''
  #certificate: string | undefined
  #fingerprint = ''

  constructor(files: IdentityFiles) {
    this.#files = files
  }

  /** Reads the pair anew: somebody else may have brought a certificate. */
  async refresh(): Promise<void> {
    const key = await this.#files.read('key.pem')
    if (key === undefined)
      throw new CertificateError(
        `${this.#files.path('key.pem')} has gone; restart the terminal for a new key, and have it signed`,
      )
    const certificate = await this.#files.read('certificate.pem')
    this.#key = key
    this.#certificate = certificate !== undefined && fits(certificate, key) ? certificate : undefined
    this.#fingerprint = createHash('sha256').update(this.#publicDer()).digest('hex')
  }

  #publicDer(): Buffer {
    try {
      return createPublicKey(this.#key).export({ type: 'spki', format: 'der' })
    } catch (cause) {
      const file = this.#files.path('key.pem')
      throw new CertificateError(
        `${file} is damaged; remove it and restart the terminal for a new key, and have it signed`,
        { cause },
      )
    }
  }

  get fingerprint(): string {
    return this.#fingerprint
  }

  get publicKey(): Readonly<Record<string, unknown>> {
    return { ...createPublicKey(this.#key).export({ format: 'jwk' }) }
  }

  get certificate(): string | undefined {
    return this.#certificate
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign('sha256', bytes, { key: createPrivateKey(this.#key), dsaEncoding: 'ieee-p1363' })
  }

  async request(terminal: TerminalName): Promise<string> {
    await this.refresh()
    const name = this.#certificate === undefined ? 'key.pem' : 'next-key.pem'
    if ((await this.#files.read(name)) === undefined) await this.#files.create(name, await newKey())
    return certificateRequest(this.#files.path(name), terminal)
  }

  async certificatePem(): Promise<string | undefined> {
    await this.refresh()
    return this.#certificate
  }

  async certificateOf(terminal: TerminalName): Promise<string | undefined> {
    const pem = await this.certificatePem()
    return pem !== undefined && isFor(pem, terminal) ? pem : undefined
  }

  async facts(): Promise<CertificateFacts | undefined> {
    const pem = await this.certificatePem()
    return pem === undefined ? undefined : factsIn(pem)
  }

  async renewalWaits(): Promise<boolean> {
    return (await this.#files.read('next-key.pem')) !== undefined
  }

  async install(pem: string, options: InstallOptions): Promise<{ notAfter: number; subject: string }> {
    const { notAfter, subject } = await this.stage(pem, options)
    await this.adopt()
    return { notAfter, subject }
  }

  async stage(pem: string, { ca, ...expected }: InstallOptions): Promise<CertificateFacts> {
    const keys = await Promise.all([this.#files.read('key.pem'), this.#files.read('next-key.pem')])
    const judged = judge(pem, {
      ...expected,
      keys: keys.filter((key) => key !== undefined),
      ...(ca !== undefined && { authorities: await authoritiesOf(ca) }),
    })
    await this.#files.write('trial-certificate.pem', judged.pem)
    return judged.facts
  }

  async adopt(): Promise<void> {
    await this.#files.move('trial-certificate.pem', 'next-certificate.pem')
    await finishAdoption(this.#files)
    await this.refresh()
  }

  async discard(): Promise<void> {
    await this.#files.remove('trial-certificate.pem')
  }

  async pair(which: 'current' | 'trial'): Promise<Pair | undefined> {
    const files = this.#files
    const certificate = await files.read(which === 'trial' ? 'trial-certificate.pem' : 'certificate.pem')
    if (certificate === undefined) return undefined
    const keys = which === 'trial' ? (['next-key.pem', 'key.pem'] as const) : (['key.pem'] as const)
    for (const name of keys) {
      const key = await files.read(name)
      if (key !== undefined && fits(certificate, key)) return { certificate, key }
    }
    return undefined
  }
}

/**
 * Key and certificate change together: what is named `next-certificate.pem` is on its way into force, and its
 * key goes before it. A power cut at any place leaves what this brings to the same end.
 */
async function finishAdoption(files: IdentityFiles): Promise<void> {
  const certificate = await files.read('next-certificate.pem')
  if (certificate === undefined) return
  const nextKey = await files.read('next-key.pem')
  if (nextKey !== undefined && fits(certificate, nextKey)) await files.move('next-key.pem', 'key.pem')
  await files.move('next-certificate.pem', 'certificate.pem')
}

async function authoritiesOf(ca: string): Promise<string> {
  if (ca.includes('-----BEGIN')) return ca
  try {
    return await readFile(ca, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new CertificateError(`broker.ca: cannot read ${ca} (${code}); put the file there`, { cause })
  }
}

/** EC P-256, PKCS#8, PEM. */
async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return privateKey
}
