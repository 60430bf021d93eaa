import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Signer } from '../../src/ports/signer.ts'

/** A key in memory. */
export class FakeSigner implements Signer {
  readonly fingerprint: string
  readonly publicKey: Readonly<Record<string, unknown>>
  readonly #key: KeyObject

  /** @param pair another one than a new one, where bytes have to be the same */
  constructor({ privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })) {
    this.#key = privateKey
    this.publicKey = { ...publicKey.export({ format: 'jwk' }) }
    const der = publicKey.export({ type: 'spki', format: 'der' })
    this.fingerprint = createHash('sha256').update(der).digest('hex')
  }

  async sign(bytes: Uint8Array): Promise<Uint8Array> {
    return sign('sha256', bytes, { key: this.#key, dsaEncoding: 'ieee-p1363' })
  }
}
