import { randomUUID } from 'node:crypto'
import { chown, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What lies in the folder of the terminal's identity, and never leaves it but for the certificate. */
export type IdentityFile =
  | 'key.pem'
  | 'certificate.pem'
  /** The key of a request that waits for its certificate. */
  | 'next-key.pem'
  /** Judged, and to be tried at the broker before it counts. */
  | 'trial-certificate.pem'
  /** Taking the place of the one in force, with its key; see `finishAdoption`. */
  | 'next-certificate.pem'

const folderMode = 0o700
const fileMode = 0o600

/** The folder `identity` of a storage directory: durable, private, and of the same owner as the storage directory. */
export class IdentityFiles {
  readonly #directory: string
  readonly #owner: { uid: number; gid: number }

  private constructor(directory: string, owner: { uid: number; gid: number }) {
    this.#directory = directory
    this.#owner = owner
  }

  /** Makes what is missing of it. */
  static async open(storageDirectory: string): Promise<IdentityFiles> {
    await mkdir(storageDirectory, { recursive: true, mode: 0o750 })
    const files = new IdentityFiles(join(storageDirectory, 'identity'), await stat(storageDirectory))
    const made = await mkdir(files.#directory, { recursive: true, mode: folderMode })
    if (made === undefined) return files
    await files.#own(files.#directory)
    await syncDirectory(storageDirectory)
    return files
  }

  path(name: IdentityFile): string {
    return join(this.#directory, name)
  }

  async read(name: IdentityFile): Promise<string | undefined> {
    try {
      return await readFile(this.path(name), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async write(name: IdentityFile, text: string): Promise<void> {
    await rename(await this.#writeBeside(name, text), this.path(name))
    await syncDirectory(this.#directory)
  }

  /** What is there already stays, also when two come at the same time; resolves with what is there then. */
  async create(name: IdentityFile, text: string): Promise<string> {
    const beside = await this.#writeBeside(name, text)
    try {
      await link(beside, this.path(name))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      await rm(beside, { force: true })
    }
    await syncDirectory(this.#directory)
    return (await this.read(name)) ?? text
  }

  async move(from: IdentityFile, to: IdentityFile): Promise<void> {
    await rename(this.path(from), this.path(to))
    await syncDirectory(this.#directory)
  }

  /** Fine when it is not there. */
  async remove(name: IdentityFile): Promise<void> {
    await rm(this.path(name), { force: true })
  }

  async #writeBeside(name: IdentityFile, text: string): Promise<string> {
    const beside = `${this.path(name)}.${randomUUID()}`
    try {
      await using handle = await open(beside, 'wx', fileMode)
      await handle.writeFile(text)
      await handle.sync()
      await this.#own(beside)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
    return beside
  }

  /** Whoever does this as root leaves files that the terminal's user can read. */
  async #own(path: string): Promise<void> {
    if (process.getuid?.() === 0) await chown(path, this.#owner.uid, this.#owner.gid)
  }
}

async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path)
  await handle.sync()
}
