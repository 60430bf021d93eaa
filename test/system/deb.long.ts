import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { folder } from './folder.ts'

/*
 * The Debian package, built twice, unpacked and run. Needs dist/ (npm run build), Debian's debhelper dpkg-dev
 * device-tree-compiler binutils g++ make python3, and some minutes: it has compilers in it. Where lintian is
 * installed it has its say as well.
 */

const script = fileURLToPath(new URL('../../systemd/build-deb', import.meta.url))
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
const own = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
const other = own === 'amd64' ? 'arm64' : 'amd64'
// What tap puts before each Node is none of theirs.
const { NODE_OPTIONS: _, ...plain } = process.env
const env = { ...plain, SOURCE_DATE_EPOCH: '1750000000' }

const run = (program: string, args: string[]) => spawnSync(program, args, { encoding: 'utf8', env })

function build(output: string, ...more: string[]): { deb: string; said: string } {
  const { status, stdout, stderr } = run(script, ['--output', output, ...more])
  if (status !== 0) throw new Error(`build-deb ended with ${status}: ${stderr}`)
  return { deb: stdout.trim(), said: stderr }
}

const field = (deb: string, name: string) => run('dpkg-deb', ['--field', deb, name]).stdout.trim()

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
  t.match(field(first.deb, 'Depends'), /nodejs \(>= \d+(\.\d+)?\), nodejs \(<< \d+~\)/)

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
  for (const name of ['epoll', 'i2c-bus', 'spi-device', 'serialport', 'mqtt', 'libsql']) {
    const at = join(root, 'usr/lib/faccina/')
    const tried = run('node', ['-e', `require('module').createRequire(${JSON.stringify(at)})('${name}')`])
    t.equal(tried.stderr, '', `${name} loads`)
  }
  const files = ['usr/lib/sysusers.d/faccina.conf', 'usr/lib/tmpfiles.d/faccina.conf']
  const rules = ['usr/lib/udev/rules.d/60-faccina.rules', 'usr/lib/udev/rules.d/70-faccina-buses.rules']
  const overlays = ['usr/lib/faccina/overlays/faccina-keys.dtbo', 'usr/share/doc/faccina/README.md']
  for (const file of [...files, ...rules, ...overlays]) t.ok((await lstat(join(root, file))).isFile(), file)
  for (const unit of ['faccina', 'faccina-again', 'faccina-kiosk']) {
    const places = ['usr/lib', 'lib'].map((place) => join(root, place, `systemd/system/${unit}.service`))
    t.ok(places.some(existsSync), unit)
  }
  t.notOk(existsSync(join(root, 'etc')), 'no settings of ours: the technician writes them')
  const lintian = run('lintian', ['--fail-on', 'error', '--allow-root', first.deb])
  if (lintian.error) t.comment('lintian is not there')
  else t.equal(lintian.status, 0, lintian.stdout)
})

t.test('for another processor: what is ready-made, and it says what is missing', async (t) => {
  const { deb, said } = build(await folder(t), '--arch', other)
  t.match(said, /epoll, i2c-bus and spi-device are left out/)
  t.equal(field(deb, 'Architecture'), other)
  t.equal(field(deb, 'Depends').match(/nodejs/g)?.length, 1, 'any Node from 20.15 on')
  const listed = run('dpkg-deb', ['--contents', deb])
    .stdout.split('\n')
    .filter((line) => line.endsWith('.node'))
  const cpu = other === 'arm64' ? 'arm64' : 'x64'
  t.ok(listed.length >= 2)
  for (const line of listed) t.match(line, new RegExp(`linux-${cpu}`), 'no module for this computer')
})
