import { transformSync } from 'esbuild'
import t from 'tap'
import { wanted } from './engine/arguments.ts'
import type { Loaded } from './engine/bundle.ts'
import { Fuzzer } from './engine/fuzzer.ts'
import { type Block, instrumented } from './engine/instrument.ts'
import { shortened } from './engine/shorten.ts'
import { mustEqual } from './engine/target.ts'
import { beginTrace } from './engine/trace.ts'

const program = `
  const half = (n: number): number => n % 2 === 0 ? n / 2 : (n - 1) / 2
  function* down(n: number): Generator<number> { while (n > 0) yield n = half(n) }
  class Word { readonly #text: string; constructor(text: string) { this.#text = text }
    get loud() { return this.#text && \`\${this.#text}!\` } }
  function kind(value: unknown) {
    switch (typeof value) { case 'string': return 'text'
      case 'number': { return value > 0 || value < 0 ? 'number' : 'zero' }
      default: return value ?? 'nothing' } }
  function tried(act: () => void) { try { act() } catch { return 'failed' } finally { } return 'done' }
  if (kind(1) === 'number') half(3)
  else throw new Error()
  for (const one of [1]) half(one)
  const object = () => ({ a: 1 })
  export default [[...down(9)], new Word('a').loud, new Word('').loud, kind('x'), kind(7), kind(0), kind(null),
    tried(() => {}), tried(() => { throw 1 }), object().a, ((a = 1, b = a || 2) => b)()]
`
const said = [[4, 2, 1, 0], 'a!', '', 'text', 'number', 'zero', 'nothing', 'done', 'failed', 1, 1]

t.test('a program with its blocks counted does the same', async (t) => {
  const blocks: Block[] = []
  const words = new Set<string>()
  const code = instrumented(program, 'program.ts', blocks, words)
  const counts = new Uint32Array(blocks.length)
  beginTrace(counts)
  const script = transformSync(code, { loader: 'ts' }).code
  const { default: result } = await import(`data:text/javascript,${encodeURIComponent(script)}`)
  t.same(result, said)
  t.ok(blocks.length > 20, `${blocks.length} blocks`)
  t.equal(blocks.filter(({ isFunction }) => isFunction).length, 10, 'functions')
  const missed = blocks.filter((_, n) => counts[n] === 0).map(({ line }) => line)
  t.same(missed, [12, 16], 'what never ran: an else, and the right of an or')
  t.ok(words.has('nothing') && words.has('text'))
})

/** A target that breaks where a word stands in front of a letter, which is to be found in two steps. */
function planted(): Loaded {
  const hit = (n: number) => (globalThis as unknown as { __faccinaHit(n: number): void }).__faccinaHit(n)
  return {
    name: 'planted',
    blocks: Array.from({ length: 3 }, (_, line) => ({ file: 'planted.ts', line, isFunction: line === 0 })),
    allBlocks: 3,
    atLoading: new Uint32Array(3),
    words: ['magic', '!'],
    target: {
      holds: 'no magic',
      covers: [],
      maxBytes: 60,
      corpus: () => ['some text to begin with'],
      check(input) {
        hit(0)
        const text = Buffer.from(input).toString('latin1')
        if (!text.includes('magic')) return
        hit(1)
        if (/magic!/.test(text)) throw new TypeError(`magic at ${text.indexOf('magic')}`)
      },
    },
  }
}

t.test('what is planted is found, shortened, and found again by the same seed', async (t) => {
  const run = async (seed: number) => {
    const fuzzer = new Fuzzer(planted(), seed)
    await fuzzer.begin([])
    const { findings, seconds: _, ...figures } = await fuzzer.run({ cases: 8_000 })
    return { ...figures, found: findings.map(({ input, times }) => [Buffer.from(input).toString(), times]) }
  }
  const first = await run(1)
  t.match(first, { cases: 8_000, blocks: { covered: 2, all: 3 }, functions: { covered: 1, all: 1 } })
  t.equal(first.found[0]?.[0], 'magic!')
  t.equal(first.found.length, 1, 'one of a kind')
  t.same(await run(1), first)
  t.notSame(await run(2), first)
})

t.test('an input that has no end is a finding, on each computer the same', async (t) => {
  const loaded = planted()
  loaded.target.check = () => {
    for (;;) (globalThis as unknown as { __faccinaHit(n: number): void }).__faccinaHit(2)
  }
  const fuzzer = new Fuzzer(loaded, 1)
  loaded.target.corpus = () => ['x']
  await fuzzer.begin([])
  const { findings } = await fuzzer.run({ cases: 1 })
  t.match(findings, [{ error: { name: 'TooManySteps' }, times: 1 }])
})

t.test('shortened to what matters', async (t) => {
  const has = async (input: Uint8Array) => /a.*b/.test(Buffer.from(input).toString())
  t.equal(Buffer.from(await shortened(Buffer.from('xxxxaxxxxxxbxx'), has)).toString(), 'ab')
})

t.test('two values that say the same', async (t) => {
  t.doesNotThrow(() => mustEqual({ a: 1, b: [2, { c: undefined }] }, { b: [2, {}], a: 1 }, 'it'))
  t.doesNotThrow(() => mustEqual(Uint8Array.of(1), [1], 'it'))
  t.throws(() => mustEqual({ a: [1, 2] }, { a: [1, 3] }, 'it'), { message: 'it.a.1: found 2; wanted 3' })
  t.throws(() => mustEqual({}, [], 'it'))
})

t.test('how it is asked', async (t) => {
  const known = ['settings', 'journal']
  t.match(wanted([], known), { names: known, seconds: 60, seed: 1 })
  t.match(wanted(['journal', '--seconds', '5', '--seed=9'], known), {
    names: ['journal'],
    seconds: 5,
    seed: 9,
  })
  for (const [args, message] of [
    [['jurnal'], 'there is no target jurnal; there are settings, journal'],
    [['--seconds', '0'], '--seconds: found "0"; allowed is a whole number from 1 to 86400'],
    [['--seed', '1e3'], '--seed: found "1e3"; allowed is a whole number from 0 to 4294967295'],
    [['--fast'], /--fast/],
  ] as const)
    t.throws(() => wanted([...args], known), { name: 'UsageError', message })
  t.throws(() => wanted(['--seed'], known), { name: 'UsageError' })
})
