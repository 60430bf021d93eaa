import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { atAnyEnd } from './interrupted.ts'

const run = promisify(execFile)

const tools = ['mkfs.xfs', 'mkfs.ext4', 'losetup', 'mount', 'umount', 'cp']

/** The block size of a whole SD card; so small a disk would else get another one. */
const stock = ['-q', '-b', '4096', '-E', 'nodiscard']

export interface PowerDiskOptions {
  /**
   * Whether the disk has a cache of its own, as most have: what was written to it is lost too, unless
   * somebody had the cache flushed.
   */
  cached?: boolean
}

/**
 * A disk whose power can be cut: a stock ext4 on a loop device whose file, the medium, lies on an xfs that
 * can copy a file in one instant. That copy is the medium after the cut. What the kernel keeps in its memory
 * because nobody has asked to have it on the disk is not in the file, and so is lost.
 *
 * The cache of a disk is one more file system in between: a loop device writes into its page cache, and only
 * a flush of that device brings it further.
 */
export class PowerDisk implements Disposable {
  /** A folder that no power cut touches. */
  readonly directory: string
  readonly #cached: boolean
  readonly #outer: string
  #generation = 0
  /** The former disk is on its way. */
  #leaving: Promise<unknown> = Promise.resolve()
  #gone = false
  readonly #atAnyEnd = atAnyEnd(() => this[Symbol.dispose]())

  private constructor(directory: string, cached: boolean) {
    this.directory = directory
    this.#cached = cached
    this.#outer = join(directory, 'outer')
  }

  /** Needs root. Throws with what is missing. */
  static open({ cached = false }: PowerDiskOptions = {}): PowerDisk {
    if (process.getuid?.() !== 0) throw new Error('power cuts need root: they mount file systems')
    for (const tool of tools) requireTool(tool)
    const disk = new PowerDisk(mkdtempSync(join(tmpdir(), 'faccina-power-')), cached)
    try {
      disk.#make()
    } catch (error) {
      disk[Symbol.dispose]()
      throw error
    }
    return disk
  }

  #make(): void {
    const image = join(this.directory, 'outer.img')
    execFileSync('truncate', ['-s', '1G', image])
    execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image])
    mkdirSync(this.#outer)
    execFileSync('mount', ['-o', 'loop', image, this.#outer])
    const medium = this.#mediumOf(0)
    execFileSync('truncate', ['-s', this.#cached ? '96M' : '64M', medium])
    execFileSync('mkfs.ext4', [...stock, medium])
    if (this.#cached) this.#makeCached(medium)
    this.#mount()
  }

  /** All its blocks are in place, so that the file system of the cache has nothing of its own to lose. */
  #makeCached(medium: string): void {
    const cache = this.#cacheOf(0)
    mountLoop(medium, cache, ['--direct-io=on'])
    const file = join(cache, 'disk')
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=64', 'status=none'])
    execFileSync('mkfs.ext4', [...stock, file])
    execFileSync('umount', [cache])
    rmdirSync(cache)
  }

  /** Where the disk is mounted; another place after each cut. */
  get mountPoint(): string {
    return this.#mountPointOf(this.#generation)
  }

  #mountPointOf(generation: number): string {
    return join(this.directory, `disk-${generation}`)
  }

  #cacheOf(generation: number): string {
    return join(this.directory, `cache-${generation}`)
  }

  #mediumOf(generation: number): string {
    return join(this.#outer, `${generation}.img`)
  }

  #mount(): void {
    const medium = this.#mediumOf(this.#generation)
    // Past the page cache of the xfs, which would only keep everything twice.
    if (this.#cached) {
      const cache = this.#cacheOf(this.#generation)
      mountLoop(medium, cache, ['--direct-io=on'])
      mountLoop(join(cache, 'disk'), this.mountPoint, [])
    } else {
      mountLoop(medium, this.mountPoint, ['--direct-io=on'])
    }
  }

  /**
   * A switch that stands ready: throwing it stops the process, so that it tells nobody anything more, and
   * copies the medium in the next instant. Resolves when the copy is there; the process still has to be killed.
   */
  powerSwitch(pid: number): PowerSwitch {
    const media = [this.#generation, this.#generation + 1].map((n) => this.#mediumOf(n))
    // It has begun already, so that nothing but the copying itself lies between the throw and the cut.
    const script = 'read -r _ && kill -STOP "$1" && exec cp --reflink=always "$2" "$3"'
    const child = spawn('sh', ['-c', script, 'cut', String(pid), ...media], {
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    const ended = once(child, 'exit')
    return {
      async throw() {
        child.stdin.end('\n')
        const [code] = await ended
        if (code !== 0) throw new Error(`the disk could not be copied: ${said}`)
      },
    }
  }

  /**
   * The copy takes the disk's place, and ext4 replays its journal. The old one goes, with all that had not
   * reached it: what is written to it now reaches nobody.
   */
  async afterCut(): Promise<void> {
    await this.#leaving
    this.#leaving = this.#leave(this.#generation)
    this.#generation++
    this.#mount()
  }

  async #leave(generation: number): Promise<void> {
    for (const mountPoint of this.#mountPoints(generation)) {
      await run('umount', ['--lazy', mountPoint]).catch((error) => {
        if (!this.#gone) throw error
      })
      // Whoever has disposed of all has disposed of this too.
      if (this.#gone) return
      rmdirSync(mountPoint)
    }
    rmSync(this.#mediumOf(generation))
  }

  #mountPoints(generation: number): string[] {
    return [this.#mountPointOf(generation), ...(this.#cached ? [this.#cacheOf(generation)] : [])]
  }

  /** Idempotent. Happens by itself where the process is interrupted. */
  [Symbol.dispose](): void {
    if (this.#gone) return
    this.#gone = true
    this.#atAnyEnd[Symbol.dispose]()
    for (const generation of [this.#generation - 1, this.#generation]) {
      for (const mountPoint of this.#mountPoints(generation)) unmount(mountPoint)
    }
    unmount(this.#outer)
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export interface PowerSwitch {
  throw(): Promise<void>
}

function mountLoop(file: string, mountPoint: string, options: string[]): void {
  mkdirSync(mountPoint)
  const device = execFileSync('losetup', ['--find', '--show', ...options, file])
    .toString()
    .trim()
  try {
    execFileSync('mount', ['-t', 'ext4', device, mountPoint])
  } finally {
    // While it is mounted this only notes that it has to go with the mount.
    execFileSync('losetup', ['--detach', device])
  }
}

/** Whether it is mounted or not. */
function unmount(mountPoint: string): void {
  try {
    execFileSync('umount', ['--lazy', mountPoint], { stdio: 'ignore' })
  } catch {
    // It never was, or is no more.
  }
}

function requireTool(tool: string): void {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' })
  } catch {
    throw new Error(`power cuts need ${tool} (Debian: xfsprogs, e2fsprogs, mount, coreutils)`)
  }
}
