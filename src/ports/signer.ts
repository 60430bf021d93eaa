/** The terminal’s own key: what it signs, nobody else can have said. */
export interface Signer {
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), in hexadecimal: the name of the key. */
  readonly fingerprint: string
  /** Public part as a JSON Web Key (RFC 7517), and the certificates that vouch for it, PEM, if there are any. */
  readonly publicKey: Readonly<Record<string, unknown>>
  readonly certificate?: string | undefined
  /** ES256 (ECDSA P-256 with SHA-256), r and s one after the other as RFC 7518 wants it. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}
