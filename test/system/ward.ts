import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultsOf, type Verdict } from './evidence.ts'
import type { Patient } from './kill-life.ts'
import { makeNearlyFull } from './nearly-full.ts'

/** What a patient had behind it when it came. */
export interface Past {
  directory?: string
  presses?: Patient['presses']
  before?: Patient['before']
}

/** Where patients get their directories, and what was found on all of them together. */
export class Ward implements AsyncDisposable {
  readonly #root: string
  readonly #port: number
  #patients = 0
  #sick = false
  kills = 0
  /** Lives that were over before what was to kill them. */
  survived = 0
  readonly #sums = new Map<string, number>()

  private constructor(root: string, port: number) {
    this.#root = root
    this.#port = port
  }

  /** @param port of the broker that all of them publish to. */
  static async open(port: number): Promise<Ward> {
    return new Ward(await mkdtemp(join(tmpdir(), 'faccina-kill-')), port)
  }

  /** A terminal with a copy of that past, or with none. */
  async admit({ directory, presses = [], before }: Past = {}, port = this.#port): Promise<Patient> {
    const name = `patient-${++this.#patients}`
    const own = await mkdtemp(join(this.#root, name))
    if (directory) await cp(join(directory, 'store'), join(own, 'store'), { recursive: true })
    return {
      name,
      directory: own,
      port,
      presses: presses.map((press) => ({ ...press })),
      ...(before && { before }),
    }
  }

  /** The past of a terminal whose segment ends a few votes later. */
  async nearlyFull(): Promise<Past> {
    const { directory } = await this.admit()
    return { directory, ...(await makeNearlyFull(join(directory, 'store', 'journal'), 600)) }
  }

  count(end: 'killed' | 'stopped'): void {
    if (end === 'killed') this.kills++
    else this.survived++
  }

  /** Adds up; returns what must not be. */
  async discharge({ directory }: Patient, verdict: Verdict): Promise<string[]> {
    for (const [name, count] of Object.entries(verdict.figures)) this.#add(name, count)
    for (const [name, lines] of Object.entries(verdict.faults)) this.#add(name, lines.length)
    const faults = faultsOf(verdict)
    if (faults.length === 0) await rm(directory, { recursive: true })
    else faults.push(`what is left lies in ${directory}`)
    this.#sick ||= faults.length > 0
    return faults
  }

  get summary(): string {
    const sums = [...this.#sums].map(([name, count]) => `${name} ${count}`)
    return `kills ${this.kills}, lives that were over before ${this.survived}, ${sums.join(', ')}`
  }

  #add(name: string, count: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + count)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#sick) await rm(this.#root, { recursive: true })
  }
}
