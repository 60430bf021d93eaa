import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import t from 'tap'
import { bytes, someVote, topicOf } from '../fakes/told-votes.ts'
import { until } from '../fakes/until.ts'
import { Child } from './children.ts'
import { openMosquitto } from './mosquitto.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The README's lines, as they stand there. */
async function readmeLines(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const found = [...readme.matchAll(/```ts\n(.*?)```/gs)].find(([, code]) =>
    code!.includes('faccina/subscriber'),
  )
  if (!found) throw new Error('the README shows no use of faccina/subscriber')
  return found[1]!
}

t.test('the README’s lines run as a program, with types, and go on after a restart', async (t) => {
  await using broker = await openMosquitto()
  const directory = await mkdtemp(join(tmpdir(), 'faccina-library-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await mkdir(join(directory, 'node_modules'))
  await symlink(root, join(directory, 'node_modules', 'faccina'))
  await symlink(join(root, 'node_modules', '@types'), join(directory, 'node_modules', '@types'))
  const code = (await readmeLines()).replace(/mqtts?:\/\/[^'"]+/, `mqtt://127.0.0.1:${broker.port}`)
  await writeFile(join(directory, 'package.json'), '{"type": "module"}')
  await writeFile(join(directory, 'consumer.ts'), code)

  execFileSync('npm', ['run', '--silent', 'build:types'], { cwd: root })
  const options = [
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,esnext.disposable',
    '--strict',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, 'consumer.ts'], {
    cwd: directory,
    stdio: 'inherit',
  })
  const wrong = code.replace('vote.data.face', 'vote.data.smile')
  await writeFile(join(directory, 'wrong.ts'), wrong)
  t.throws(
    () =>
      execFileSync(join(root, 'node_modules/.bin/tsc'), [...options, '--noEmit', 'wrong.ts'], {
        cwd: directory,
        encoding: 'utf8',
      }),
    { stdout: /smile/ } as unknown as Error,
    'the types know what a vote has',
  )

  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  t.teardown(() => client.endAsync(true))
  const run = async (first: number, last: number) => {
    await using child = new Child(process.execPath, ['consumer.js'], {}, directory)
    const publish = (sequence: number) =>
      client.publishAsync(topicOf('vote'), Buffer.from(bytes(someVote(sequence))), { qos: 1 })
    // Nobody says when it has subscribed; a vote that is sent again is the same vote.
    const end = performance.now() + 20_000
    while (!child.output.includes('faccina://') && performance.now() < end) await publish(first)
    for (let sequence = 1; sequence <= last + 1; sequence++) await publish(sequence)
    await child.said(new RegExp(`complete up to ${last}`))
    await until(() => savedUpTo(directory) === last + 1)
    await child.kill('SIGTERM')
    return child.output.match(/faccina:\/\/\S+ \w+/g)?.length ?? 0
  }
  // While one is printed the one before it counts as had.
  t.equal(await run(1, 2), 3, 'three votes, each once')
  t.equal(await run(4, 5), 3, 'of all six the three that were new')
})

/** How far the position file is. */
function savedUpTo(directory: string): number {
  try {
    return JSON.parse(readFileSync(join(directory, 'votes.json'), 'utf8')).epochs[0].ranges[0][1]
  } catch {
    return 0
  }
}
