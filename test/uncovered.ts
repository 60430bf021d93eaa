import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { transformSync } from 'esbuild'
import t from 'tap'
import { reasons } from './uncovered-reasons.ts'

/*
 * After the tests, by `npm run coverage`: where every line must be reached it is, elsewhere each line that is not has
 * its reason in `uncovered-reasons.ts`, and no reason has outlived its lines.
 */

const root = join(import.meta.dirname, '..')
/** The rooms that are nothing but rules and promises: here no reason counts. */
const whole = /^src\/(domain|contract|terminal|storage)\//

/** Lines that no test has reached, one after the other. */
interface Gap {
  file: string
  from: number
  to: number
}

interface Covered {
  statementMap: Record<string, { start: { line: number } }>
  s: Record<string, number>
}

const report = JSON.parse(readFileSync(join(root, '.tap/report/coverage-final.json'), 'utf8'))
const covered = new Map(
  Object.entries(report as Record<string, Covered>).map(([path, file]) => [relative(root, path), file]),
)
const lines = new Map<string, string[]>()
const linesOf = (file: string) => {
  if (!lines.has(file)) lines.set(file, readFileSync(join(root, file), 'utf8').split('\n'))
  return lines.get(file)!
}

/** What the report says, and whole files that no test has as much as loaded; types alone cannot be reached. */
function gaps(): Gap[] {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name))
  const unloaded = sources
    .filter(
      (file) => !covered.has(file) && transformSync(linesOf(file).join('\n'), { loader: 'ts' }).code !== '',
    )
    .map((file) => ({ file, from: 1, to: linesOf(file).length - 1 }))
  return [...covered].flatMap(([file, found]) => gapsIn(file, found)).concat(unloaded)
}

function gapsIn(file: string, { statementMap, s }: Covered): Gap[] {
  const found: Gap[] = []
  for (const [n, { start }] of Object.entries(statementMap)) {
    if (s[n] !== 0) continue
    const last = found.at(-1)
    if (last?.to === start.line - 1) last.to++
    else found.push({ file, from: start.line, to: start.line })
  }
  // A bracket behind a loop that never ends by itself is nothing that could be reached.
  return found.filter(({ from, to }) =>
    linesOf(file)
      .slice(from - 1, to)
      .some((line) => /\w/.test(line)),
  )
}

const nameOf = ({ file, from, to }: Gap) => `${file}:${from}${to > from ? `–${to}` : ''}`
const places = reasons.flatMap(({ runBy }) => Object.values(runBy).flat())

/** A place is a file, a folder with all that is in it, or a file and words of the first of the lines or the one above. */
function isAt(place: string, { file, from }: Gap): boolean {
  const [where = '', words] = place.split(': ')
  if (words === undefined) return where === file || (where.endsWith('/') && file.startsWith(where))
  return (
    where === file &&
    linesOf(file)
      .slice(Math.max(0, from - 2), from)
      .some((line) => line.includes(words))
  )
}

const all = gaps()
const said = [
  ...all
    .filter(({ file }) => whole.test(file))
    .map((gap) => `${nameOf(gap)}: no test reaches this, and in this room one must.`),
  ...all
    .filter((gap) => !whole.test(gap.file) && !places.some((place) => isAt(place, gap)))
    .map(
      (gap) =>
        `${nameOf(gap)}: no test reaches this. Write one, or say why not in test/uncovered-reasons.ts.`,
    ),
  ...places
    .filter((place) => !all.some((gap) => isAt(place, gap)))
    .map((place) => `${place}: tests reach all of it. Take its reason out of test/uncovered-reasons.ts.`),
]

t.test('each line is reached by a test, or it is said why not', async (t) => {
  for (const sentence of said) t.fail(sentence, { at: null, stack: '' })
  t.pass('looked at')
})

t.test('what is said to run them instead is there', async (t) => {
  for (const test of reasons.flatMap(({ runBy }) => Object.keys(runBy)))
    t.ok(test === 'nothing' || existsSync(join(root, 'test', test)), test)
})
