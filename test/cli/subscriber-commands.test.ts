import { join } from 'node:path'
import t from 'tap'
import { collectCommand } from '../../src/cli/collect.ts'
import type { ExitCode, Out } from '../../src/cli/out.ts'
import { votes } from '../../src/cli/subscriber.ts'
import { watchCommand } from '../../src/cli/watch.ts'

type Command = (args: string[], out: Out) => Promise<ExitCode>

async function run(command: Command, ...args: string[]) {
  const said = { out: '', err: '' }
  const out: Out = {
    stdout: (text) => {
      said.out += text
    },
    stderr: (text) => {
      said.err += text
    },
    colour: false,
  }
  return { code: await command(args, out), ...said }
}

t.test('help, and what is used wrongly', async (t) => {
  for (const command of [collectCommand, watchCommand])
    t.match(await run(command, '--help'), {
      code: 0,
      out: /^Usage: faccina (collect|watch) --broker URL/,
      err: '',
    })
  const cases: [Command, string[], RegExp][] = [
    [watchCommand, [], /--broker is missing; allowed is mqtts:\/\/host:port/],
    [watchCommand, ['--broker', 'http://x'], /--broker: found "http:\/\/x"/],
    [
      watchCommand,
      ['--broker', 'mqtt://me:secret@x'],
      /user and password go into --username and --password-file/,
    ],
    [
      watchCommand,
      ['--broker', 'mqtt://x', '--terminals', '#'],
      /--terminals: found "#", allowed is municipality/,
    ],
    [watchCommand, ['--broker', 'mqtts://x', '--key', '/k'], /--certificate and --key go together/],
    [watchCommand, ['--broker', 'mqtt://x', '--topic-root', '/a'], /--topic-root: found "\/a"/],
    [collectCommand, [], /collect needs --broker URL, or --settings FILE/],
    [collectCommand, ['--brokr', 'mqtt://x'], /Unknown option '--brokr'/],
  ]
  for (const [command, args, sentence] of cases) {
    const { code, err } = await run(command, ...args)
    t.equal(code, 2, args.join(' '))
    t.match(err, sentence)
    t.notMatch(err, /secret/)
  }
})

t.test('settings that cannot be used end with 1, and say where', async (t) => {
  const directory = t.testdir({
    'collector.yaml': 'share: some\nbroker:\n  url: mqtt://127.0.0.1\n',
    'none.yaml': 'database: x\n',
  })
  t.match(await run(collectCommand, '--settings', join(directory, 'collector.yaml')), {
    code: 1,
    err: /collector\.yaml:1: share: .*PostgreSQL/,
  })
  t.match(await run(collectCommand, '--settings', join(directory, 'none.yaml')), {
    code: 1,
    err: /none\.yaml: broker\.url: found nothing; allowed here: mqtts:\/\/host:port/,
  })
  t.match(await run(collectCommand, '--settings', join(directory, 'gone.yaml')), {
    code: 1,
    err: /no such file/,
  })
  t.match(await run(collectCommand, '--broker', 'mqtt://a', '--http', '8090'), {
    code: 1,
    err: /command line:1: http: found "8090"/,
  })
  t.match(await run(collectCommand, '--example'), { code: 0, out: /^# Settings of a Faccina collector/ })
})

t.test('the library says what is wrong with its options', async (t) => {
  await t.rejects(votes({ broker: 'http://x' }), { name: 'TypeError', message: /^broker: allowed is/ })
  await t.rejects(votes({ broker: 'mqtt://a:b@x' }), { message: /without a password/ })
  await t.rejects(votes({ broker: 'mqtt://x', terminals: 'a/b' }), { message: /^terminals: / })
})
