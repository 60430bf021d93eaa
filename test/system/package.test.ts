import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { plainly } from '../plainly.ts'
import { Computer, whyNoComputer } from './computer/computer.ts'
import { folder } from './folder.ts'

/*
 * The Debian package on a Debian of its own, with systemd as the first process, on a disk of its own: installed,
 * hung, killed, its data disk pulled, its power cut, upgraded, removed, purged. Needs root, dist/ (npm run build), the
 * Debian packages of systemd/build-deb, user-mode-linux, mmdebstrap and e2fsprogs, and a quarter of an hour.
 */

const script = fileURLToPath(new URL('../../systemd/build-deb', import.meta.url))
const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
const skip = whyNoComputer() ?? false

const settings = (more: object) =>
  JSON.stringify({
    terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
    visit: { correctionSeconds: 0, lockoutSeconds: 1 },
    // No server of time is there, and waiting for one would keep the votes back.
    clock: { source: 'system' },
    ...more,
  })

/** The package, and the same under a lower number. Not compressed: an emulated computer has little time. */
async function packages(place: string): Promise<{ former: string; present: string }> {
  // Whoever has built it already need not do so twice.
  const ready = process.env.FACCINA_DEB
  if (!ready)
    execFileSync(...plainly(script, ['--output', place]), { stdio: ['ignore', 'ignore', 'inherit'] })
  const built = ready ?? join(place, (await readdir(place)).find((name) => name.endsWith('.deb'))!)
  const tree = join(place, 'tree')
  const again = (name: string) => {
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, join(place, name)])
    return join(place, name)
  }
  execFileSync('dpkg-deb', ['--raw-extract', built, tree])
  const present = again('present.deb')
  const control = await readFile(join(tree, 'DEBIAN/control'), 'utf8')
  await writeFile(join(tree, 'DEBIAN/control'), control.replace(/^Version: .*/m, 'Version: 0.0.1'))
  return { former: again('former.deb'), present }
}

const dropIn = '/etc/systemd/system/faccina.service.d'

/** The terminal in the computer, as a technician and the citizens know it. */
class Counter {
  readonly computer: Computer
  /** How many thank-yous the votes of the present journal have to answer for. */
  thanked = 0

  constructor(computer: Computer) {
    this.computer = computer
  }

  async configure(more: object = {}): Promise<void> {
    await this.computer.run(`mkdir -p /etc/faccina && cat >/etc/faccina/faccina.yaml <<'END'\n${settings(more)}\nEND
      chown root:faccina /etc/faccina/faccina.yaml && chmod 640 /etc/faccina/faccina.yaml`)
  }

  /**
   * From here on it is not how soon the unit does things that matters: this computer may be so busy that it would hang
   * by the unit's own measure.
   */
  async takesItsTime(): Promise<void> {
    const lines = '[Service]\\nWatchdogSec=5min\\nTimeoutSec=5min\\nRestartSec=100ms\\nExecStopPost=\\n'
    await this.computer.run(
      `mkdir -p ${dropIn} && printf '${lines}' >${dropIn}/time.conf && systemctl daemon-reload`,
    )
  }

  async show(property: string): Promise<string> {
    return await this.computer.run(`systemctl show faccina --value -p ${property}`)
  }

  /** Resolves when it has told systemd that it is ready. */
  ready(): Promise<void> {
    return this.computer.comes('systemctl is-active faccina && curl -fs http://127.0.0.1:8080/')
  }

  /** So many citizens press a face, and each is thanked. */
  async serves(count: number): Promise<void> {
    const before = this.computer.said(/thanked/)
    await this.computer.run(`node /usr/local/lib/rig/citizen.mjs ${count} 90`)
    this.thanked += this.computer.said(/thanked/) - before
  }

  /** What is in the journal: read by itself, as the daemon's user would. */
  async votes(): Promise<{ epochs: string[]; votes: number; waiting: number }> {
    const text = await this.computer.run('faccina votes count --json --directory /var/lib/faccina')
    const { epochs, waiting } = JSON.parse(text)
    const votes = epochs.reduce((sum: number, epoch: { votes: number }) => sum + epoch.votes, 0)
    return { epochs: epochs.map((one: { epoch: string }) => one.epoch), votes, waiting }
  }

  /** Every vote that was thanked for is there, and the journal is sound. */
  async isWhole(t: Test, when: string): Promise<void> {
    const verified = await this.computer.does('faccina votes verify --directory /var/lib/faccina')
    t.equal(verified.code, 0, `${when}: ${verified.output.trim()}`)
    const { votes } = await this.votes()
    t.ok(votes >= this.thanked, `${when}: ${this.thanked} thanked, ${votes} votes`)
  }

  /** Without words to say it is left what was said by the terminal since a moment of the journal of systemd. */
  logged(since: string): Promise<string> {
    return this.computer.run(`journalctl -u faccina -o cat --after-cursor '${since}'`)
  }

