/**
 * Stryker's build, in its copy of the repository: tests with all that they import in one file, which starts in a fraction
 * of the time that tests in TypeScript take. Named are the room and the tests that have a file each; all others of the
 * room are in one, `together`.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

/** A program that a test starts by its name is one of those files, too. */
const children = {
  name: 'children',
  setup(build) {
    build.onLoad({ filter: /\/test\/.*\.test\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll("-child.ts'", "-child.mutant.mjs'"),
      loader: 'ts',
    }))
  },
}

const [room, ...alone] = process.argv.slice(2)
const names = await readdir(`test/${room}`)
const endingIn = (end) =>
  names.filter((name) => name.endsWith(end)).map((name) => `${room}/${name.slice(0, -'.ts'.length)}`)
const together = endingIn('.test.ts').filter((name) => !alone.includes(name))
await writeFile(`test/${room}/together.ts`, together.map((name) => `import '../${name}.ts'\n`).join(''))

await build({
  entryPoints: [`${room}/together`, ...alone, ...endingIn('-child.ts')].map((name) => `test/${name}.ts`),
  outdir: 'test',
  outbase: 'test',
  outExtension: { '.js': '.mutant.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  plugins: [children],
  logLevel: 'warning',
})
