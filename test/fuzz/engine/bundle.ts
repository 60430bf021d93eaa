import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { type Block, instrumented } from './instrument.ts'
import type { Target } from './target.ts'
import { beginTrace } from './trace.ts'

/** A target whose covered files say where they have been. */
export interface Loaded {
  name: string
  target: Target
  /** Those of the covered files; what only leads the search has the numbers behind them. */
  blocks: readonly Block[]
  allBlocks: number
  /** Where the files have been when they were loaded: tables and schemas are made then. */
  atLoading: Uint32Array
  /** The short texts of the covered files. */
  words: readonly string[]
}

/** The project's folder, whether this file is where it was written or in a bundle. */
export const root = folderAbove(dirname(fileURLToPath(import.meta.url)))

function folderAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : folderAbove(dirname(folder))
}

const targetsFolder = join(root, 'test/fuzz/targets')

export async function targetNames(): Promise<string[]> {
  const files = await readdir(targetsFolder)
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length))
}

/** Loads `targets/NAME.ts`, with a call of `globalThis.__faccinaHit(n)` in every block of what it covers. */
export async function loadTarget(name: string): Promise<Loaded> {
  const file = join(targetsFolder, `${name}.ts`)
  const { covers, guides = [] } = await imported(file, new Map(), [])
  const all: Block[] = []
  const words = new Set<string>()
  const compiled = new Map<string, string>()
  const compile = async (path: string, words: Set<string>) =>
    compiled.set(path, instrumented(await readFile(path, 'utf8'), relative(root, path), all, words))
  for (const path of await filesOf(covers)) await compile(path, words)
  const blocks = [...all]
  for (const guide of guides)
    for (const path of await filesOf([`${guideFolder(guide)}/`])) await compile(path, new Set())
  const atLoading = new Uint32Array(all.length)
  beginTrace(atLoading)
  const target = await imported(file, compiled, guides)
  return { name, target, blocks, allBlocks: all.length, atLoading, words: [...words] }
}

/** The package as modules, which is how it is instrumented. */
function guideFolder(name: string): string {
  return `node_modules/${name}/browser/dist`
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths.map((path) => join(root, path))) {
    if (!(await stat(path)).isDirectory()) found.push(path)
    else {
      const names = await readdir(path, { recursive: true })
      found.push(...names.filter((name) => /\.m?[jt]s$/.test(name)).map((name) => join(path, name)))
    }
  }
  return found.sort()
}

/** Imports a file of ours, with other code in place of some files. */
async function imported(
  file: string,
  compiled: ReadonlyMap<string, string>,
  guides: readonly string[],
): Promise<Target> {
  const parent = join(root, '.tap')
  await mkdir(parent, { recursive: true })
  // Inside of the project, so that its packages are found.
  const folder = await mkdtemp(join(parent, 'fuzz-'))
  try {
    const outfile = join(folder, 'target.mjs')
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'inline',
      logLevel: 'error',
      plugins: [replacing(compiled, guides)],
    })
    return ((await import(pathToFileURL(outfile).href)) as { default: Target }).default
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function replacing(compiled: ReadonlyMap<string, string>, guides: readonly string[]): Plugin {
  return {
    name: 'replacing',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path }) =>
        guides.includes(path)
          ? { path: join(root, guideFolder(path), 'index.js') }
          : { path, external: true },
      )
      build.onLoad({ filter: /\.m?[jt]s$/ }, async ({ path }) => {
        const code = compiled.get(path) ?? (await readFile(path, 'utf8'))
        // Files that lie beside a source are not beside the bundle.
        const contents = code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' }
      })
    },
  }
}
