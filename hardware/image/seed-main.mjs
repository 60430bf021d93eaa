/** `node hardware/image/seed`: reads, asks Faccina about each file, and only then writes. */
import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { labelsPage } from './seed-labels.mjs'
import {
  decodeText,
  folderOf,
  placed,
  problemWords,
  readCommon,
  readCounters,
  settingsKeys,
  settingsText,
} from './seed-lib.mjs'

const program = fileURLToPath(new URL('../../dist/faccina.js', import.meta.url))

const usage = `Usage: node hardware/image/seed COUNTERS.csv [OPTIONS]

Writes the settings file of each card from one table of counters:
DIR/{municipality}-{office}-{counter}/faccina.yaml, and DIR/labels.html, a label for each card to print.
Every file is checked as the terminal does it. If anything is wrong, all of it is said and nothing is written.

  --common FILE  settings that all counters share (YAML); what the table says goes over them
  --output DIR   where the files are written (cards)
  --check        only check, write nothing
  --force        write over files that have other content
  --help         this text

The table: a line with the names of the columns, then a line for each counter. Columns, in any order:
  comune/municipality, ufficio/office, sportello/counter  which counter it is (or in the common file)
  lingue/languages, pannello/panel, broker, utente/username, password
  any key of the settings: broker.url, hours.week.monday; note and #... are left out
As spreadsheets save it: separated by ; or , or tab; UTF-8 or Windows-1252. An empty field sets nothing.

Needed: Node 20 or newer, and Faccina as released, or built here with: npm ci && npm run build
Exit code: 0 fine, 1 something is wrong, 2 used wrongly.
`

/** Something the technician can mend; its message is all they need. */
class SeedError extends Error {
  name = 'SeedError'
}

