import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { plainly } from '../plainly.ts'

/** A program did not say what was waited for; if it was ended by a signal, by which. */
export class SilentError extends Error {
  readonly signal: NodeJS.Signals | null

  constructor(message: string, signal: NodeJS.Signals | null) {
    super(message)
    this.signal = signal
  }
}

/** Programs that a test starts, and ends by their process id. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess
  #output = ''
  readonly #listeners = new Set<() => void>()

  constructor(command: string, args: string[], env: Record<string, string> = {}, cwd?: string) {
    this.process = spawn(...plainly(command, args, env.NODE_OPTIONS), {
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        this.#output += text
        for (const listener of this.#listeners) listener()
      })
    }
    this.process.on('exit', () => {
      for (const listener of this.#listeners) listener()
    })
  }

  /** All that it has said so far. */
  get output(): string {
    return this.#output
  }

  /** What it was ended by, if it was. */
  get signal(): NodeJS.Signals | null {
    return this.process.signalCode
  }

  /** Resolves with the first match of its output from `from` on; rejects when it ends or takes too long. */
  said(pattern: RegExp, ms = 20_000, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const fail = (why: string) =>
        finish(() =>
          reject(new SilentError(`${why} before it said ${pattern}:\n${this.#output}`, this.signal)),
        )
      const look = () => {
        const match = pattern.exec(this.#output.slice(from))
        if (match) finish(() => resolve(match))
        else if (this.process.exitCode !== null || this.process.signalCode !== null) fail('ended')
      }
      const timer = setTimeout(() => fail(`${ms} ms passed`), ms)
      this.#listeners.add(look)
      look()
    })
  }

  /** Its exit code; nothing where a signal ended it. */
  async ended(): Promise<number | null> {
    const { exitCode, signalCode } = this.process
    if (exitCode === null && signalCode === null) await once(this.process, 'exit')
    return this.process.exitCode
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const ended = this.ended()
    this.process.kill(signal)
    return await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL')
  }
}
