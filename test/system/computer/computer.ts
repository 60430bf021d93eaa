import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const build = fileURLToPath(new URL('build.sh', import.meta.url))
/** Long, since this computer may have others to serve. */
const bootMs = 300_000

/** What is missing on this computer; nothing where it can be had. */
export function whyNoComputer(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  for (const [tool, name] of [
    ['linux.uml', 'user-mode-linux'],
    ['mmdebstrap', 'mmdebstrap'],
    ['mke2fs', 'e2fsprogs'],
  ] as const)
    try {
      execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`])
    } catch {
      return `needs ${tool} (Debian: ${name})`
    }
  return undefined
}

/** What a command in the computer came to. */
export interface Outcome {
  code: number
  output: string
}

/**
 * A Debian 13 of its own with systemd as the first process, in a user-mode Linux: two disks, no network, and a voice
 * (agent.sh). It can be switched off, its power can be cut, and it can be switched on again.
 */
export class Computer implements AsyncDisposable {
  readonly #folder: string
  readonly #lines: string[] = []
  readonly #listeners = new Set<() => void>()
  #kernel: ReturnType<typeof spawn> | undefined
  #voice: Writable | undefined
  #next = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** A fresh one, which is on. */
  static async open(): Promise<Computer> {
    const disk = execFileSync(build, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
    const room = execFileSync('df', ['--output=avail', '-k', '/dev/shm'], { encoding: 'utf8' })
    // In memory, since many others may want the real disk.
    const place = Number(room.split('\n')[1]) > 3_000_000 ? '/dev/shm' : tmpdir()
    const computer = new Computer(await mkdtemp(join(place, 'faccina-computer-')))
    try {
      execFileSync('cp', ['--sparse=always', disk, computer.#path('system')])
      const data = ['-q', '-t', 'ext4', '-m', '0', computer.#path('data'), '400M']
      execFileSync('mke2fs', data, { stdio: 'ignore', env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
      await computer.on()
    } catch (error) {
      await computer[Symbol.asyncDispose]()
      throw error
    }
    return computer
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  /** Switches it on; resolves once it has come up. */
  async on(): Promise<void> {
    const log = openSync(this.#path('log'), 'a')
    const from = this.#lines.length
    const options = [
      ...[`ubda=${this.#path('system')}`, `ubdb=${this.#path('data')}`, 'root=/dev/ubda', 'rw', 'mem=640M'],
      ...[`uml_dir=${this.#folder}`, 'umid=kernel', 'panic=-1', 'noreboot', 'systemd.show_status=0'],
      ...['con=null', 'con0=null,fd:1', 'con2=fd:3,fd:4'],
    ]
    // Its processes are a world of their own, which ends with the first of them, and that with the test, however it ends.
    const alone = ['--pdeathsig=KILL', 'unshare', '--pid', '--fork', '--kill-child']
    // On one processor it is four times as fast as on any of several.
    const pinned = ['taskset', '-c', `${availableParallelism() - 1}`, 'linux.uml', ...options]
    const kernel = spawn('setpriv', [...alone, ...pinned], {
      stdio: ['ignore', log, log, 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, TMPDIR: this.#folder },
    })
    this.#kernel = kernel
    this.#voice = kernel.stdio[3] as Writable
    this.#voice.on('error', () => {})
    kernel.on('exit', () => this.#look())
    createInterface({ input: kernel.stdio[4] as NodeJS.ReadableStream }).on('line', (line) => {
      this.#lines.push(line)
      this.#look()
    })
    await this.#until(() => this.#lines.includes('! agent', from), 'it to come up', bootMs)
  }

  #look(): void {
    for (const listener of this.#listeners) listener()
  }

  get #ended(): boolean {
    return !this.#kernel || this.#kernel.exitCode !== null || this.#kernel.signalCode !== null
  }

  async #until(so: () => boolean, what: string, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let look = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        look = () => {
          if (so()) resolve()
          else if (this.#ended) reject(new Error(`the computer went off while waiting for ${what}`))
        }
        timer = setTimeout(() => reject(new Error(`${ms} ms passed while waiting for ${what}`)), ms)
        this.#listeners.add(look)
        look()
      })
    } catch (error) {
      const log = (await readFile(this.#path('log'), 'utf8')).slice(-1000)
      throw new Error(
        `${(error as Error).message}\n${this.#lines
          .filter((line) => line.startsWith('! '))
          .slice(-9)
          .join('\n')}\n${log}`,
      )
    } finally {
      clearTimeout(timer)
      this.#listeners.delete(look)
    }
  }

  /** Runs lines of the shell in it, as root. */
  async does(command: string, ms = 120_000): Promise<Outcome> {
    const number = `${++this.#next}`
    this.#voice?.write(`${number} ${Buffer.from(command).toString('base64')}\n`)
    const answer = () => this.#lines.find((line) => line.startsWith(`${number} `))
    await this.#until(() => answer() !== undefined, `an answer to: ${command}`, ms)
    const [, code, text = ''] = answer()!.split(' ')
    return { code: Number(code), output: Buffer.from(text, 'base64').toString() }
  }

  /** The same where nothing else than success is expected; resolves with the output. */
  async run(command: string, ms?: number): Promise<string> {
    const { code, output } = await this.does(command, ms)
    if (code !== 0) throw new Error(`${command}\nended with ${code}:\n${output}`)
    return output.trim()
  }

  /** Resolves once a line of the shell succeeds in it; it is tried every second. */
  async comes(command: string, seconds = 90): Promise<void> {
    const trying = `for i in $(seq ${seconds}); do if { ${command}; } >/dev/null 2>&1; then exit 0; fi; sleep 1; done; ${command}`
    await this.run(trying, (seconds * 3 + 60) * 1000)
  }

  /** Resolves once so many lines more have been said that match, by what runs in it on its own. */
  async says(pattern: RegExp, count = 1, ms = 120_000): Promise<void> {
    const from = this.said(pattern)
    await this.#until(() => this.said(pattern) >= from + count, `${count} of ${pattern}`, ms)
  }

  /** How many lines have been said so far that match. */
  said(pattern: RegExp): number {
    return this.#lines.filter((line) => line.startsWith('! ') && pattern.test(line)).length
  }

  /** Puts a file into it. */
  async give(from: string, to: string): Promise<void> {
    await copyFile(from, this.#path('given'))
    const mounted = `mkdir -p /run/host && mount -t hostfs -o ${this.#folder} none /run/host`
    await this.run(`${mounted} && cp /run/host/given ${to}; umount /run/host`)
    if ((await this.run(`stat -c %s ${to}`)) !== `${(await stat(from)).size}`)
      throw new Error(`${to} is cut short`)
  }

  /** Its power is gone, from one moment to the next. */
  async cut(): Promise<void> {
    const kernel = this.#kernel
    if (!kernel || this.#ended) return
    // Nobody has its files any more when nobody has its voice.
    const gone = once(kernel, 'close')
    kernel.kill('SIGKILL')
    await gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
