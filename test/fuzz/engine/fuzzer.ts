import { Buffer } from 'node:buffer'
import { Random } from '../../../src/subscriber/simulate/random.ts'
import type { Loaded } from './bundle.ts'
import { mutationsWith } from './mutate.ts'
import { shortened } from './shorten.ts'
import type { Mutation } from './target.ts'
import { beginTrace } from './trace.ts'

/** By the computer's clock, or by cases alone, and then each run is the same. */
export type Bounds = { seconds: number } | { cases: number }

/** An input at which the oracle was contradicted, or something was thrown. */
export interface Finding {
  input: Uint8Array
  error: Error
  /** How many inputs ended alike. */
  times: number
}

export interface Figures {
  name: string
  seed: number
  cases: number
  seconds: number
  /** Inputs that are kept because they reached what no shorter one did. */
  corpus: number
  blocks: Share
  functions: Share
  findings: readonly Finding[]
}

export interface Share {
  covered: number
  all: number
}

class Slow extends Error {
  override name = 'Slow'
}

interface Entry {
  input: Uint8Array
  /** How many features no other entry has to offer. */
  owns: number
  tried: number
}

/** More of the processor than an input may need, where there is a clock to bound it by. */
const mostCpuMs = 2_000
const mostFindings = 20

/**
 * Looks for inputs that contradict a target's oracle: changes inputs that are known, and keeps what reaches a block
 * that none did, or one much more often (M. Zalewski, american fuzzy lop, technical details).
 */
export class Fuzzer {
  readonly #loaded: Loaded
  readonly #seed: number
  readonly #random: Random
  readonly #mutations: readonly Mutation[]
  readonly #counts: Uint32Array<ArrayBuffer>
  readonly #covered: Uint8Array
  /** Who has a feature: the shortest input that does. */
  readonly #owners = new Map<number, Entry>()
  readonly #findings = new Map<string, Finding>()
  #entries: Entry[] = []
  #cases = 0
  #timed = false

  constructor(loaded: Loaded, seed: number) {
    const { target, words } = loaded
    this.#loaded = loaded
    this.#seed = seed
    this.#random = new Random(seed)
    const all = [...words, ...(target.words ?? [])].map((word) =>
      typeof word === 'string' ? Buffer.from(word) : word,
    )
    this.#mutations = mutationsWith(all)
    this.#counts = new Uint32Array(loaded.allBlocks)
    this.#covered = Uint8Array.from(loaded.blocks, (_, n) => (loaded.atLoading[n]! > 0 ? 1 : 0))
  }

  /** Tries what is known: the target's own inputs, and these. */
  async begin(known: Iterable<Uint8Array>): Promise<void> {
    for await (const input of this.#loaded.target.corpus())
      await this.#try(typeof input === 'string' ? Buffer.from(input) : input)
    for (const input of known) await this.#try(input)
    if (this.#entries.length === 0) this.#entries.push({ input: new Uint8Array(), owns: 0, tried: 0 })
  }

  /** @param tell called now and then with the figures so far */
  async run(bounds: Bounds, tell?: (figures: Figures) => void): Promise<Figures> {
    const began = performance.now()
    const elapsed = () => (performance.now() - began) / 1000
    this.#timed = 'seconds' in bounds
    const over = () => ('cases' in bounds ? this.#cases >= bounds.cases : elapsed() >= bounds.seconds)
    let told = 0
    while (!over() && this.#findings.size < mostFindings) {
      await this.#try(this.#next())
      if (tell && elapsed() - told >= 10) {
        told = elapsed()
        tell(this.#figures(told))
      }
    }
    return this.#figures(elapsed())
  }

  /** Another input, made of those that have been rewarding. */
  #next(): Uint8Array {
    const random = this.#random
    const { maxBytes, mutations: own = [] } = this.#loaded.target
    const entry = this.#pick()
    entry.tried++
    let input = entry.input
    for (let n = 2 ** random.whole(0, 3); n > 0; n--) {
      const mutation = own.length > 0 && random.chance(0.5) ? random.pick(own) : random.pick(this.#mutations)
      input = mutation(input, random, random.pick(this.#entries).input).subarray(0, maxBytes)
    }
    return input
  }

  /** Of two, the one that was tried less for what it has to offer. */
  #pick(): Entry {
    const [a, b] = [this.#random.pick(this.#entries), this.#random.pick(this.#entries)]
    return a.tried * (1 + b.owns) <= b.tried * (1 + a.owns) ? a : b
  }

  async #try(input: Uint8Array): Promise<void> {
    this.#cases++
    const error = await this.#outcome(input)
    if (error) await this.#note(input, error)
    else this.#learn(input)
  }

  /** Runs one input. @returns what was thrown */
  async #outcome(input: Uint8Array): Promise<Error | undefined> {
    beginTrace(this.#counts)
    const began = this.#timed ? process.cpuUsage() : undefined
    try {
      const checked = this.#loaded.target.check(input)
      if (checked) await checked
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(`threw ${String(thrown)}`)
    }
    const usedMs = began ? process.cpuUsage(began).user / 1000 : 0
    return usedMs > mostCpuMs ? new Slow(`more than ${mostCpuMs} ms of the processor`) : undefined
  }

  #learn(input: Uint8Array): void {
    const counts = this.#counts
    const entry: Entry = { input, owns: 0, tried: 0 }
    const known = this.#owners
    for (let block = 0; block < counts.length; block++) {
      const count = counts[block]!
      if (count === 0) continue
      if (block < this.#covered.length) this.#covered[block] = 1
      // How often, to a power of two, is a feature of its own; in what only leads the search there are too many of them.
      const often = block < this.#covered.length ? 32 - Math.clz32(count) : 0
      const feature = block * 32 + often
      const owner = known.get(feature)
      if (owner && owner.input.length <= input.length) continue
      if (owner) owner.owns--
      entry.owns++
      known.set(feature, entry)
    }
    if (entry.owns === 0) return
    this.#entries = this.#entries.filter(({ owns }) => owns > 0)
    this.#entries.push(entry)
  }

  async #note(input: Uint8Array, error: Error): Promise<void> {
    const kind = kindOf(error)
    const known = this.#findings.get(kind)
    if (known) known.times++
    else {
      const same = async (shorter: Uint8Array) => {
        const outcome = await this.#outcome(shorter)
        return outcome !== undefined && kindOf(outcome) === kind
      }
      // Each try of an input that takes long does so, too.
      const tries = /^(TooManySteps|Slow)/.test(kind) ? 40 : 500
      this.#findings.set(kind, { input: await shortened(input, same, tries), error, times: 1 })
    }
  }

  #figures(seconds: number): Figures {
    const { name, blocks } = this.#loaded
    const share = (these: (n: number) => boolean): Share => ({
      covered: this.#covered.filter((was, n) => was === 1 && these(n)).length,
      all: blocks.filter((_, n) => these(n)).length,
    })
    return {
      name,
      seed: this.#seed,
      cases: this.#cases,
      seconds,
      corpus: this.#entries.length,
      blocks: share(() => true),
      functions: share((n) => blocks[n]!.isFunction),
      findings: [...this.#findings.values()],
    }
  }

  /** Where no input has been: file and line. */
  get missed(): string[] {
    const places = this.#loaded.blocks.filter((_, n) => this.#covered[n] === 0)
    return [...new Set(places.map(({ file, line }) => `${file}:${line}`))]
  }
}

/** Errors that differ in numbers and quoted texts alone are of one kind. */
function kindOf({ name, message }: Error): string {
  return `${name} ${message.replace(/"[^"]*"?|\d+/g, '…').slice(0, 80)}`
}
