import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Signer } from '../ports/signer.ts'

/** The terminal's own key, made when it is first needed. It never leaves this folder. */
export async function openSigner(directory: string): Promise<Signer> {
  const file = join(directory, 'key.pem')
  const key = createPrivateKey((await there(file)) ?? (await make(directory, file)))
  const publicKey = createPublicKey(key)
  const certificate = (await there(join(directory, 'certificate.pem')))?.toString('utf8')
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return {
    fingerprint: createHash('sha256').update(der).digest('hex'),
    publicKey: { ...publicKey.export({ format: 'jwk' }) },
    ...(certificate !== undefined && { certificate }),
    sign: async (bytes) => sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }),
  }
}

function there(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

/** On the disk, with its name, before anything is signed with it. */
async function make(directory: string, file: string): Promise<Buffer> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const temporary = `${file}.new`
  await rm(temporary, { force: true })
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(pem)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  const folder = await open(directory, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return pem
}
