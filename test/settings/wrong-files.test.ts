import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { settingsCommand } from '../../src/cli/settings.ts'
import { formatProblem, type Problem, type SettingsError } from '../../src/settings/index.ts'
import { readSettings } from '../../src/system/settings-file.ts'

/*
 * Settings files as editors, spreadsheets and hurried people leave them, byte by byte, each with the sentences
 * that are said of it beside it; `right-` has none. What they name lies in `beside/`.
 */

const fixtures = fileURLToPath(new URL('../fixtures/settings-wrong/', import.meta.url))
const names = (await readdir(fixtures))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -5))
/** The files that only somebody notices who looks into what they name. */
const ofNamedFiles = [
  'key-of-another',
  'exchanged-files',
  'key-with-passphrase',
  'expired-certificate',
  'binary-certificate',
  'wrong-ca',
  'empty-password-file',
]

/** The folder of somebody's settings, as on the boot partition. */
async function folderWith(t: Test, name: string): Promise<string> {
  const folder = t.testdir({})
  await cp(join(fixtures, 'beside'), folder, { recursive: true })
  await cp(join(fixtures, `${name}.yaml`), join(folder, 'faccina.yaml'))
  return folder
}

async function expected(name: string): Promise<string> {
  return name.startsWith('right-') ? '' : readFile(join(fixtures, `${name}.txt`), 'utf8')
}

const inWords = (problems: readonly Problem[], folder: string) =>
  problems.map((one) => `${formatProblem(one)}\n`.replace(`${folder}/`, '')).join('')

t.test('faccina settings check says of each what to do', async (t) => {
  for (const name of names)
    await t.test(name, async (t) => {
      const folder = await folderWith(t, name)
      let said = ''
      const stdout = (text: string) => {
        said += text
      }
      const out = { stdout, stderr: stdout, colour: false }
      const code = await settingsCommand(['check', '--json', join(folder, 'faccina.yaml')], out)
      const sentences = inWords(JSON.parse(said).problems, folder)
      if (process.env.FACCINA_WRITE === '1' && sentences)
        await writeFile(join(fixtures, `${name}.txt`), sentences)
      t.equal(sentences, await expected(name))
      t.equal(code, name.startsWith('right-') ? 0 : 1)
      t.notMatch(said, /geheim|0815|MIGH|MHcC/, 'nothing that is secret')
    })
})

t.test('faccina run reads them in the same way', async (t) => {
  for (const name of names.filter((one) => !ofNamedFiles.includes(one)))
    await t.test(name, async (t) => {
      const folder = await folderWith(t, name)
      const problems = await readSettings(join(folder, 'faccina.yaml')).then(
        () => [],
        (error: SettingsError) => error.problems,
      )
      t.equal(inWords(problems, folder), await expected(name))
    })
})

t.test('there are more than twenty of them, and none is forgotten', async (t) => {
  const texts = (await readdir(fixtures)).filter((name) => name.endsWith('.txt'))
  t.same(
    texts.map((name) => name.slice(0, -4)).sort(),
    names.filter((name) => !name.startsWith('right-')).sort(),
  )
  t.ok(texts.length > 20, `${texts.length}`)
  const bytes = await readFile(join(fixtures, 'tabs.yaml'))
  t.ok(bytes.includes('\r\n'), 'as Windows ends its lines')
})

t.test('a password in place of its file’s name is not repeated', async (t) => {
  const folder = await folderWith(t, 'right-crlf-bom')
  await writeFile(
    join(folder, 'faccina.yaml'),
    'terminal: {municipality: c_e506, office: anagrafe, counter: "3"}\nbroker: {url: mqtts://b.example, username: u, passwordFile: geheim0815}\n',
  )
  let said = ''
  const stdout = (text: string) => {
    said += text
  }
  await settingsCommand(['check', join(folder, 'faccina.yaml')], { stdout, stderr: stdout, colour: false })
  t.match(said, /broker\.passwordFile: the name of a file that is not there/)
  t.match(said, /if it is the password itself, write it as broker\.password/)
  t.notMatch(said, /geheim/)
})
