import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { VoteEvent } from '../../src/contract/schemas.ts'
import { plainly } from '../plainly.ts'
import { registerArm64, whyNoArm64 } from './arm64-root.ts'
import { folder } from './folder.ts'
import { Card } from './image-card.ts'
import { Machine, whyNoMachine } from './image-machine.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'

/*
 * The SD image: built twice, looked into, and started in an emulated computer, over an hour. Needs root, dist/ (npm run
 * build), Debian's mmdebstrap qemu-user-static qemu-system-arm mtools dosfstools e2fsprogs fdisk cpio bmap-tools
 * openssh-client mosquitto, and those of systemd/build-deb. FACCINA_IMAGE=FOLDER takes what `build --raw` has put there in
 * place of building. What the machines say is kept in ~/.cache/faccina/image-serial.log.
 */

const build = fileURLToPath(new URL('../../hardware/image/build', import.meta.url))
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
const name = `faccina-${version}-arm64`
const env = { ...process.env, SOURCE_DATE_EPOCH: '1750000000', PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
process.env.PATH = env.PATH

const why = (await whyNoArm64()) ?? (await whyNoMachine())
const can = { skip: why ?? false }

function run(args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(...plainly(build, args), { encoding: 'utf8', env, maxBuffer: 64 * 1024 * 1024 })
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part)
  return hash.digest('hex')
}

/** Where images, packages and the serial log stay. */
const kept = process.env.FACCINA_CACHE ?? join(homedir(), '.cache/faccina')

/** A folder with everything that `build` makes. */
let built = process.env.FACCINA_IMAGE ?? ''

t.test('used wrongly it says how, and builds nothing', async (t) => {
  for (const [args, said] of [
    [['--deb'], /--deb needs a value/],
    [['--fast'], /unknown option --fast; see --help/],
    [['--size', 'large'], /--size large: a number of mebibytes is expected/],
    [['--deb', '/no/such.deb'], /there is no such file/],
    [['--ssh-key', '/etc/hostname'], /a public key is expected/],
  ] as const) {
    const { status, stderr } = run([...args])
    t.equal(status, 2)
    t.match(stderr, said)
  }
  const { status, stdout } = run(['--help'])
  t.equal(status, 0)
  t.match(stdout, /--archive LINE/)
})

t.test(
  'built twice: the same bytes',
  { ...can, ...(built && { skip: 'FACCINA_IMAGE is set' }) },
  async (t) => {
    await registerArm64()
    const debs = await folder(t)
    const buildDeb = fileURLToPath(new URL('../../systemd/build-deb', import.meta.url))
    const deb = execFileSync(...plainly(buildDeb, ['--arch', 'arm64', '--output', debs]), {
      encoding: 'utf8',
      env,
    }).trim()
    await mkdir(kept, { recursive: true })
    const outputs = [join(kept, 'image-first'), join(kept, 'image-second')]
    for (const output of outputs) {
      await rm(output, { recursive: true, force: true })
      const { status, stderr } = run(['--deb', deb, '--raw', '--output', output])
      t.equal(status, 0, stderr.slice(-2000))
    }
    for (const file of ['img.xz', 'img', 'img.bmap', 'spdx.json', 'imager.json', 'img.xz.sha256']) {
      const [first, second] = await Promise.all(
        outputs.map((output) => sha256(join(output, `${name}.${file}`))),
      )
      t.equal(second, first, file)
    }
    await rm(outputs[1]!, { recursive: true })
    built = outputs[0]!
  },
)

const image = () => join(built, `${name}.img`)

t.test('partitions, and what is on them', can, async (t) => {
  const card = new Card(image())
  t.same(
    card.partitions.map(({ type }) => type),
    [0x0c, 0x83, 0x83],
  )
  for (const { start } of card.partitions) t.equal(start % (4 << 20), 0, 'as the blocks of a card lie')
  const last = card.partitions[2]!
  t.equal(last.start + last.size, card.size)
  t.equal(card.superblock(2).get('Filesystem volume name'), 'FACCINA-ROOT')
  t.equal(card.superblock(3).get('Filesystem volume name'), 'FACCINA-DATA')
  t.equal(card.superblock(3).get('Block size'), '4096')
  t.match(card.superblock(3).get('Filesystem features'), /has_journal/)
  t.notMatch(card.superblock(2).get('Filesystem features'), /has_journal/, 'nothing is written there')

  const files = card.bootFiles()
  const firmware = [
    'bootcode.bin',
    'start.elf',
    'start4.elf',
    'fixup.dat',
    'fixup4.dat',
    'config.txt',
    'cmdline.txt',
  ]
  const trees = ['bcm2711-rpi-4-b.dtb', 'bcm2837-rpi-3-b.dtb', 'overlays/faccina-keys.dtbo']
  for (const file of [...firmware, ...trees, 'vmlinuz', 'initramfs.img']) t.ok(files.includes(file), file)
  for (const file of ['LEGGIMI.txt', 'README.txt', 'faccina.yaml.example', 'faccina-network.txt.example'])
    t.match(card.bootRead(file), /^([^\r\n]*\r\n)+$/, `${file} has the line ends of Windows`)
  t.match(
    card.bootRead('config.txt'),
    /^upstream_kernel=1\nkernel=vmlinuz\n/m,
    'by Debian’s names of the trees',
  )
  t.notOk(files.includes('faccina-ssh-key.pub'), 'SSH is off')
})

