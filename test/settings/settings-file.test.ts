import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { SettingsError } from '../../src/settings/index.ts'
import { readSettings } from '../../src/system/settings-file.ts'
import { smallest } from './files.ts'

const directory = t.testdir({})
const file = join(directory, 'faccina.yaml')

async function refusal(path: string): Promise<SettingsError> {
  try {
    await readSettings(path)
  } catch (error) {
    if (error instanceof SettingsError) return error
    throw error
  }
  throw new Error(`${path} was read`)
}

t.test('a file that is fine', async (t) => {
  await writeFile(file, `\uFEFF${smallest}`)
  t.match(await readSettings(file), { terminal: { office: 'anagrafe', counter: '3' } })
})

t.test('a file with problems', async (t) => {
  await writeFile(file, `${smallest}log: {level: loud}\nx: 1\n`)
  const error = await refusal(file)
  t.equal(error.name, 'SettingsError')
  t.strictSame(
    error.problems.map(({ line, key }) => [line, key]),
    [
      [5, 'log.level'],
      [6, 'x'],
    ],
  )
  t.match(error.message, `${file}:5: log.level: found "loud"; allowed here: debug, info, warn, error.\n`)
})

t.test('a file that cannot be read', async (t) => {
  const missing = join(directory, 'none.yaml')
  const make = `Make one with: faccina settings example > ${missing}. Or name the file that you have.`
  const error = await refusal(missing)
  t.equal(error.message, `${missing}: found no such file. ${make}`)
  t.match(error.cause, { code: 'ENOENT' })
  t.match((await refusal(join(file, 'x'))).message, 'found no such file.')

  const folder = join(directory, 'folder')
  await mkdir(folder)
  t.equal((await refusal(folder)).message, `${folder}: found a folder. Name the file in it.`)

  const loop = join(directory, 'loop')
  await symlink(loop, loop)
  t.match((await refusal(loop)).message, 'a link that leads back to itself')

  const bytes = join(directory, 'latin-1.yaml')
  await writeFile(bytes, Buffer.from('# citt\xe0\n', 'latin1'))
  const utf8 =
    'found bytes that are not UTF-8; allowed here: text in UTF-8. Save the file anew, with the encoding UTF-8.'
  t.equal((await refusal(bytes)).message, `${bytes}: ${utf8}`)

  await writeFile(bytes, 'x'.repeat(1_000_000))
  const small = 'found more than 64 KiB; allowed here: at most 64 KiB. Is it really the right file?'
  t.equal((await refusal(bytes)).message, `${bytes}: ${small}`)
})

t.test(
  'a file that others keep to themselves',
  { skip: process.getuid?.() === 0 && 'root reads everything' },
  async (t) => {
    await writeFile(file, smallest)
    await chmod(file, 0)
    const { message } = await refusal(file)
    t.match(
      message,
      `${file}: found a file that this user may not read. Give the terminal's user the right to read it`,
    )
  },
)
