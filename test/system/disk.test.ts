import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Scene } from '../../src/domain/scene.ts'
import { Child } from './children.ts'
import { mountTmpfs } from './file-systems.ts'
import { folder } from './folder.ts'
import { program, TerminalChild } from './terminal-child.ts'
import { verified } from './verified.ts'

/** Folders and disks that a technician can meet. Run as root: a small file system is mounted. */

const at = (wanted: Scene['at']) => (scene: Scene) => scene.at === wanted

t.test('a read-only disk: out of service, said why, and back by itself', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  mountTmpfs(t, store, '8m')
  execFileSync('mount', ['-o', 'remount,ro', store])
  await using terminal = await TerminalChild.start({ directory, awaitReady: false })
  await terminal.said(/no journal.*read-only \(EROFS\)/)
  t.equal((await terminal.scene(() => true)).at, 'fault')
  t.equal(await terminal.press('satisfied'), 204, 'a press is taken, and makes no vote')
  execFileSync('mount', ['-o', 'remount,rw', store])
  await terminal.scene(at('idle'), 30_000)
  await terminal.vote('satisfied')
  await terminal.kill('SIGTERM')
  t.match(await verified(store), /1 votes, every one intact/)
})

t.test('a full disk: what has room is thanked, what has none is not; room again, votes again', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  // Room for two segments; others then fill what is left.
  mountTmpfs(t, store, '700k')
  await using terminal = await TerminalChild.start({ directory })
  await terminal.vote('satisfied')
  await writeFile(join(store, 'of-others'), Buffer.alloc(1 << 20)).catch(() => {})
  await terminal.vote('neutral')
  await terminal.vote('satisfied')
  await terminal.kill('SIGKILL')
  await using again = await TerminalChild.start({ directory })
  await again.vote('satisfied')
  await again.kill('SIGTERM')
  t.match(await verified(store), /4 votes, every one intact/)
})

t.test('a damaged tail is kept aside, and every vote in front of it is there', async (t) => {
  const directory = await folder(t)
  await using first = await TerminalChild.start({ directory })
  await first.vote('satisfied')
  await first.vote('neutral')
  await first.kill('SIGKILL')
  const journal = join(directory, 'store', 'journal')
  const file = join(journal, '000000000001.segment')
  const bytes = await readFile(file)
  bytes.write('torn {"n":', bytes.lastIndexOf('\n') + 1)
  await writeFile(file, bytes)
  await using second = await TerminalChild.start({ directory })
  await second.said(/journal damaged/)
  await second.vote('neutral')
  t.ok((await readdir(journal)).some((name) => name.endsWith('.damaged')))
  await second.kill('SIGTERM')
  const said = await verified(join(directory, 'store'))
  t.match(said, /3 votes intact/)
  t.match(said, /missing: sequences 3 to 3 .*\(torn\)/)
})

t.test('a folder that belongs to others', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  await chmod(store, 0o700)
  await chmod(directory, 0o755)
  const file = join(directory, 'faccina.yaml')
  await writeFile(
    file,
    JSON.stringify({
      terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
      browser: { listen: '127.0.0.1:0' },
      storage: { directory: store },
    }),
  )
  await using terminal = new Child('setpriv', [
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    process.execPath,
    program,
    'run',
    '--settings',
    file,
  ])
  await terminal.said(/no journal.*no permission \(EACCES\); give the folder to the user that runs Faccina/)
  t.pass('said')
})

t.test('a settings file that others keep to themselves', async (t) => {
  const directory = await folder(t)
  await chmod(directory, 0o755)
  const file = join(directory, 'faccina.yaml')
  await writeFile(file, 'terminal: {}')
  await chmod(file, 0o600)
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
  await using terminal = new Child('setpriv', [
    ...nobody,
    process.execPath,
    program,
    'run',
    '--settings',
    file,
  ])
  await terminal.said(/faccina\.yaml: found .*(EACCES|permission|not allowed|may not)/i)
  t.equal(await terminal.ended(), 1)
})

t.test('two terminals must not write one journal', async (t) => {
  const directory = await folder(t)
  await using first = await TerminalChild.start({ directory })
  await using second = await TerminalChild.start({ directory, awaitReady: false })
  await second.said(new RegExp(`another Faccina \\(process ${first.process.pid}\\)`))
  t.equal((await second.scene(() => true)).at, 'fault')
  await first.kill('SIGKILL')
  await second.scene(at('idle'), 30_000)
  t.pass('takes over once the other is gone')
})
