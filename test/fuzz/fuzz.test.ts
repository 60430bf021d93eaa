import t from 'tap'
import { loadTarget, targetNames } from './engine/bundle.ts'
import { formerFindings } from './engine/findings.ts'
import { Fuzzer } from './engine/fuzzer.ts'
import { figuresLine } from './engine/words.ts'

/*
 * The short form: what was ever found, and the same few hundred inputs each time. `npm run fuzz` is the long one.
 */

/** Where one input costs much. */
const fewer: Readonly<Record<string, number>> = {
  journal: 40,
  kiosk: 250,
  settings: 250,
  profile: 150,
  collector: 150,
  seed: 100,
}

for (const name of await targetNames())
  t.test(name, async (t) => {
    const loaded = await loadTarget(name)
    t.comment(`${name}: ${loaded.target.holds}`)
    for (const { name, input } of await formerFindings(loaded.name))
      await t.resolves((async () => loaded.target.check(input))(), `once found: ${name}`)
    const fuzzer = new Fuzzer(loaded, 1)
    await fuzzer.begin([])
    const figures = await fuzzer.run({ cases: fewer[name] ?? 600 })
    t.comment(figuresLine(figures))
    for (const { error, input } of figures.findings)
      t.fail(`${error.stack}`, { input: Buffer.from(input).toString('base64') })
    t.ok(figures.blocks.covered > figures.blocks.all / 3, 'the inputs still get somewhere')
  })
