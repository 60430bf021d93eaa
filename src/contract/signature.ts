import type { Unsigned } from './events.ts'

/**
 * Signatures of events: JWS (RFC 7515) in compact form with the payload left out (appendix F), ES256. What is
 * signed is the event less its `signature`, written as RFC 8785 (JSON Canonicalization Scheme) wants it, so that
 * it survives whoever parses it and writes it anew.
 */

/** The header, and the bytes that the key signs (RFC 7515, 5.1). */
export function toBeSigned(event: Unsigned, kid: string): { head: string; bytes: Uint8Array } {
  const head = base64url(canonical({ alg: 'ES256', kid }))
  return { head, bytes: new TextEncoder().encode(`${head}.${base64url(canonical(event))}`) }
}

export function detached(head: string, signature: Uint8Array): string {
  return `${head}..${Buffer.from(signature).toString('base64url')}`
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}

/** RFC 8785: JSON.stringify writes numbers and texts so already; names are sorted by their UTF-16 units. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}