/** Runs the command; sets the exit code. */
export async function main(args) {
  let line
  try {
    line = readLine(args)
  } catch (error) {
    process.stderr.write(`seed: ${error.message.split('. To specify')[0]}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  if (line === 'help') {
    process.stdout.write(usage)
    return
  }
  try {
    await seed(line)
  } catch (error) {
    const known = error instanceof SeedError || typeof error.code === 'string'
    process.stderr.write(known ? `${error.message}\n` : `seed: ${error.stack}\n`)
    process.exitCode = 1
  }
}

function readLine(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      common: { type: 'string' },
      output: { type: 'string', default: 'cards' },
      check: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  if (positionals.length !== 1) throw new Error(`found ${positionals.length} tables, allowed is one`)
  return { ...values, table: positionals[0] }
}

async function seed({ table, common: commonFile, output, check, force }) {
  const [keys, csv, commonBytes] = await Promise.all([
    faccina('settings', 'schema').then((schema) => settingsKeys(schema)),
    readBytes(table),
    commonFile === undefined ? Buffer.alloc(0) : readBytes(commonFile),
  ])
  const common = { file: commonFile, ...readCommon(commonBytes, keys) }
  const { columns, counters, problems } = readCounters(decodeText(csv), table, keys, common.values)
  const texts = counters.map((counter) => settingsText(counter, common.values))
  const judged = await checkAll(texts)
  const found = judged.flatMap((one, i) =>
    one.problems.flatMap((problem) => placed(problem, counters[i], columns, table, common) ?? []),
  )
  const place = ({ file, line }) => (file === table ? 0 : 1e9) + line
  const ofTable = [...problems, ...found].sort((a, b) => place(a) - place(b))
  const words = problemWords([...(common.readable ? [] : await commonProblems(commonFile)), ...ofTable])
  if (words.length > 0) throw new SeedError(`${words.join('\n')}\n\nNothing was written.`)
  for (const note of notes(judged)) process.stdout.write(`${note}\n`)
  if (check) {
    process.stdout.write(`${table}: ${count(counters.length, 'counter')}, all fine. Nothing was written.\n`)
    return
  }
  const written = await writeAll(output, counters, texts, force)
  process.stdout.write(summary({ written, total: texts.length, output }))
  const holders = [
    ...(columns.some(({ key }) => key === 'broker.password') ? [table] : []),
    ...(common.lineOf('broker.password') === undefined ? [] : [commonFile]),
  ]
  if (holders.length > 0)
    process.stdout.write(
      `Passwords are in ${[...holders, output].join(' and in ')}: delete them when the last card is done.\n`,
    )
}

async function readBytes(file) {
  try {
    return await readFile(file)
  } catch (error) {
    const words = { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'a file that you may not read' }
    throw new SeedError(`${file}: found ${words[error.code] ?? error.code}; allowed here: a file to read.`)
  }
}

/** What keeps the common file from being read, in the parser's own words. */
async function commonProblems(file) {
  const { problems } = await faccina('settings', 'check', file, '--json')
  const own = problems
    .filter(({ key, found }) => !(/^terminal\b/.test(key) && found === 'nothing'))
    .map(({ line, key, found, allowed, hint }) => ({ file, line, key, found, allowed, hint }))
  const other = { file, line: 0, found: 'something that cannot be read', allowed: 'settings in YAML' }
  return own.length > 0 ? own : [other]
}

/** What Faccina says of each text. They may hold passwords: the folder is this user's alone, and goes again. */
async function checkAll(texts) {
  const folder = await mkdtemp(join(tmpdir(), 'faccina-seed-'))
  try {
    const results = []
    const waiting = [...texts.entries()]
    const checker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const file = join(folder, `${next[0]}.yaml`)
        await writeFile(file, next[1], { mode: 0o600 })
        results[next[0]] = await faccina('settings', 'check', file, '--json')
      }
    }
    await Promise.all(Array.from({ length: Math.min(8, availableParallelism() + 1) }, checker))
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What a command of Faccina prints as JSON, also where it says that a file is not fine. */
async function faccina(...args) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], {
    maxBuffer: 2 ** 24,
  }).catch((error) => error)
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    const built = await access(program).then(
      () => true,
      () => false,
    )
    const message = built
      ? `Faccina itself does not start: ${String(stderr).trim().slice(0, 500)}\nTry: npm ci && npm run build`
      : `${program} is not there. In the folder of Faccina: npm ci && npm run build`
    throw new SeedError(`seed: ${message}`, { cause })
  }
}

/** What works, but is probably not meant: once for all the counters that it is true of. */
function notes(judged) {
  const counts = new Map()
  for (const { warnings } of judged)
    for (const { key, message } of warnings) {
      const words = `${key}: ${message}`
      counts.set(words, (counts.get(words) ?? 0) + 1)
    }
  return [...counts].map(([words, times]) => `note, for ${count(times, 'counter')}: ${words}`)
}

/** Writes what is not there yet, or nothing at all where a file has other content; resolves with how many. */
async function writeAll(output, counters, texts, force) {
  const files = [
    ...counters.map((counter, i) => ({
      path: join(output, folderOf(counter), 'faccina.yaml'),
      text: texts[i],
    })),
    { path: join(output, 'labels.html'), text: labelsPage(counters) },
  ]
  const present = await Promise.all(files.map(({ path }) => contentOf(path)))
  const other = files.filter(({ text }, i) => present[i] !== undefined && present[i] !== text)
  if (other.length > 0 && !force) {
    const list = other.map(({ path }) => `${path}: found a file with other content.\n`).join('')
    throw new SeedError(`${list}\nNothing was written. Name another folder with --output, or use --force.`)
  }
  const missing = files.filter(({ text }, i) => present[i] !== text)
  for (const { path, text } of missing) {
    await mkdir(join(path, '..'), { recursive: true })
    // For this user alone: there may be a password in it.
    await writeFile(path, text, { mode: 0o600, flag: other.length > 0 ? 'w' : 'wx' })
  }
  return missing.filter(({ path }) => basename(path) === 'faccina.yaml').length
}

async function contentOf(path) {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function summary({ written, total, output }) {
  const kept = total - written
  const did =
    written === 0
      ? `Nothing to write: ${output} already has all of it (${count(total, 'settings file')}).`
      : `Wrote ${count(written, 'settings file')} into ${output}, a folder for each counter, and labels.html.${
          kept > 0 ? ` ${kept} more already had this content.` : ''
        }`
  return `${did}

Next: print ${join(output, 'labels.html')}, and for each card copy faccina.yaml
from the folder of its counter to the card's boot partition.
`
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
