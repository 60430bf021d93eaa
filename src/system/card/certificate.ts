import { join } from 'node:path'
import type { Problem, Settings } from '../../settings/index.ts'
import { bootNames } from './boot-files.ts'
import type { Disk } from './disk.ts'

/** What the import needs of the terminal's own key. */
export interface CertificateImport {
  /** Opens, or makes, the key in a storage directory. */
  open(storageDirectory: string): Promise<{
    request(terminal: Settings['terminal']): Promise<string>
    /** The certificate in force; undefined where there is none for this terminal. */
    certificateOf(terminal: Settings['terminal']): Promise<string | undefined>
    /** Throws with the sentence that helps. */
    install(
      pem: string,
      options: { ca?: string; wall: number; synchronised: boolean; terminal: Settings['terminal'] },
    ): Promise<{ notAfter: number; subject: string }>
  }>
}

export interface CertificateOptions {
  boot: string
  disk: Disk
  wall: number
  synchronised: boolean
  identity?: CertificateImport
}

/**
 * Takes the certificate that somebody put on the boot partition; as long as there is none, leaves the request for
 * one there. Only where the terminal speaks TLS with a key of its own.
 */
export async function importCertificate(
  settings: Settings,
  { boot, disk, wall, synchronised, identity }: CertificateOptions,
  done: string[],
  trouble: (problem: Problem) => void,
): Promise<void> {
  const { broker, storage, terminal } = settings
  if (!identity || broker.key !== undefined || broker.url?.startsWith('mqtts:') !== true) return
  const answer = join(boot, bootNames.certificate)
  const request = join(boot, bootNames.request)
  const own = await identity.open(storage.directory)
  const pem = await disk.read(answer)
  if (pem) {
    const ca = broker.ca === undefined ? undefined : (await disk.read(broker.ca))?.toString()
    try {
      const { notAfter, subject } = await own.install(pem.toString(), {
        wall,
        synchronised,
        terminal,
        ...(ca !== undefined && { ca }),
      })
      done.push(
        `the certificate ${subject} is in force until ${new Date(notAfter).toISOString().slice(0, 10)}`,
      )
    } catch (error) {
      const found = (error as Error).message
      return trouble({ file: answer, line: 0, column: 0, key: '', found, allowed: '' })
    }
    await disk.remove(answer)
    await disk.remove(request)
    return disk.syncDirectory(boot)
  }
  if ((await own.certificateOf(terminal)) !== undefined || (await disk.read(request))) return
  await disk.write(request, Buffer.from(await own.request(terminal)))
  await disk.syncDirectory(boot)
  done.push(`${request} is for the municipality’s CA: put its answer beside it as ${bootNames.certificate}`)
}
