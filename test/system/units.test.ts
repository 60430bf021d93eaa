import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { boards } from './exposure.ts'
import { folder } from './folder.ts'

/*
 * The units by systemd's own judgement: `systemd-analyze`, of Debian's package systemd (252 or newer), and
 * `systemd-sysusers`, `systemd-tmpfiles`.
 */

const systemd = fileURLToPath(new URL('../../systemd/', import.meta.url))
const dropIn = 'faccina.service.d/raspi-root.conf'

/** What units call, besides what every system has. */
const programs = ['usr/bin/faccina', 'usr/bin/cage', 'usr/bin/chromium', 'usr/bin/seatd', 'bin/sh']

const verify = ['verify', '--recursive-errors=yes', '--man=no']

/** A root with the units, the system's own, and programs that are only there. */
async function root(test: Test, dropIns: string[] = []): Promise<string> {
  const place = await folder(test)
  const units = join(place, 'usr/lib/systemd/system')
  await mkdir(join(units, 'faccina.service.d'), { recursive: true })
  execFileSync('cp', ['-a', '/usr/lib/systemd/system/.', units])
  for (const name of (await readdir(systemd)).filter((name) => name.endsWith('.service')))
    await copyFile(join(systemd, name), join(units, name))
  for (const name of dropIns) await copyFile(join(systemd, name), join(units, name))
  await writeFile(join(units, 'seatd.service'), '[Service]\nExecStart=/usr/bin/seatd -g video\n')
  for (const program of programs) {
    await mkdir(join(place, program, '..'), { recursive: true })
    await writeFile(join(place, program), '')
    await chmod(join(place, program), 0o755)
  }
  return place
}

const analyze = (place: string, ...args: string[]) =>
  spawnSync('systemd-analyze', [...args, '--no-pager', `--root=${place}`], { encoding: 'utf8' })

/** The unit's number, as systemd-analyze counts it: 0 safe to 10. */
function exposure(place: string, unit: string): number {
  const { stdout, stderr } = analyze(place, 'security', '--offline=true', unit)
  const found = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)
  if (!found) throw new Error(`systemd-analyze: ${stderr || stdout}`)
  return Number(found[1])
}

t.test('every unit is one that systemd understands, word for word', async (t) => {
  const units = (await readdir(systemd)).filter((name) => name.endsWith('.service'))
  t.same(units.sort(), ['faccina-card.service', 'faccina-kiosk.service', 'faccina.service'])
  for (const [dropIns, names] of [
    [[], units],
    [[dropIn], ['faccina.service']],
  ] as const) {
    const place = await root(t, [...dropIns])
    for (const unit of names) {
      const { status, stderr } = analyze(place, ...verify, unit)
      t.equal(stderr, '', `${unit} ${dropIns}`)
      t.equal(status, 0)
    }
  }
})

t.test('this examination finds what is wrong', async (t) => {
  const place = await root(t)
  const unit = join(place, 'usr/lib/systemd/system/faccina.service')
  const text = await readFile(unit, 'utf8')
  for (const [good, bad] of [
    ['WatchdogSec=', 'WachdogSec='],
    ['WatchdogSec=30s', 'WatchdogSec=soon'],
    ['/usr/bin/faccina run', '/usr/bin/nobody run'],
  ] as const) {
    await writeFile(unit, text.replace(good, bad))
    t.not(analyze(place, ...verify, 'faccina.service').status, 0, bad)
  }
  await writeFile(
    unit,
    text.replace('ProtectSystem=strict', 'ProtectSystem=no').replace('PrivateTmp=yes', ''),
  )
  t.ok(exposure(place, 'faccina.service') > boards.default.atMost, 'an open unit')
})

