import { execFile, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What the recipe of hardware/raspi/install.sh finds on a fresh Debian 13 with its packages installed. */
const packages = 'ca-certificates,nodejs,npm,libnode-dev,gcc,g++,make,python3,libc6-dev'
const suite = 'trixie'

/** Commands without which there is no root. */
const tools = ['mmdebstrap', 'qemu-aarch64-static', 'unshare'] as const

/** Why this computer cannot run programs of arm64; nothing where it can. */
export async function whyNoArm64(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'needs root'
  for (const tool of tools)
    if (!(await run('which', [tool]).catch(() => undefined))) return `needs ${tool} (Debian: ${debian[tool]})`
  return undefined
}

const debian = { mmdebstrap: 'mmdebstrap', 'qemu-aarch64-static': 'qemu-user-static', unshare: 'util-linux' }

/** The kernel runs programs of arm64 by qemu, also in other roots. Stays so until the next start. */
export async function registerArm64(): Promise<void> {
  const folder = '/proc/sys/fs/binfmt_misc'
  if (await exists(`${folder}/qemu-aarch64`)) return
  if (!(await exists(`${folder}/register`))) await run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', folder])
  await writeFile(`${folder}/register`, await readFile('/usr/lib/binfmt.d/qemu-aarch64.conf'))
}

/** A Debian of arm64 to write into, over one that is made once and kept. */
export class Arm64Root implements AsyncDisposable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(): Promise<Arm64Root> {
    const cache = process.env.FACCINA_CACHE ?? join(homedir(), '.cache/faccina')
    const lower = await debianRoot(join(cache, `arm64-${suite}`))
    // Beside the lower one, since an overlay needs a file system that a tmpfs may not be.
    const folder = await mkdtemp(join(cache, 'arm64-run-'))
    for (const name of ['upper', 'work', 'root']) await mkdir(join(folder, name))
    const layers = `lowerdir=${lower},upperdir=${folder}/upper,workdir=${folder}/work`
    await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, join(folder, 'root')])
    const root = new Arm64Root(folder)
    // What npm has fetched once need not come again.
    const npm = join(cache, 'arm64-npm')
    for (const path of [npm, root.path('root/.npm')]) await mkdir(path, { recursive: true })
    await run('mount', ['--bind', npm, root.path('root/.npm')])
    await root.copy('/etc/resolv.conf', 'etc/resolv.conf')
    const extra = process.env.NODE_EXTRA_CA_CERTS
    if (extra) await root.copy(extra, 'etc/extra-ca.crt')
    return root
  }

  path(inside: string): string {
    return join(this.#folder, 'root', inside)
  }

  async copy(from: string, inside: string): Promise<void> {
    await mkdir(dirname(this.path(inside)), { recursive: true })
    await copyFile(from, this.path(inside))
  }

  /** Runs a line of the shell inside, as slowly as others need. */
  async run(line: string): Promise<{ code: number; output: string }> {
    const extra = process.env.NODE_EXTRA_CA_CERTS ? ['NODE_EXTRA_CA_CERTS=/etc/extra-ca.crt'] : []
    const inside = [
      '/usr/bin/env',
      '-i',
      'HOME=/root',
      'LANG=C.UTF-8',
      `PATH=${path}`,
      ...extra,
      'sh',
      '-c',
      line,
    ]
    const mounts = `mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"`
    const all = ['-n', '10', 'unshare', '--mount', '--pid', '--fork', '--kill-child']
    const child = spawn('nice', [...all, 'sh', '-c', mounts, this.path(''), ...inside], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    const code = await new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
    return { code, output }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const inside of ['root/.npm', '']) await run('umount', [this.path(inside)])
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Made under another name first: one that was interrupted is none. */
async function debianRoot(folder: string): Promise<string> {
  if (await exists(folder)) return folder
  const making = `${folder}.${process.pid}`
  await mkdir(dirname(folder), { recursive: true })
  const options = [
    '--architectures=arm64',
    '--variant=minbase',
    '--format=directory',
    `--include=${packages}`,
  ]
  try {
    await run('nice', ['-n', '10', 'mmdebstrap', ...options, suite, making, 'http://deb.debian.org/debian'], {
      maxBuffer: 64 * 1024 * 1024,
    })
    await rename(making, folder)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
  return folder
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
