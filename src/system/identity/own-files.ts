import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from '../../settings/index.ts'

/** The settings as the terminal acts upon them: where they name no certificate, its own, once it has one. */
export function withOwnCertificate(settings: Settings): Settings {
  const { broker, storage } = settings
  const folder = join(storage.directory, 'identity')
  const certificate = join(folder, 'certificate.pem')
  if (!broker.url?.startsWith('mqtts:') || broker.certificate !== undefined || !existsSync(certificate))
    return settings
  return { ...settings, broker: { ...broker, certificate, key: join(folder, 'key.pem') } }
}
