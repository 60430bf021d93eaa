const shown = '…secret…'

/** A secret as it may turn up: as it is, and as headers, addresses and JSON write it. */
export function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64')
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]
  return [...new Set(forms)]
}

/** Shorter ones would be found by chance in every text; a password of three letters protects nothing. */
const shortest = 4

/**
 * A last filter for all that leaves the terminal: what is known as a secret, in every form, and what looks like one
 * wherever it comes from.
 */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= shortest)
    .flatMap(formsOf)
    .sort((a, b) => b.length - a.length)
  return (text) => {
    let masked = text
    for (const secret of known) masked = masked.replaceAll(secret, shown)
    return masked
      .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, shown)
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${shown}@`)
      .replace(
        /\b(pass(?:wor[dt]|phrase)|psk|wpa_passphrase)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,}]+)/gi,
        `$1$2${shown}`,
      )
  }
}

/** Of a file with a key: each line of it that says something by itself. */
export function secretsIn(file: string): string[] {
  const lines = file.split('\n').map((line) => line.trim())
  const isPem = file.includes('-----BEGIN ')
  return isPem ? lines.filter((line) => line.length >= 16 && !line.startsWith('-----')) : [file.trim()]
}