t.test('no unit is open wider than its limit, and the page for the security officer says so', async (t) => {
  const page = await readFile(join(systemd, 'README.md'), 'utf8')
  for (const [name, { unit, dropIns, atMost }] of Object.entries(boards)) {
    const number = exposure(await root(t, dropIns), unit)
    t.comment(`${name}: ${unit} ${dropIns.join(' ')} ${number}`)
    t.ok(number <= atMost, `${name}: ${number}, at most ${atMost}`)
    const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`))
    // Versions of systemd count a little differently: 0.2 either way is no other unit.
    const said = Number(/\| ([\d.]+) \|$/.exec(row ?? '')?.[1])
    t.ok(Math.abs(said - number) <= 0.2, `${name}: the page says ${said}, systemd ${number}`)
  }
})

t.test('systemd itself refuses a unit that is too open', async (t) => {
  const judge = async (dropIns: string[]) =>
    analyze(await root(t, dropIns), 'security', '--offline=true', '--threshold=15', 'faccina.service').status
  t.equal(await judge([]), 0)
  t.not(await judge([dropIn]), 0)
})

t.test('nothing is in the units that only newer systemds know', async (t) => {
  // What came after Debian 12's 252 (systemd's NEWS), and is tempting here.
  const newer = /^(RestartSteps|RestartMaxDelaySec|MemoryZSwapWriteback|PrivatePIDs|ProtectHostname=private)/m
  for (const name of (await readdir(systemd)).filter((name) => name.endsWith('.service')))
    t.notMatch(await readFile(join(systemd, name), 'utf8'), newer, name)
})

t.test('users, groups and folders', async (t) => {
  const place = await folder(t)
  for (const part of ['etc', 'usr/lib/sysusers.d', 'usr/lib/tmpfiles.d', 'run', 'var/lib'])
    await mkdir(join(place, part), { recursive: true })
  // A Debian has these groups, as base-passwd and udev make them, and i2c, spi and gpio it has not.
  await writeFile(
    join(place, 'etc/group'),
    'root:x:0:\ndialout:x:20:\nvideo:x:44:\ninput:x:104:\nrender:x:105:\n',
  )
  await writeFile(join(place, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  await copyFile(join(systemd, 'faccina.sysusers'), join(place, 'usr/lib/sysusers.d/faccina.conf'))
  await copyFile(join(systemd, 'faccina.tmpfiles'), join(place, 'usr/lib/tmpfiles.d/faccina.conf'))
  execFileSync('systemd-sysusers', [`--root=${place}`], { stdio: 'pipe' })
  const groups = await readFile(join(place, 'etc/group'), 'utf8')
  for (const group of ['input', 'gpio', 'i2c', 'spi', 'dialout'])
    t.match(groups, new RegExp(`^${group}:x:\\d+:faccina$`, 'm'), `faccina is in ${group}`)
  for (const group of ['video', 'render'])
    t.match(groups, new RegExp(`^${group}:x:\\d+:faccina-kiosk$`, 'm'), `the screen's user is in ${group}`)
  const users = await readFile(join(place, 'etc/passwd'), 'utf8')
  t.match(users, /^faccina:x:\d+:\d+:.*:\/var\/lib\/faccina:\/usr\/sbin\/nologin$/m, 'nobody logs in as it')
  t.match(users, /^faccina-kiosk:.*nologin$/m)
  const settings = join(place, 'etc/faccina')
  await mkdir(settings, { mode: 0o755 })
  await writeFile(join(settings, 'faccina.yaml'), 'terminal: {}')
  execFileSync('systemd-tmpfiles', ['--create', `--root=${place}`], { stdio: 'pipe' })
  const group = Number(/^faccina:x:(\d+)/m.exec(groups)?.[1])
  const found = [settings, join(settings, 'faccina.yaml')].map((path) => {
    const { mode, uid, gid } = statSync(path)
    return { mode: mode & 0o777, uid, gid }
  })
  t.same(found, [
    { mode: 0o750, uid: 0, gid: group },
    { mode: 0o640, uid: 0, gid: group },
  ])
})
