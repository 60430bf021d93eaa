import { bracketed } from './guard.ts'

/** What messages call a server. */
export interface Words {
  /** `browser panel`. */
  name: string
  /** The setting that says where it listens, e.g. `browser.listen`. */
  setting: string
}

/** An address cannot be had; for the technician at the settings. */
export class ListenError extends Error {
  override name = 'ListenError'
  /** The cause as the system names it, e.g. `EADDRINUSE`. */
  readonly code: string

  constructor(listen: { host: string; port: number }, words: Words, cause: unknown) {
    const code = codeOf(cause)
    const address = `${bracketed(listen.host)}:${listen.port}`
    super(`The ${words.name} cannot listen on ${address} (${code}): ${advice(code, listen, words)}`, {
      cause,
    })
    this.code = code
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}

function advice(code: string, { host, port }: { host: string; port: number }, { setting }: Words): string {
  switch (code) {
    case 'EADDRINUSE':
      return `another program, perhaps a second faccina, has port ${port}. Stop it, or set another port in ${setting}.`
    case 'EACCES':
      return `ports below 1024 are for root. Set a port from 1024 on in ${setting}, e.g. ${host}:8080.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `this computer has no address ${host}. Set one that it has in ${setting}, e.g. 127.0.0.1:${port}.`
    default:
      return `see the cause, and set another address in ${setting}.`
  }
}
