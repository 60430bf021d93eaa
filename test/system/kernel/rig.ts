import { execFileSync } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Child } from '../children.ts'

/** A kernel within a computer that has other things to do may be twenty times as slow as usual. */
const patienceMs = 120_000

const run = fileURLToPath(new URL('run.sh', import.meta.url))
const guest = fileURLToPath(new URL('guest.mjs', import.meta.url))

const build = fileURLToPath(new URL('build.sh', import.meta.url))

/** What a device of the mock was sent: `what` is R or W, after its clock (spi) or position (leds). */
export interface Message {
  us: number
  what: string
  bytes: Uint8Array
}

/** A program in the guest. */
export interface Program {
  readonly name: string
  readonly pid: number
  /** All that it has said so far. */
  readonly output: string
  readonly ended: { code: number | null; signal: string | null } | undefined
}

export interface StartOptions {
  name: string
  command: string
  args: string[]
  env?: Record<string, string>
  /** False: as root. True, and by default: as nobody, in the groups of a Pi's devices. */
  user?: boolean
  /** Groups that it is not in. */
  without?: ('input' | 'spi' | 'i2c' | 'gpio')[]
}

type Answer = { id: number; result?: unknown; error?: string }
type Told = { of: string; text?: string; code?: number | null; signal?: string | null }

/** A kernel of its own with the hardware of a panel, and somebody in it who does what the test says. */
export class Rig implements AsyncDisposable {
  readonly #server: Server
  readonly #child: Child
  readonly #programs = new Map<string, { -readonly [K in keyof Program]: Program[K] }>()
  readonly #asked = new Map<number, (answer: Answer) => void>()
  readonly #listeners = new Set<() => void>()
  #socket: Socket | undefined
  #next = 1

  private constructor(server: Server, port: number) {
    this.#server = server
    this.#child = new Child(run, [process.execPath, guest, String(port)], { RIG_TIMEOUT: '560' })
    this.#child.process.on('exit', () => this.#look())
  }

  /** Boots it. Rejects, and says what to do, where the kernel is not there. */
  static async open(): Promise<Rig> {
    // Building it takes longer than a test may.
    execFileSync(build, ['--ready'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const rig = new Rig(server, typeof address === 'object' && address ? address.port : 0)
    server.on('connection', (socket) => rig.#connected(socket))
    try {
      await rig.until(() => rig.#socket !== undefined, 'the guest to connect')
      await rig.do('settle')
    } catch (error) {
      await rig[Symbol.asyncDispose]()
      throw error
    }
    return rig
  }

  #connected(socket: Socket): void {
    this.#socket = socket.setNoDelay()
    socket.on('error', () => {})
    createInterface({ input: socket }).on('line', (line) => this.#told(JSON.parse(line)))
    this.#look()
  }

  #told(message: Answer | Told): void {
    if ('id' in message) {
      this.#asked.get(message.id)?.(message)
      this.#asked.delete(message.id)
    } else if ('of' in message) {
      const program = this.#programs.get(message.of)
      if (program && message.text !== undefined) program.output += message.text
      else if (program) program.ended = { code: message.code ?? null, signal: message.signal ?? null }
    }
    this.#look()
  }

  #look(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Has the guest do something; rejects when it cannot. */
  async do<T = unknown>(action: string, what: Record<string, unknown> = {}): Promise<T> {
    const id = this.#next++
    const answered = new Promise<Answer>((resolve) => this.#asked.set(id, resolve))
    this.#socket?.write(`${JSON.stringify({ id, do: action, ...what })}\n`)
    let answer: Answer | undefined
    void answered.then((come) => {
      answer = come
      this.#look()
    })
    await this.until(() => answer !== undefined, `an answer to ${action}`)
    if (answer?.error !== undefined) throw new Error(`${action}: ${answer.error}`)
    return answer?.result as T
  }

  /** Waits until something is so, looking whenever the guest has told something. */
  until(so: () => boolean, what: string, ms = patienceMs): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const fail = (why: string) => {
        const said = [...this.#programs.values()].map(({ name, output }) => `${name}: ${output.slice(-3000)}`)
        end(() =>
          reject(new Error(`${why} while waiting for ${what}\n${this.#child.output}${said.join('\n')}`)),
        )
      }
      const look = () => {
        if (so()) return end(resolve)
        const { exitCode, signalCode } = this.#child.process
        if (exitCode !== null || signalCode !== null) fail(`the guest ended (${exitCode ?? signalCode})`)
      }
      const timer = setTimeout(() => fail(`${ms} ms passed`), ms)
      this.#listeners.add(look)
      look()
    })
  }

  /** The same where the guest has to be asked. */
  async untilAsked(so: () => Promise<boolean>, what: string, ms = patienceMs): Promise<void> {
    const end = performance.now() + ms
    while (!(await so()))
      if (performance.now() > end) throw new Error(`${ms} ms passed while waiting for ${what}`)
  }

  async start(options: StartOptions): Promise<Program> {
    const program = { name: options.name, pid: 0, output: '', ended: undefined }
    this.#programs.set(options.name, program)
    program.pid = await this.do<number>('start', { ...options })
    return program
  }

  /** Another input device, as if plugged in. */
  async plug(name: string, codes: readonly number[]): Promise<Program> {
    const program = { name, pid: 0, output: '', ended: undefined as Program['ended'] }
    this.#programs.set(name, program)
    program.pid = await this.do<number>('uinput', { name, codes })
    await this.until(() => program.output.includes('ready'), `${name} to be plugged in`)
    await this.do('settle')
    return program
  }

  /** Ends a program, or unplugs a device, and waits for that. */
  async end(program: Program, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.do('signal', { name: program.name, signal })
    await this.until(() => program.ended !== undefined, `${program.name} to end`)
  }

  /** A key is held (its line is pulled down), or let go of. */
  hold(line: number): Promise<void> {
    return this.do('pull', { line, to: 'down' })
  }

  release(line: number): Promise<void> {
    return this.do('pull', { line, to: 'up' })
  }

  read(path: string): Promise<string> {
    return this.do<string>('read', { path })
  }

  /** What a device of the mock was sent so far. */
  async messages(device: 'spi' | 'leds' | `i2c-${string}`): Promise<Message[]> {
    const log = await this.read(`/sys/kernel/debug/panel-mock/${device}/log`)
    return log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const words = line.split(' ')
        const bytes = Uint8Array.from(Buffer.from(words.at(-1)!, 'hex'))
        return { us: Number(words[0]), what: words.slice(1, -1).join(' '), bytes }
      })
  }

  /** Empties the log of a device of the mock. */
  async forget(device: string): Promise<void> {
    await this.do('write', { path: `/sys/kernel/debug/panel-mock/${device}/log`, text: '0' })
  }

  /** The next messages to a device of the mock fail. */
  async fail(device: string, count: number): Promise<void> {
    await this.do('write', { path: `/sys/kernel/debug/panel-mock/${device}/fail`, text: String(count) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy()
    this.#server.close()
    await this.#child.kill('SIGTERM')
  }
}
