/**
 * Builds what `npm start` and the package run: `dist/faccina.js` (the daemon), the other commands and the
 * subscriber's library with the chunks that they share, and `dist/web/` with the pages, their scripts and fonts.
 *
 *     node src/build.mjs [--web-only] [--out DIR]
 *     node src/build.mjs --packages     names the packages that are not in these files, and builds nothing
 */
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const source = dirname(fileURLToPath(import.meta.url))
const { values } = parseArgs({
  options: {
    'web-only': { type: 'boolean', default: false },
    packages: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
const out = values.out ?? join(source, '..', 'dist')

/** The charts of the report are a file of their own, loaded only for its page. */
const chartsApart = {
  name: 'charts-apart',
  setup(build) {
    build.onResolve({ filter: /\/charts\.ts$/ }, () => ({ path: './report-charts.js', external: true }))
  },
}

/**
 * Stand-ins for what MQTT.js brings along: ways to a broker that Faccina does not go (WebSockets, proxies, timers of the
 * browser), and what it would say of each packet to who debugs it, which costs time also while nobody listens.
 */
const standIns = {
  name: 'stand-ins',
  setup(build) {
    const quiet = 'const quiet = () => {}; quiet.extend = () => quiet; module.exports = () => quiet'
    build.onResolve({ filter: /^(ws|socks|worker-timers|debug)$/ }, ({ path }) => ({
      path,
      namespace: 'stand-ins',
    }))
    build.onLoad({ filter: /.*/, namespace: 'stand-ins' }, ({ path }) => ({
      contents: path === 'debug' ? quiet : 'module.exports = {}',
    }))
  },
}

/** What is not in the file: native modules, and who loads them. */
const { optionalDependencies } = JSON.parse(await readFile(join(source, '..', 'package.json'), 'utf8'))
const asPackages = [...Object.keys(optionalDependencies), 'serialport', 'firmata', 'johnny-five']

const program = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: asPackages,
  // Node has it within.
  alias: { 'readable-stream': 'node:stream' },
  plugins: [chartsApart, standIns],
  // Packages of the CommonJS kind ask for Node's own parts so.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  // Names stay, and lines end: a stack trace is read by people.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
}

if (values.packages) {
  console.log(asPackages.join('\n'))
  process.exit()
}
await mkdir(out, { recursive: true })
await Promise.all([buildWeb(join(out, 'web')), values['web-only'] ? undefined : buildProgram(out)])

/**
 * The daemon is one file, which starts in half the time of many. What is for those who sit at a keyboard comes in files
 * of its own, which share theirs.
 */
async function buildProgram(folder) {
  // Of former builds nothing is shipped by mistake.
  const old = (await readdir(folder)).filter((name) => /\.js(\.map)?$/.test(name))
  await Promise.all(old.map((name) => rm(join(folder, name))))
  const cli = join(source, 'cli')
  const main = join(cli, 'main.ts')
  const others = []
  /** The commands but `run`, as files that lie beside this one. */
  const commandsApart = {
    name: 'commands-apart',
    setup(build) {
      build.onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, importer, kind }) => {
        if (importer !== main || kind !== 'dynamic-import' || path === './run.ts') return undefined
        others.push(join(cli, path))
        return { path: path.replace(/ts$/, 'js'), external: true }
      })
    },
  }
  const daemon = join(folder, 'faccina.js')
  const built = await build({
    ...program,
    entryPoints: [main],
    outfile: daemon,
    plugins: [...program.plugins, commandsApart],
  })
  const [apart, charts] = await Promise.all([
    build({
      ...program,
      entryPoints: [...others, join(cli, 'subscriber.ts')],
      outdir: folder,
      // Chunks lie beside the entries, so that `new URL('./web/', import.meta.url)` finds the pages from each.
      chunkNames: '[name]-[hash]',
      splitting: true,
    }),
    buildCharts(folder),
    buildReportStyle(folder),
  ])
  const packages = packagesIn([built, apart, charts].flatMap(({ metafile }) => Object.keys(metafile.inputs)))
  await writeFile(join(folder, 'packages.json'), `${JSON.stringify(packages, undefined, 2)}\n`)
  await writeFile(join(folder, 'licences.txt'), await licencesOf(packages))
  // One such letter, and Node keeps the whole text in two bytes each. esbuild escapes those that are not in a RegExp.
  const wide = /.{0,40}[^\0-\xff].{0,40}/.exec(await readFile(daemon, 'utf8'))
  if (wide) throw new Error(`${daemon}: write this letter as \\u…: ${wide[0]}`)
  await chmod(daemon, 0o755)
}