  cursor(): Promise<string> {
    return this.computer.run("journalctl -n 0 --show-cursor | sed -n 's/^-- cursor: //p'")
  }
}

t.test('from a box to the scrap heap', { skip, bail: true }, async (t) => {
  const place = await folder(t)
  const { former, present } = await packages(place)
  await using computer = await Computer.open()
  const counter = new Counter(computer)
  await computer.give(former, '/root/former.deb')
  await computer.give(present, '/root/present.deb')
  const files =
    "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path '/var/log/*' \\) -prune -o -print | sort"
  const before = (await computer.run(files)).split('\n')
  await computer.run('mountpoint -q /var/lib/faccina')
  const install = (name: string) => computer.run(`dpkg --install /root/${name}.deb 2>&1`, 600_000)
  const clock = performance.now()
  const pass = (what: string) => t.comment(`${Math.round((performance.now() - clock) / 1000)} s: ${what}`)

  await t.test('installed it says what is next, and then takes votes', async (t) => {
    const said = await computer.run(
      'apt-get install -y --no-install-recommends /root/former.deb 2>&1',
      600_000,
    )
    t.match(said, /write \/etc\/faccina\/faccina.yaml/)
    t.equal(await counter.show('ActiveState'), 'inactive', 'it does not fail for want of settings')
    t.match(await computer.run('systemctl is-enabled faccina'), /enabled/)
    await counter.configure()
    await computer.run('systemctl restart faccina || { journalctl -u faccina -o cat -n 20; exit 1; }')
    t.equal(await counter.show('ActiveState'), 'active', 'systemd was told that it is ready')
    await counter.ready()
    await counter.serves(2)
    t.match(await counter.votes(), { votes: 2, waiting: 2 })
    pass('voted')
  })

  await t.test('the sandbox is there', async (t) => {
    const status = await computer.run('cat /proc/$(systemctl show faccina --value -p MainPID)/status')
    t.match(status, /^CapEff:\s+0000000000000000$/m, 'no capabilities')
    t.match(status, /^NoNewPrivs:\s+1$/m)
    t.match(status, /^Seccomp:\s+2$/m, 'system calls are filtered')
    const inside = 'nsenter --mount --target $(systemctl show faccina --value -p MainPID)'
    const user = `${inside} setpriv --reuid=faccina --regid=faccina --clear-groups`
    t.equal((await computer.does(`${user} touch /var/lib/faccina`)).code, 0, 'its state is its own')
    for (const path of ['/etc/faccina/faccina.yaml', '/usr/bin/faccina', '/boot', '/var/tmp/../x'])
      t.match((await computer.does(`${user} touch ${path}`)).output, /Read-only|Permission denied/, path)
    t.match((await computer.does(`${inside} touch /etc/x`)).output, /Read-only/, 'not even root could')
    for (const place of ['/var/lib/faccina', '/tmp', '/var/tmp', '/dev/shm']) {
      await computer.run(`${user} cp /usr/bin/true ${place}/true`)
      t.match(
        (await computer.does(`${user} ${place}/true`)).output,
        /Permission denied/,
        `nothing runs in ${place}`,
      )
      await computer.run(`${user} rm ${place}/true`)
    }
    t.match(await computer.run('ls /root'), /present.deb/)
    t.equal(await computer.run(`${inside} ls -A /root /home /mnt | grep -v '^/'`), '', 'nobody else’s files')
    const ignored = await computer.run(
      "journalctl -b -o cat _PID=1 | grep -iE 'ignoring|not supported|skipping' | sort -u || :",
    )
    t.comment(`what this kernel cannot do of it: ${ignored}`)
    const listening = await computer.run('cat /proc/net/tcp /proc/net/tcp6 2>/dev/null || :')
    const ports = listening
      .split('\n')
      .filter((line) => / 0A /.test(line))
      .map((line) => line.trim().split(/\s+/)[1])
    t.same(ports, ['0100007F:1F90'], 'it listens on 127.0.0.1:8080 alone')
  })

  await t.test('hung, the watchdog starts it again', async (t) => {
    const since = await counter.cursor()
    const former = await counter.show('MainPID')
    await computer.run(`kill -STOP ${former}`)
    await computer.comes(
      `p=$(systemctl show faccina --value -p MainPID); [ $p != 0 ] && [ $p != ${former} ]`,
      150,
    )
    await counter.ready()
    t.match(await computer.run(`journalctl -o cat --after-cursor '${since}' _PID=1`), /Watchdog timeout/)
    await counter.serves(1)
    await counter.isWhole(t, 'hung')
    pass('hung')
  })

  await t.test('killed a dozen times on end, it is never given up', async (t) => {
    await counter.takesItsTime()
    await computer.run(
      `last=0; for i in $(seq 11); do
      until p=$(systemctl show faccina --value -p MainPID); [ $p != 0 ] && [ $p != $last ]; do sleep 0.1; done
      kill -KILL $p; last=$p; done`,
      600_000,
    )
    await counter.ready()
    t.ok(Number(await counter.show('NRestarts')) >= 12, `${await counter.show('NRestarts')} restarts`)
    await counter.serves(1)
    await counter.isWhole(t, 'killed')
    pass('killed')
  })

  await t.test('the disk of the votes is pulled: it says so, and thanks nobody', async (t) => {
    const since = await counter.cursor()
    const thanked = computer.said(/thanked/)
    await computer.run(`export DM_DISABLE_UDEV=1; dmsetup suspend --noflush --nolockfs data
      dmsetup reload data --table "0 $(cat /sys/block/ubdb/size) error" && dmsetup resume data`)
    t.not((await computer.does('node /usr/local/lib/rig/citizen.mjs 1 15')).code, 0)
    t.equal(computer.said(/thanked/), thanked, 'nobody is thanked')
    await computer.comes(`journalctl -u faccina -o cat --after-cursor '${since}' | grep -i 'not well'`)
    t.comment(await counter.show('StatusText'))
    t.comment(await counter.logged(since))
    pass('pulled')
    await computer.cut()
    await computer.on()
    await counter.ready()
    await counter.isWhole(t, 'with the disk again')
    pass('there again')
  })

  await t.test('its power is cut while people vote', async (t) => {
    for (let round = 1; round <= 3; round++) {
      const before = computer.said(/thanked/)
      await computer.run('node /usr/local/lib/rig/citizen.mjs 1000 600 >/dev/null 2>&1 &')
      await computer.says(/thanked/, 1 + Math.floor(Math.random() * 3))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500))
      await computer.cut()
      counter.thanked += computer.said(/thanked/) - before
      await computer.on()
      await counter.ready()
      await counter.isWhole(t, `cut ${round}`)
      pass(`cut ${round}`)
    }
  })

  await t.test('upgraded with votes waiting, it goes on where it was', async (t) => {
    const { epochs, votes } = await counter.votes()
    await install('present')
    t.equal(await computer.run('dpkg-query --show faccina'), `faccina\t${version}`)
    await counter.ready()
    t.same(await counter.votes(), { epochs, votes, waiting: votes }, 'all of them still wait')
    await counter.serves(1)
    t.same((await counter.votes()).epochs, epochs, 'in the same epoch')
    await counter.isWhole(t, 'upgraded')
    pass('upgraded')
  })

  await t.test('removed, it leaves votes and settings; installed again, it goes on', async (t) => {
    const { epochs, votes } = await counter.votes()
    t.match(await computer.run('dpkg --remove faccina 2>&1', 300_000), /not all votes have been published/)
    t.not((await computer.does('systemctl status faccina')).code, 0)
    t.match(await computer.run('ls /etc/faccina /var/lib/faccina'), /faccina.yaml[\s\S]*journal/)
    await install('present')
    await counter.ready()
    t.match(await counter.votes(), { epochs, votes })
    pass('removed and installed')
  })

  await t.test('purged with votes waiting, it keeps these alone', async (t) => {
    t.match(await computer.run('dpkg --purge faccina 2>&1', 300_000), /they are kept in \/var\/backups/)
    t.match(await computer.run('ls /var/backups/faccina-votes.*/journal'), /./)
    t.equal((await computer.does('ls /etc/faccina')).code, 2)
    t.equal(await computer.run('ls -A /var/lib/faccina'), '', 'nothing of it there')
    const kept = await computer.run('faccina votes count 2>&1 || ls /var/backups')
    t.match(kept, /faccina-votes/)
    await computer.run('rm -r /var/backups/faccina-votes.*')
    pass('purged')
  })

  await t.test('purged with all published, it leaves nothing', async (t) => {
    await computer.run('systemd-run --unit=broker mosquitto -p 1883')
    await install('present')
    await counter.configure({ broker: { url: 'mqtt://127.0.0.1:1883' } })
    await computer.run('systemctl restart faccina')
    await counter.ready()
    await counter.serves(1)
    await computer.comes(
      'faccina votes count --json --directory /var/lib/faccina | grep \'"waiting": 0$\'',
      20,
    )
    await computer.run('dpkg --purge faccina 2>&1', 300_000)
    await computer.run(`rm -rf ${dropIn}`)
    const after = (await computer.run(files)).split('\n')
    // What Debian itself keeps: users and groups, whose numbers must never be another's, and its records.
    const own =
      /^\/(var\/lib\/(dpkg|apt|systemd)|var\/cache|etc\/(passwd|group|g?shadow|subuid|subgid)|root|dev|etc\/.*\.ucf)/
    t.same(
      after.filter((path) => !before.includes(path) && !own.test(path)),
      [],
      'nothing is left',
    )
    t.same(
      before.filter((path) => !after.includes(path) && !own.test(path)),
      [],
      'and nothing else is gone',
    )
    pass('purged')
  })
})
