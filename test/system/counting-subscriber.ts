import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Arrivals } from './arrivals.ts'

const topics = ['-t', 'faccina/1/+/+/+/vote', '-t', 'faccina/1/+/+/+/gap']

/** mosquitto_sub, and a look at each line that it prints: for a million events in constant memory. */
export class CountingSubscriber implements AsyncDisposable {
  readonly arrivals = new Arrivals()
  readonly #child: ChildProcess
  #wanted = Number.POSITIVE_INFINITY
  #reached!: () => void
  readonly #done = new Promise<void>((resolve) => {
    this.#reached = resolve
  })

  constructor(port: number) {
    const session = ['-p', String(port), '-q', '1', '-c', '-i', 'counting', ...topics]
    // The broker knows it before anything is sent, and keeps for it what comes.
    execFileSync('mosquitto_sub', [...session, '-E'])
    this.#child = spawn('mosquitto_sub', [...session, '-F', '%p'], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.arrivals.add(JSON.parse(line))
      if (this.arrivals.votes >= this.#wanted) this.#reached()
    })
  }

  /** Resolves when so many votes have arrived; rejects when that takes too long. */
  async until(votes: number, ms: number): Promise<void> {
    this.#wanted = votes
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.arrivals.votes} within ${ms} ms`)), ms)
      this.#done.then(() => clearTimeout(timer))
    })
    if (this.arrivals.votes < votes) await Promise.race([this.#done, late])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, 'exit')
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await exit
  }
}