/** The packages that these files are of, by their folders, as package-lock.json names them. */
function packagesIn(inputs) {
  const folders = inputs.flatMap((path) => /node_modules\/.*$/.exec(path) ?? [])
  return [...new Set(folders.map((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)[0]))].sort()
}

/** What they ask to be said wherever they are: their licences, each with its package. */
async function licencesOf(packages) {
  const texts = packages.map(async (path) => {
    const folder = join(source, '..', path)
    const names = (await readdir(folder)).filter((name) =>
      /^(licen[cs]e|copying|notice)([-.].*)?$/i.test(name),
    )
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const parts = await Promise.all(names.sort().map((name) => readFile(join(folder, name), 'utf8')))
    return [`${name} ${version} (${license})`, ...parts.map((text) => text.trim())].join('\n\n')
  })
  return `${(await Promise.all(texts)).join(`\n\n${'-'.repeat(72)}\n\n`)}\n`
}

/** The charts with ECharts in them, so that it is no package that has to be installed. */
function buildCharts(folder) {
  return build({
    entryPoints: { 'report-charts': join(source, 'subscriber/report/html/charts.ts') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    metafile: true,
    logLevel: 'warning',
  })
}

/** The style of the report's page with its fonts in it, and the licences of what the page is made with. */
async function buildReportStyle(folder) {
  await build({
    entryPoints: [join(source, 'subscriber/report/html/report.css')],
    outdir: folder,
    bundle: true,
    minify: true,
    loader: { '.woff2': 'dataurl' },
    logLevel: 'warning',
  })
  const require = createRequire(import.meta.url)
  const charts = dirname(require.resolve('echarts/package.json'))
  await Promise.all(
    ['LICENSE', 'NOTICE'].map((name) => copyFile(join(charts, name), join(folder, `echarts-${name}.txt`))),
  )
}

/** The pages of the browser panel: scripts, style sheets, HTML and fonts. */
async function buildWeb(folder) {
  const web = join(source, 'panels/browser/web')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const copied = (await readdir(web)).filter((name) => name.endsWith('.html'))
  await Promise.all([
    build({
      entryPoints: ['panel.ts', 'try.ts', 'panel.css', 'try.css'].map((name) => join(web, name)),
      outdir: folder,
      bundle: true,
      format: 'esm',
      target: 'es2020',
      minify: true,
      external: ['/assets/*'],
      logLevel: 'warning',
    }),
    ...copied.map((name) => copyFile(join(web, name), join(folder, name))),
    copyFonts(folder),
  ])
}

/** Titillium Web: the letters of the five languages (latin-ext has č, š and ž), with its licence. */
async function copyFonts(folder) {
  const require = createRequire(import.meta.url)
  const from = dirname(require.resolve('@fontsource/titillium-web/package.json'))
  const ranges = JSON.parse(await readFile(join(from, 'unicode.json'), 'utf8'))
  const fonts = ['latin', 'latin-ext'].flatMap((subset) =>
    [400, 600, 700].map((weight) => ({
      subset,
      weight,
      file: `titillium-web-${subset}-${weight}-normal.woff2`,
    })),
  )
  const faces = fonts.map(
    ({ subset, weight, file }) =>
      `@font-face{font-family:"Titillium Web";font-style:normal;font-weight:${weight};font-display:swap;` +
      `src:url(/assets/${file}) format("woff2");unicode-range:${ranges[subset]}}\n`,
  )
  await Promise.all([
    writeFile(join(folder, 'fonts.css'), faces.join('')),
    copyFile(join(from, 'LICENSE'), join(folder, 'titillium-web-OFL.txt')),
    ...fonts.map(({ file }) => copyFile(join(from, 'files', file), join(folder, file))),
  ])
}
