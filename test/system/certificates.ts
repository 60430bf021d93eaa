import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A certification authority of the test's own, with openssl. */
export class Authority implements AsyncDisposable {
  readonly directory: string
  readonly ca: string

  private constructor(directory: string) {
    this.directory = directory
    this.ca = join(directory, 'ca.pem')
  }

  static async open(name: string): Promise<Authority> {
    const authority = new Authority(await mkdtemp(join(tmpdir(), 'faccina-ca-')))
    const key = join(authority.directory, 'ca.key')
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key, '-out', authority.ca, '-subj', `/CN=${name}`, '-days', '30'],
    ])
    return authority
  }

  /**
   * A certificate and its key, as files.
   * @param names subject alternative names, e.g. `IP:127.0.0.1`
   * @param days -1 for one that has expired
   */
  async issue(file: string, names: string, days = 10): Promise<{ certificate: string; key: string }> {
    const path = (ending: string) => join(this.directory, `${file}.${ending}`)
    await run('openssl', [
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', path('key'), '-out', path('csr'), '-subj', `/CN=${file}`],
    ])
    await writeFile(path('ext'), `subjectAltName=${names}\n`)
    await run('openssl', [
      ...['x509', '-req', '-in', path('csr'), '-CA', this.ca, '-CAkey', join(this.directory, 'ca.key')],
      ...['-CAcreateserial', '-out', path('pem'), '-days', String(days), '-extfile', path('ext')],
    ])
    return { certificate: path('pem'), key: path('key') }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true })
  }
}
