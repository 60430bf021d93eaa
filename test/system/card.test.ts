import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { plainly } from '../plainly.ts'
import { Child } from './children.ts'
import { listenAsSystemd } from './datagrams.ts'
import { folder } from './folder.ts'
import { SceneWatch } from './scene-watch.ts'
import { program } from './terminal-child.ts'

/** Needs root, mkfs.ext4 (a vfat is nothing to every kernel), systemd-notify and python3. */

const settingsOf = (store: string) => `terminal:\r
  municipality: c_e506\r
  office: anagrafe\r
  counter: 03\r
broker:\r
  url: mqtt://127.0.0.1:1\r
  username: anagrafe-3\r
  password: "geheim-0815" # from the data centre\r
browser:\r
  listen: 127.0.0.1:0\r
storage:\r
  directory: ${store}\r
`

/** A terminal's folders, and a boot partition: a file system of its own in a file, mounted. */
async function card(t: Test, mounted = true) {
  const place = await folder(t)
  const boot = join(place, 'boot')
  const image = join(place, 'boot.img')
  const store = join(place, 'store')
  await mkdir(boot)
  await mkdir(store)
  await writeFile(image, '')
  await truncate(image, 8 * 1024 * 1024)
  execFileSync('mkfs.ext4', ['-q', '-E', 'nodiscard', image])
  if (mounted) {
    execFileSync('mount', ['-o', 'loop', image, boot])
    t.teardown(() => execFileSync('umount', [boot]))
  }
  const settings = join(place, 'etc/faccina.yaml')
  const run = join(place, 'run')
  const where = ['--settings', settings, '--run', run]
  const importCard = async () => {
    const args = [program, 'card', 'import', '--boot', boot, ...where]
    const { status, stdout, stderr } = spawnSync(...plainly(process.execPath, args), {
      encoding: 'utf8',
      timeout: 30_000,
    })
    return { code: status, said: stdout + stderr }
  }
  return { place, boot, image, store, settings, run, where, importCard }
}

t.test('a real disk: in force, wiped, and nothing of the password is left in the file system', async (t) => {
  const { boot, image, store, settings, importCard } = await card(t)
  await writeFile(join(boot, 'FACCINA.YAML'), settingsOf(store))
  execFileSync('sync', ['-f', boot])
  t.ok((await readFile(image)).includes('geheim-0815'), 'there it is')
  t.match(await importCard(), { code: 0, said: /faccina.yaml is in force/i })
  const inForce = await readFile(settings, 'utf8')
  t.match(inForce, `passwordFile: ${store}/secrets/broker-password # from the data centre\r\n`)
  const names = (await readdir(boot)).filter((name) => name !== 'lost+found')
  t.match(
    names.map((name) => name.toLowerCase()),
    ['faccina.yaml'],
  )
  t.equal(await readFile(join(boot, names[0]!), 'utf8'), inForce)
  t.equal(await readFile(join(store, 'secrets/broker-password'), 'utf8'), 'geheim-0815')
  t.equal((await stat(join(store, 'secrets'))).mode & 0o777, 0o700)
  t.equal((await stat(join(store, 'secrets/broker-password'))).mode & 0o777, 0o600)
  execFileSync('sync', ['-f', boot])
  execFileSync('sync', ['-f', image])
  t.notOk((await readFile(image)).includes('geheim'), 'not even in a block that is free now')
  const { mtimeMs } = await stat(join(boot, names[0]!))
  t.strictSame(await importCard(), { code: 0, said: '' }, 'nothing new')
  t.equal((await stat(join(boot, names[0]!))).mtimeMs, mtimeMs)
})

t.test('wrong settings are said on the card, the old ones go on, and the panel says so first', async (t) => {
  const { boot, store, settings, where, importCard } = await card(t)
  const file = join(boot, 'faccina.yaml')
  await writeFile(file, settingsOf(store))
  t.equal((await importCard()).code, 0)
  // It has tested itself since.
  await rm(join(store, 'commission'))
  const before = await readFile(settings, 'utf8')
  await writeFile(file, before.replace('mqtt://', 'http://'))
  const sentence = `${file}:6: broker.url: found "http://127.0.0.1:1"; allowed here: mqtts://host:port`
  const { code, said } = await importCard()
  t.equal(code, 1)
  t.ok(said.includes(sentence), said)
  t.ok((await readFile(join(boot, 'faccina-error.txt'), 'utf8')).includes(`* ${sentence}`))
  t.equal(await readFile(settings, 'utf8'), before)
  await using terminal = new Child(process.execPath, [program, 'run', ...where])
  const [, address = ''] = await terminal.said(/address=(\S+)/)
  await terminal.said(/ready/)
  using watch = new SceneWatch(address)
  t.match(await watch.until(({ notice, at }) => notice === true && at === 'idle'), {
    screen: { title: 'faccina.yaml, line 6', hint: /^broker.url: found "http:\/\/127.0.0.1:1"/ },
  })
  const thanked = watch.until(({ at }) => at === 'thanking')
  await fetch(new URL('panel/press', address), { method: 'POST', body: '{"key":"satisfied"}' })
  t.notOk((await thanked).notice)
})

t.test('without any settings systemd has a terminal that waits, and a panel that says why', async (t) => {
  const { place, store, settings, where } = await card(t, false)
  await mkdir(join(settings, '..'))
  const right = settingsOf(store).replace(/ {2}password.*\r\n/, '')
  await writeFile(settings, right.replace('office: anagrafe', 'office: Anagrafe'))
  await using systemd = await listenAsSystemd(place)
  const env = { NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: '9000000' }
  await using terminal = new Child(process.execPath, [program, 'run', ...where], env)
  await systemd.said(/READY=1/)
  await systemd.said(/STATUS=no settings: .*faccina.yaml:3: terminal.office: found "Anagrafe"/)
  await systemd.said(/WATCHDOG=1/)
  const [, address = ''] = await terminal.said(/address=(\S+)/)
  {
    using watch = new SceneWatch(address)
    t.match(await watch.until(({ at }) => at === 'fault'), {
      notice: true,
      screen: { title: 'faccina.yaml, line 3', hint: /Write it as anagrafe\.$/ },
    })
    await writeFile(settings, right.replace('counter: 03', 'counter: Nord'))
    t.match(await watch.until(({ screen }) => screen.title === 'faccina.yaml, line 4'), { at: 'fault' })
  }
  await writeFile(settings, right)
  await terminal.said(/starting .*terminal=c_e506\/anagrafe\/03/)
  await systemd.said(/STATUS=votes are taken/)
  t.equal(await terminal.kill('SIGTERM'), 0)
})

t.test('a boot partition that is not there, or read-only, is in nobody’s way', async (t) => {
  const { boot, store, settings, importCard } = await card(t)
  await writeFile(join(boot, 'faccina.yaml'), settingsOf(store))
  execFileSync('mount', ['-o', 'remount,ro', boot])
  t.match(await importCard(), { code: 0, said: /EROFS/ })
  t.match(await readFile(settings, 'utf8'), /passwordFile/, 'in force all the same')
  execFileSync('mount', ['-o', 'remount,rw', boot])
  t.match(await importCard(), { code: 0, said: /without secrets/ })
  const without = await card(t, false)
  await rm(without.boot, { recursive: true })
  t.match(await without.importCard(), { code: 1, said: /ENOENT/ })
})