t.test('nobody has a password, and nothing is one computer’s own', can, async (t) => {
  const card = new Card(image())
  const shadow = card.ext4(2, 'cat /etc/shadow').trim().split('\n')
  t.ok(shadow.length > 15)
  for (const line of shadow) t.match(line.split(':')[1], /^[!*]+$/, line.split(':')[0]!)
  t.match(shadow.join('\n'), /^faccina:/m)
  t.match(shadow.join('\n'), /^technician:/m)
  t.match(card.ext4(2, 'cat /etc/fstab'), /^#[^\n]*\n*$/, 'the first program mounts everything')
  t.equal(card.ext4(2, 'cat /etc/machine-id').trim(), '')

  const files = card.walk(2)
  t.ok(files.length > 5_000, `${files.length} files`)
  const named = (pattern: RegExp) => files.map(({ path }) => path).filter((path) => pattern.test(path))
  t.same(named(/^\/etc\/ssh\/ssh_host_|\/random-seed$|\/var\/lib\/dbus\/machine-id|\.pyc$|aux-cache$/), [])
  t.same(
    named(/^\/var\/log\/.*[^/]$/).filter((path) => /\.(log|gz|1)$/.test(path)),
    [],
  )
  t.same(named(/^\/var\/lib\/apt\/lists\/.*(Packages|Release)$|^\/var\/cache\/apt\/.*\.(deb|bin)$/), [])
  const regular = files.filter(({ mode }) => (mode & 0o170000) === 0o100000)
  t.same(
    regular
      .filter(({ mode }) => mode & 0o6000)
      .map(({ path }) => path)
      .sort(),
    privileged,
    'setuid and setgid programs',
  )
  t.same(
    regular.filter(({ mode }) => mode & 0o002).map(({ path }) => path),
    [],
    'files that anybody may write',
  )
})

/** Debian's own programs that run as somebody else than who starts them; nobody logs in to do so. */
const privileged = [
  '/usr/bin/chage',
  '/usr/bin/chfn',
  '/usr/bin/chsh',
  '/usr/bin/expiry',
  '/usr/bin/gpasswd',
  '/usr/bin/mount',
  '/usr/bin/newgrp',
  '/usr/bin/passwd',
  '/usr/bin/ssh-agent',
  '/usr/bin/su',
  '/usr/bin/sudo',
  '/usr/bin/umount',
  '/usr/lib/dbus-1.0/dbus-daemon-launch-helper',
  '/usr/lib/openssh/ssh-keysign',
  '/usr/sbin/unix_chkpwd',
]

t.test('what lies beside the image agrees with it', can, async (t) => {
  const file = (ending: string) => join(built, `${name}.${ending}`)
  const compressed = await sha256(file('img.xz'))
  t.equal(await readFile(file('img.xz.sha256'), 'utf8'), `${compressed}  ${name}.img.xz\n`)

  const { os_list: list } = JSON.parse(await readFile(file('imager.json'), 'utf8'))
  t.match(list[0], {
    name: `Faccina ${version}`,
    url: `https://example.invalid/${name}.img.xz`,
    extract_size: (await stat(image())).size,
    extract_sha256: await sha256(image()),
    image_download_size: (await stat(file('img.xz'))).size,
    image_download_sha256: compressed,
    release_date: /^\d{4}-\d\d-\d\d$/,
    devices: ['pi4-64bit', 'pi3-64bit'],
  })

  // As the one who flashes does it; every block and the map itself are checked.
  const copy = join(await folder(t), 'card')
  const bmaptool = spawnSync('bmaptool', ['copy', '--bmap', file('img.bmap'), image(), copy], {
    encoding: 'utf8',
  })
  if (bmaptool.error) t.comment('bmaptool is not there')
  else {
    t.equal(bmaptool.status, 0, bmaptool.stderr)
    t.equal(await sha256(copy), await sha256(image()), 'nothing but zeros was left out')
  }

  const bill = JSON.parse(await readFile(file('spdx.json'), 'utf8'))
  t.match(bill, { spdxVersion: 'SPDX-2.3', dataLicense: 'CC0-1.0', SPDXID: 'SPDXRef-DOCUMENT' })
  t.match(bill.creationInfo.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  t.match(bill.documentNamespace, /^https:\/\/[^#]+$/)
  const ids = new Set<string>(bill.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID))
  t.equal(ids.size, bill.packages.length, 'identifiers are unique')
  for (const one of bill.packages) {
    if (!/^SPDXRef-[A-Za-z0-9.-]+$/.test(one.SPDXID)) t.fail(one.SPDXID)
    if (!one.name || !one.downloadLocation) t.fail(`${one.SPDXID} lacks what SPDX demands`)
    if (one.filesAnalyzed !== false) t.fail(`${one.SPDXID} says that its files were looked at`)
  }
  for (const { relatedSpdxElement } of bill.relationships)
    t.ok(ids.has(relatedSpdxElement), relatedSpdxElement)
  const names = bill.packages.map((one: { name: string }) => one.name)
  for (const one of ['faccina', 'nodejs', 'raspi-firmware', 'mqtt', 'libc6']) t.ok(names.includes(one), one)
})

t.test('it starts, votes, keeps and starts again', { ...can, timeout: 5_400_000 }, async (t) => {
  const directory = await folder(t)
  const at = (file: string) => join(directory, file)
  const log = join(kept, 'image-serial.log')
  await mkdir(kept, { recursive: true })
  await rm(log, { force: true })
  await using broker = await openMosquitto(['password_file $DIR/passwords'], {
    passwords: await mosquittoPassword(at('passwords')),
  })
  await using subscriber = await Subscriber.open(broker.port, { username: 'terminal', password })

  const file = at('card.img')
  execFileSync('cp', ['--sparse=always', image(), file])
  await truncate(file, 4 * 2 ** 30)
  const card = new Card(file)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')])
  card.bootCopy(at('key.pub'), 'faccina-ssh-key.pub')
  await writeFile(at('settings'), settings(broker.port).replaceAll('\n', '\r\n'))
  card.bootCopy(at('settings'), 'faccina.yaml')
  await writeFile(
    at('network'),
    '\uFEFFwifi-name: Comune\r\nwifi-password: very secret\r\nwifi-country: IT\r\n',
  )
  card.bootCopy(at('network'), 'faccina-network.txt')
  for (const one of ['vmlinuz', 'initramfs.img']) card.bootExtract(one, at(one))
  const commandLine = card.bootRead('cmdline.txt').trim()
  const start = () => Machine.start({ card: file, folder: directory, log }, commandLine)

  const thanked = await t
    .test('the first start', async (t) => {
      await using machine = await start()
      await machine.until(/the data partition grows by \d+ MiB/, 180_000)
      await machine.until(/Started.*faccina-ssh\.service/, 900_000)
      await machine.reachable()
      // Ready, or it says why not.
      const started = await machine.run('sudo systemctl start faccina && systemctl is-active faccina')
      t.match(started, { code: 0, stdout: 'active\n' })
      await subscriber.until(() => subscriber.of('state').some(({ state }) => state === 'online'), 180_000)

      // It begins with a commissioning, to which nobody comes.
      await subscriber.until(() => subscriber.of('commissioning').length > 0, 600_000)
      const press = await machine.run('node - 3', await readFile(pressing, 'utf8'), 300_000)
      t.equal(press.stdout, 'thanked\n'.repeat(3))
      await subscriber.until(() => subscriber.of('vote').length >= 3, 300_000)
      t.equal(
        subscriber.received.find(({ topic }) => topic.endsWith('/vote'))?.topic,
        'faccina/1/c_e506/anagrafe/3/vote',
      )
      t.equal((await machine.run('hostname')).stdout, 'faccina-c-e506-anagrafe-3\n')
      await looks(t, machine)
      // The fourth thank-you on is the last that anybody sees.
      void machine.run('node - 100', await readFile(pressing, 'utf8'))
      await subscriber.until(() => subscriber.of('vote').length >= 6, 300_000)
      await machine.cutPower()
    })
    // What is sent again says nothing new.
    .then(() => [...new Set(subscriber.of<VoteEvent>('vote').map(({ id }) => id))])

  t.ok(thanked.length >= 6, `${thanked.length} different votes, ${subscriber.of('vote').length} messages`)
  const data = card.partitions[2]!
  t.ok(new Card(file).partitions[2]!.size > data.size + 2 ** 30, 'grown to the card')
  t.match(new Card(file).bootRead('faccina-network.txt'), /wifi-password: \(imported/)
  t.notMatch(
    await grep(file, 'very secret', 256 << 20),
    /found/,
    'the password is gone from the boot partition',
  )
  t.notMatch(new Card(file).bootRead('faccina.yaml'), password, 'and so is the broker’s')

  await t.test('the power is cut, and it starts again', async (t) => {
    await using machine = await start()
    await machine.until(/Started.*faccina-ssh\.service/, 900_000)
    await machine.reachable()
    t.notMatch(machine.said, /the data partition grows/, 'it has grown already')
    t.notMatch(machine.said, /cannot be used|is being repaired/)
    t.match(await machine.run('sudo systemctl start faccina'), { code: 0 })
    const counted = await machine.run('sudo faccina votes count --json --directory /var/lib/faccina')
    const { epochs } = JSON.parse(counted.stdout) as { epochs: { epoch: string; votes: number }[] }
    t.match(epochs, [{ epoch: thanked[0]!.split('-')[0]! }])
    t.ok(epochs[0]!.votes >= thanked.length, `${epochs[0]!.votes} votes, of ${thanked.join(', ')}`)
    t.match(await machine.run('sudo faccina votes verify --directory /var/lib/faccina'), { code: 0 })
    await machine.shutDown()
  })

  await t.test('a wrong file', async (t) => {
    await writeFile(at('wrong'), settings(broker.port).replace('counter', 'countre'))
    card.bootCopy(at('wrong'), 'faccina.yaml')
    const seen = subscriber.of('state').length
    {
      await using machine = await start()
      await machine.until(/Started.*faccina-ssh\.service/, 900_000)
      await machine.reachable()
      t.match(await machine.run('sudo systemctl start faccina'), { code: 0 })
      await subscriber.until(() => subscriber.of('state').length > seen, 180_000)
      await machine.shutDown()
    }
    t.match(card.bootReadIf('faccina-error.txt'), /countre/)
  })
})

const pressing = new URL('image-press.mjs', import.meta.url)
const password = 'a password of the broker'

function settings(port: number): string {
  return `terminal:
  municipality: c_e506
  office: anagrafe
  counter: "3"
broker:
  url: mqtt://10.0.2.2:${port}
  username: terminal
  password: ${password}
panel: browser
`
}

async function mosquittoPassword(file: string): Promise<string> {
  await writeFile(file, `terminal:${password}\n`)
  execFileSync('mosquitto_passwd', ['-U', file])
  return readFile(file, 'utf8')
}

/** What a technician would look at, by SSH. */
async function looks(t: Test, machine: Machine): Promise<void> {
  const seen = await machine.run('findmnt --noheadings --raw --output TARGET,FSTYPE,OPTIONS')
  const mounts = seen.stdout
  t.match(mounts, /^\/ overlay rw/m)
  t.match(mounts, /^\/boot\/firmware vfat ro,nosuid,nodev,noexec,noatime/m)
  t.match(mounts, /^\/var\/lib\/faccina ext4 rw,nosuid,nodev,noexec,noatime,errors=remount-ro,commit=30/m)
  t.match(mounts, /^\/etc\/faccina ext4 rw,nosuid,nodev,noexec/m)
  const failed = await machine.run('systemctl list-units --failed --plain --no-legend')
  t.equal(failed.stdout, '', 'no unit has failed')
  t.match((await machine.run('sudo ls -l /data/system/network')).stdout, /-rw-------.*wpa_supplicant\.conf/)
  t.match((await machine.run('cat /data/system/network/* 2>&1')).stdout, /Permission denied/)
  t.match((await machine.run('systemctl show -P RuntimeWatchdogUSec')).stdout, /14s/)
  const name = 'faccina-c-e506-anagrafe-3.local'
  t.match((await machine.run(`resolvectl query ${name}`)).stdout, /10\.0\.2\.15/, 'it answers to its name')
  t.match((await machine.run('ss -Hlnt | grep 8080')).stdout, /127\.0\.0\.1:8080/)
}

/** Whether a text lies anywhere in the first bytes of a file. */
async function grep(file: string, text: string, bytes: number): Promise<string> {
  let rest = ''
  for await (const part of createReadStream(file, { end: bytes, encoding: 'latin1' })) {
    if ((rest + part).includes(text)) return 'found'
    rest = part.slice(-text.length)
  }
  return 'not there'
}
