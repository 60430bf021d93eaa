import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { plainly } from '../plainly.ts'
import { folder } from './folder.ts'
import { nodesFor } from './nodes.ts'

/*
 * The Debian package for both processors, built twice, unpacked and run, with each Node that it is for. Needs dist/
 * (npm run build), Debian's debhelper dpkg-dev device-tree-compiler g++ g++-aarch64-linux-gnu qemu-user-static, and
 * some minutes: it has compilers in it. Where lintian is installed it has its say as well.
 */

const script = fileURLToPath(new URL('../../systemd/build-deb', import.meta.url))
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
const own = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
const other = own === 'amd64' ? 'arm64' : 'amd64'
// What tap puts before each Node is none of theirs.
const env = { ...process.env, SOURCE_DATE_EPOCH: '1750000000' }

const run = (program: string, args: string[]) =>
  spawnSync(...plainly(program, args), { encoding: 'utf8', env })

function build(output: string, ...more: string[]): { deb: string; said: string } {
  const { status, stdout, stderr } = run(script, ['--output', output, ...more])
  if (status !== 0) throw new Error(`build-deb ended with ${status}: ${stderr}`)
  return { deb: stdout.trim(), said: stderr }
}

const field = (deb: string, name: string) => run('dpkg-deb', ['--field', deb, name]).stdout.trim()

/** What is not in the program's own files loads, and those do, with each Node that the package depends on. */
async function loads(t: Test, root: string, arch: string): Promise<void> {
  const at = JSON.stringify(join(root, 'usr/lib/faccina/'))
  for (const { version: node, command } of await nodesFor(arch === 'arm64' ? 'arm64' : 'x64')) {
    const onNode = (...words: string[]) => run(command[0]!, [...command.slice(1), ...words])
    for (const name of ['epoll', 'i2c-bus', 'spi-device', 'serialport', 'johnny-five', 'libsql', 'pg']) {
      const load = `require('module').createRequire(${at})('${name}'); console.log(process.arch, process.version)`
      const { stdout, stderr } = onNode('-e', load)
      t.equal(stdout, `${arch === 'arm64' ? 'arm64' : 'x64'} v${node}\n`, `${name} loads: ${stderr}`)
    }
    const { stdout, stderr } = onNode(join(root, 'usr/lib/faccina/dist/faccina.js'), '--version')
    t.equal(stdout, `${version}\n`, `the program starts on Node ${node}: ${stderr}`)
  }
}

t.test('used wrongly it says how, and builds nothing', async (t) => {
  for (const [args, said] of [
    [['--arch', 'sparc'], /--arch sparc: it may be amd64 or arm64/],
    [['--output'], /--output needs a value/],
    [['--fast'], /unknown option --fast; see --help/],
  ] as const) {
    const { status, stderr } = run(script, [...args])
    t.equal(status, 2)
    t.match(stderr, said)
  }
  const { status, stdout } = run(script, ['--help'])
  t.equal(status, 0)
  t.match(stdout, /build-deb \[--arch amd64\|arm64\]/)
})

t.test('for this computer: the same bytes twice, and it runs from where it is unpacked', async (t) => {
  const first = build(await folder(t))
  const second = build(await folder(t))
  t.equal(first.said, '', 'nothing is left out')
  t.match(first.deb, new RegExp(`/faccina_${version}_${own}\\.deb$`))
  t.ok((await readFile(first.deb)).equals(await readFile(second.deb)), 'the same bytes')
  t.match(field(first.deb, 'Depends'), /nodejs \(>= 20\.15\), nodejs \(<< 25~\)/)

  const root = await folder(t)
  execFileSync('dpkg-deb', ['--extract', first.deb, root])
  const faccina = join(root, 'usr/bin/faccina')
  t.equal(run(faccina, ['--version']).stdout, `${version}\n`)
  const checked = run(faccina, [
    'settings',
    'check',
    join(root, 'usr/share/doc/faccina/examples/faccina.yaml'),
  ])
  t.match(checked.stdout, /faccina\.yaml is fine/)
  t.equal(checked.status, 0)
  const wrong = join(root, 'wrong.yaml')
  await writeFile(wrong, 'terminal: {}\n')
  t.equal(run(faccina, ['settings', 'check', wrong]).status, 1)
  t.match(run(faccina, ['panel', '--list']).stdout, /arcade-pi5/, 'the profiles are with it')
  await loads(t, root, own)
  const files = ['usr/lib/sysusers.d/faccina.conf', 'usr/lib/tmpfiles.d/faccina.conf']
  const rules = ['usr/lib/udev/rules.d/60-faccina.rules', 'usr/lib/udev/rules.d/70-faccina-buses.rules']
  const overlays = ['usr/lib/faccina/overlays/faccina-keys.dtbo', 'usr/share/doc/faccina/README.md']
  for (const file of [...files, ...rules, ...overlays]) t.ok((await lstat(join(root, file))).isFile(), file)
  for (const unit of ['faccina', 'faccina-kiosk']) {
    const places = ['usr/lib', 'lib'].map((place) => join(root, place, `systemd/system/${unit}.service`))
    t.ok(places.some(existsSync), unit)
  }
  t.notOk(existsSync(join(root, 'etc')), 'no settings of ours: the technician writes them')
  const lintian = run('lintian', ['--fail-on', 'error', '--allow-root', first.deb])
  if (lintian.error) t.comment('lintian is not there')
  else t.equal(lintian.status, 0, lintian.stdout)
})

t.test('for another processor: nothing is missing, and nothing is for this one', async (t) => {
  const { deb, said } = build(await folder(t), '--arch', other)
  t.equal(said, '', 'nothing is left out')
  t.equal(field(deb, 'Architecture'), other)
  const root = await folder(t)
  execFileSync('dpkg-deb', ['--extract', deb, root])
  const modules = run('find', [root, '-name', '*.node']).stdout.trim().split('\n')
  t.equal(modules.length, 11, 'three for each of three Nodes, serialport, libsql')
  const machine = other === 'arm64' ? 'AArch64' : 'X86-64'
  for (const module of modules) t.match(run('readelf', ['-h', module]).stdout, machine, module)
  await loads(t, root, other)
})
