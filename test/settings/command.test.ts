import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { settingsCommand } from '../../src/cli/settings.ts'
import { settingsExample, settingsJsonSchema, settingsReference } from '../../src/settings/index.ts'
import { leaky, secret, smallest } from './files.ts'

const file = join(t.testdir({}), 'faccina.yaml')

async function run(args: string[], colour = false) {
  let stdout = ''
  let stderr = ''
  const out = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    colour,
  }
  return { code: await settingsCommand(args, out), stdout, stderr }
}

t.test('prints what it knows', async (t) => {
  t.strictSame(await run(['reference']), { code: 0, stdout: settingsReference(), stderr: '' })
  t.strictSame(await run(['example']), { code: 0, stdout: settingsExample(), stderr: '' })
  t.strictSame(JSON.parse((await run(['schema'])).stdout), settingsJsonSchema())
  t.match(await run(['--help']), { code: 0, stdout: /^Usage: faccina settings check/, stderr: '' })
})

t.test('a wrong command line', async (t) => {
  for (const args of [
    [],
    ['chekc'],
    ['check', 'a', 'b'],
    ['check', '--jsno'],
    ['example', 'x'],
    ['schema', '--json'],
  ])
    t.match(
      await run(args),
      { code: 2, stdout: '', stderr: /^faccina: \S.*\n\nUsage: faccina settings check/ },
      args.join(' '),
    )
})

t.test('a file that is fine', async (t) => {
  const broker = `broker:\n  url: mqtts://b.example\n  username: anagrafe-3\n  password: ${secret}\n`
  await writeFile(file, smallest + broker)
  const stdout = `${file} is fine
  terminal  c_e506/anagrafe/3
  broker    mqtts://b.example with user name, password
  panel     what is found on the board
  survey    it-2009 in it
  hours     always open
  storage   /var/lib/faccina, at most 256 MiB
`
  t.strictSame(await run(['check', file]), { code: 0, stdout, stderr: '' })
  const json = await run(['check', '--json', file])
  t.strictSame(JSON.parse(json.stdout), { ok: true, file, problems: [], warnings: [] })
  t.match((await run(['check', file], true)).stdout, `\u001b[32m${file} is fine\u001b[0m\n`)
})

t.test('a file that works but is probably not meant so', async (t) => {
  await writeFile(file, `${smallest}browser:\n  listen: 0.0.0.0:8080\n`)
  const { code, stdout } = await run(['check', file])
  t.equal(code, 0)
  t.match(
    stdout,
    `${file}:6: browser.listen: whoever reaches this address over the network can press the faces.\n`,
  )
})

t.test('a file with problems', async (t) => {
  await writeFile(file, `${smallest}log: {level: loud}\nx: 1\n`)
  const { code, stdout, stderr } = await run(['check', file])
  t.equal(code, 1)
  t.equal(stderr, '')
  t.match(
    stdout,
    `${file}:5: log.level: found "loud"; allowed here: debug, info, warn, error.\n${file}:6: x: found`,
  )
  const json = await run(['check', file, '--json'])
  t.equal(json.code, 1)
  t.match(JSON.parse(json.stdout), {
    ok: false,
    problems: [{ line: 5, key: 'log.level', found: '"loud"' }, { line: 6 }],
  })
})

t.test('no file at all', async (t) => {
  const { code, stdout } = await run(['check', `${file}.none`])
  t.equal(code, 1)
  t.match(stdout, `${file}.none: found no such file.`)
})

t.test('never shows a password', async (t) => {
  for (const [where, lines] of Object.entries(leaky)) {
    await writeFile(file, lines)
    for (const args of [
      ['check', file],
      ['check', '--json', file],
    ]) {
      const { code, stdout, stderr } = await run(args)
      t.equal(code, 1)
      t.notMatch(stdout + stderr, secret, where)
    }
  }
})
