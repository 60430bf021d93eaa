import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { segmentBytes } from '../../src/storage/segment.ts'
import { plainly } from '../plainly.ts'

/** The page for operations names only what there is, and each old journal passes `votes verify`. */

const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))
const page = readFileSync(new URL('../../hardware/operations.md', import.meta.url), 'utf8')
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))

function faccina(...args: string[]) {
  return spawnSync(...plainly(process.execPath, [program, ...args]), { encoding: 'utf8', timeout: 30_000 })
}

const commands = [...page.matchAll(/^ *(?:sudo )?faccina ([^#\n]+?) *(?:#.*)?$/gm)].map(([, line = '']) =>
  line.split(/\s+/),
)

t.test('each command of the page is one, with what it is given', async (t) => {
  t.ok(commands.length >= 10, `${commands.length} commands`)
  for (const [name = '', ...rest] of commands) {
    const { status, stdout } = faccina(name, '--help')
    t.equal(status, 0, name)
    for (const word of rest)
      if (!word.startsWith('/')) t.ok(stdout.includes(word), `faccina ${name}: ${word} is in its help`)
  }
})

t.test('journals of every version', async (t) => {
  for (const folder of readdirSync(fixtures).filter((name) => name.startsWith('journal-'))) {
    const directory = join(t.testdir(), folder)
    mkdirSync(directory)
    const files = readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.trimmed'))
    for (const name of files) {
      const bytes = Buffer.alloc(name.startsWith('cursor') ? 8192 : segmentBytes)
      readFileSync(join(fixtures, folder, name)).copy(bytes)
      writeFileSync(join(directory, basename(name, '.trimmed')), bytes)
    }
    const { stdout } = faccina('votes', 'verify', '--json', '--directory', directory)
    const { votes, gaps } = JSON.parse(stdout) as { votes: number; gaps: unknown[] }
    t.ok(votes > 0, `${folder}: ${votes} votes, ${gaps.length} gaps`)
    const { totals } = JSON.parse(readFileSync(join(fixtures, folder, 'expected.json'), 'utf8'))
    t.equal(votes, totals.votes)
  }
})
