import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An authority that signs requests as a test wants them, with openssl. */
export class RequestAuthority implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'faccina-signs-'))
  readonly #issuer: { ca: string; key: string }

  /** @param above of an authority between; without it this is a root */
  constructor(name: string, above?: RequestAuthority) {
    this.#issuer = { ca: join(this.directory, 'ca.pem'), key: join(this.directory, 'ca.key') }
    const { ca, key } = this.#issuer
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
    if (!above) {
      openssl('req', '-x509', ...newKey, '-out', ca, '-subj', `/CN=${name}`, '-days', '3000')
      return
    }
    const request = join(this.directory, 'ca.csr')
    openssl('req', ...newKey, '-out', request, '-subj', `/CN=${name}`)
    writeFileSync(
      ca,
      above.sign(readFileSync(request, 'utf8'), { extensions: 'basicConstraints=critical,CA:TRUE' }),
    )
  }

  get pem(): string {
    return readFileSync(this.#issuer.ca, 'utf8')
  }

  /** @param days negative for one that has expired */
  sign(
    request: string,
    { days = 397, extensions = 'extendedKeyUsage=clientAuth', more = [] as string[] } = {},
  ): string {
    const file = (name: string) => join(this.directory, name)
    writeFileSync(file('request.pem'), request)
    writeFileSync(file('extensions'), `${extensions}\n`)
    const ca = ['-CA', this.#issuer.ca, '-CAkey', this.#issuer.key, '-CAcreateserial']
    const what = ['-days', String(days), '-extfile', file('extensions'), ...more]
    return openssl('x509', '-req', '-in', file('request.pem'), ...ca, ...what)
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true })
  }
}

export function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
