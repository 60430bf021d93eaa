import { createPrivateKey, createPublicKey } from 'node:crypto'

/** Signs examples, and nothing else: everybody has it. */
const jwk = {
  kty: 'EC',
  x: '-RBqmiN-CrIx0kG1qYxBtV-_1g8M34gS1k-T3OABJrU',
  y: '-p9zVyqHGkKxy0vXpx9bD-35hcSVOcVd1h3rOkVnzuk',
  crv: 'P-256',
  d: 'MJI0LNOCO_bhFVlGHmur1ye45fJZzEfp0U3BlJfYvvI',
}

export function exampleKey() {
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

/** Made once with that key: ECDSA is never the same twice. */
export const exampleSignature =
  'eyJhbGciOiJFUzI1NiIsImtpZCI6IjVjZWJlMmEwOTYxMDZkNjE3OWE5OTdmYzFkOTQ2NzAwY2IxNjI1NTI1YjQ3OWVmOTQzN2RkY2E3ZDMzMjAzYjkifQ..dY9A6WvhTWH4lH8besck25WPzI5hYz5U41QZB1QCZsnm_7Ti0lvsvlajr5WdkWbk5Y0LsCanow86tivVL2a_sQ'
