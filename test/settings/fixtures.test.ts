import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { formatProblem, formatWarning, parseSettings } from '../../src/settings/index.ts'

/*
 * A settings file that a version accepted is accepted for ever, and means the same. The files and their meanings are
 * never made again; FACCINA_WRITE=1 writes the meaning of a file only where it is missing. A setting that is added
 * is no change of the meaning: what an old file says stands there with it.
 */

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const folders = readdirSync(fixtures).filter((name) => /^settings-\d+$/.test(name))

for (const folder of folders) {
  const files = readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.yaml'))
  t.ok(files.length > 0)
  for (const file of files) {
    const path = join(fixtures, folder, file)
    const parsed = parseSettings(readFileSync(path, 'utf8'), file)
    const meaning = join(fixtures, folder, `${basename(file, '.yaml')}.json`)
    t.ok(parsed.ok, parsed.ok ? path : parsed.problems.map(formatProblem).join('\n'))
    if (!parsed.ok) continue
    if (process.env.FACCINA_WRITE === '1' && !existsSync(meaning))
      writeFileSync(meaning, `${JSON.stringify(parsed.settings, undefined, 1)}\n`)
    const now = JSON.parse(JSON.stringify(parsed.settings))
    t.match(now, JSON.parse(readFileSync(meaning, 'utf8')), `${folder}/${file} means what it meant`)
  }
}

const file = `terminal: {municipality: c_e506, office: anagrafe, counter: "3"}
storage:
  maximumMegabytes: 64
anzeige: debug
`
const table = { 'storage.maximumMegabytes': 'storage.maxMebibytes', anzeige: 'log.level', gone: 'survey' }

t.test('a key that was renamed works under its old name, and says so', async (t) => {
  const parsed = parseSettings(file, 'f', table)
  if (!parsed.ok) return t.fail(parsed.problems.map(formatProblem).join('\n'))
  t.match(parsed.settings, { storage: { maxMebibytes: 64 }, log: { level: 'debug' } })
  t.same(parsed.warnings.map(formatWarning), [
    'f:3: storage.maximumMegabytes: this is called storage.maxMebibytes now. The old name still works.',
    'f:4: anzeige: this is called log.level now. The old name still works.',
  ])
  t.match(parseSettings(file, 'f'), { ok: false }, 'without the table it is unknown')
})

t.test('what is wrong with its value is said at its line', async (t) => {
  const parsed = parseSettings(file.replace('64', 'much'), 'f', table)
  t.same(!parsed.ok && parsed.problems.map(formatProblem), [
    'f:3: storage.maxMebibytes: found "much"; allowed here: a whole number of MiB from 4 to 65536. Write the number alone.',
  ])
})

t.test('both names are one too many', async (t) => {
  const both = file.replace('  maximumMegabytes: 64', '  maximumMegabytes: 64\n  maxMebibytes: 65')
  const parsed = parseSettings(both, 'f', table)
  t.same(!parsed.ok && parsed.problems.map(formatProblem), [
    'f:3: storage.maximumMegabytes: found an old name. It is called storage.maxMebibytes now, which is set as well: keep that one.',
  ])
})
