import { UsageError, usage, type Wanted, wanted } from './engine/arguments.ts'
import { loadTarget, targetNames } from './engine/bundle.ts'
import { formerFindings, keepFinding } from './engine/findings.ts'
import { type Figures, Fuzzer } from './engine/fuzzer.ts'
import { figuresLine } from './engine/words.ts'

/** @returns how many findings there were */
async function fuzz({ names, seconds, seed, missed }: Wanted): Promise<number> {
  let found = 0
  for (const [at, name] of names.entries()) {
    const place = `(${at + 1} of ${names.length})`
    process.stderr.write(`… ${name} ${place}\n`)
    const fuzzer = new Fuzzer(await loadTarget(name), seed)
    await fuzzer.begin((await formerFindings(name)).map(({ input }) => input))
    const figures = await fuzzer.run({ seconds }, (figures) =>
      process.stderr.write(`… ${figuresLine(figures)}\n`),
    )
    process.stdout.write(`${figuresLine(figures)}\n`)
    if (missed) for (const line of fuzzer.missed) process.stdout.write(`  not reached: ${line}\n`)
    found += await report(figures)
  }
  return found
}

async function report({ name, findings }: Figures): Promise<number> {
  for (const { input, error, times } of findings) {
    const file = await keepFinding(name, input)
    process.stdout.write(
      `  FOUND (${times} times): ${file}\n    ${error.stack?.split('\n').slice(0, 6).join('\n    ')}\n`,
    )
  }
  return findings.length
}

process.setSourceMapsEnabled(true)
const known = await targetNames()
try {
  const asked = wanted(process.argv.slice(2), known)
  if (asked.help) process.stdout.write(usage(known))
  else process.exitCode = (await fuzz(asked)) > 0 ? 1 : 0
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`fuzz: ${error.message}. See npm run fuzz -- --help\n`)
  process.exitCode = 2
}
