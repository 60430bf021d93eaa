import { readFile } from 'node:fs/promises'
import t from 'tap'
import { judgeClock } from '../../src/system/doctor/clock.ts'
import { judgeNode, judgeService, judgeSupply, judgeTemperature } from '../../src/system/doctor/computer.ts'
import { adviceIn, type Check, failed, good, warning } from '../../src/system/doctor/finding.ts'
import { lookAtJournal } from '../../src/system/doctor/journal.ts'
import { hasDefaultRoute, judgeNetwork, lookAtName } from '../../src/system/doctor/network.ts'
import { judgePanel } from '../../src/system/doctor/panel.ts'
import { printed, summed } from '../../src/system/doctor/print.ts'
import { lookAtSettings } from '../../src/system/doctor/settings.ts'
import { fileSystemOf, lookAtStorage, type StorageLook } from '../../src/system/doctor/storage.ts'
import { judgeUser, terminalUser } from '../../src/system/doctor/user.ts'
import { readSettingsText } from '../../src/system/settings-file.ts'
import { examine } from '../../src/terminal/examine.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { turns } from '../fakes/until.ts'

/** Rejects as the system does. */
function coded(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }))
}

t.test('one thing after the other, each told as soon as it is known', async (t) => {
  const told: string[] = []
  const checks = [
    { name: 'a', look: async () => good('fine') },
    { name: 'b', look: async () => failed('bad', 'Mend it.') },
  ]
  const { findings, late } = await examine(checks, new FakeClock(), ({ name }) => told.push(name))
  t.same(told, ['a', 'b'])
  t.same(findings[1], { name: 'b', result: 'failed', found: 'bad', next: 'Mend it.' })
  t.equal(late, false)
})

t.test('what does not answer is given up after 10 s, all together after 40 s', async (t) => {
  const clock = new FakeClock()
  let aborted = 0
  const hangs = (name: string): Check => ({
    name,
    slow: `Shake ${name}.`,
    look: (signal) => new Promise(() => signal.addEventListener('abort', () => aborted++)),
  })
  const examination = examine(['a', 'b', 'c', 'd', 'e'].map(hangs), clock, () => {})
  for (let i = 0; i < 4; i++) {
    await turns()
    clock.advance(9_999)
    await turns()
    t.equal(aborted, i, 'not before its time')
    clock.advance(1)
  }
  const { findings, late } = await examination
  t.equal(late, true)
  t.same(
    findings.map(({ result }) => result),
    ['failed', 'failed', 'failed', 'failed', 'skipped'],
  )
  t.match(findings[0], { found: 'no answer within 10 s', next: 'Shake a.' })
  t.equal(clock.waiting, 0)
})

t.test('what nobody has foreseen is told, and the next thing is looked at', async (t) => {
  const checks = [
    { name: 'a', look: () => Promise.reject(new Error('oh')) },
    { name: 'b', look: async () => good('fine') },
  ]
  const { findings } = await examine(checks, new FakeClock(), () => {})
  t.match(findings, [
    { result: 'failed', found: 'oh' },
    { result: 'good', found: 'fine' },
  ])
})

t.test('settings', async (t) => {
  const terminal = 'terminal: {municipality: c_e506, office: anagrafe, counter: "3"}\n'
  const fine = await lookAtSettings('f.yaml', async () => terminal)
  t.equal(fine.told.result, 'good')
  t.equal(fine.settings?.terminal.office, 'anagrafe')
  const wrong = await lookAtSettings('f.yaml', async () => `${terminal}panell: browser\n`)
  t.match(wrong.told, {
    result: 'failed',
    next: 'Mend line 2 of f.yaml, then: faccina settings check f.yaml',
  })
  t.match(wrong.told.found, /panell/)
  t.equal(wrong.settings, undefined)
  const doubtful = await lookAtSettings('f.yaml', async () => `${terminal}browser: {listen: 0.0.0.0:8080}\n`)
  t.match(doubtful.told, {
    result: 'warning',
    found: /press the faces/,
    next: 'Look at line 2 of f.yaml: the terminal works as it is.',
  })
  t.ok(doubtful.settings, 'and it can be used')
  const missing = await lookAtSettings('/nowhere/f.yaml', readSettingsText)
  t.match(missing.told, {
    result: 'failed',
    found: /no such file/,
    next: /^Make one with: faccina settings example/,
  })
  t.notMatch(missing.told.found, /Make one/, 'said once')
  const secret = 'broker: {url: "mqtt://b:1883", password: [hush]}\n'
  const leak = await lookAtSettings('f.yaml', async () => terminal + secret)
  t.equal(leak.told.result, 'failed')
  t.notMatch(JSON.stringify(leak.told), /hush/)
})

t.test('who runs it', async (t) => {
  const passwd = 'root:x:0:0::/:\nfaccina:x:990:980::/:\nmaria:x:1000:1000::/:\n'
  const group = 'faccina:x:980:\ninput:x:105:faccina\ni2c:x:106:faccina,maria\nmaria:x:1000:\nspi:x:107:\n'
  const service = terminalUser({ uid: 0, passwd, group, groups: [0] })
  t.same(
    service,
    { uid: 990, name: 'faccina', groups: ['faccina', 'input', 'i2c'] },
    'root looks on behalf of it',
  )
  t.equal(terminalUser({ uid: 0, passwd, group, groups: [0] }, 'root').uid, 0, 'as its drop-in says')
  const maria = terminalUser({ uid: 1000, passwd, group, groups: [1000, 106] })
  t.same(maria, { uid: 1000, name: 'maria', groups: ['i2c', 'maria'] })
  t.equal(terminalUser({ uid: 0, passwd: 'root:x:0:0::/:', group, groups: [0] }).name, 'root')
  t.equal(terminalUser({ uid: 7, passwd, group, groups: [] }).name, '7')

  t.equal(judgeUser(service, { root: false, groups: ['input', 'i2c'] }).result, 'good')
  t.match(judgeUser(maria, { root: false, groups: ['input', 'i2c', 'spi'] }), {
    result: 'failed',
    found: 'user maria is not in the group input, spi, which this panel needs',
    next: /usermod -aG input,spi maria/,
  })
  t.match(judgeUser(maria, { root: true, groups: [] }), { result: 'failed', next: /drop-in/ })
  const root = { uid: 0, name: 'root', groups: [] }
  t.equal(judgeUser(root, { root: true, groups: [] }).result, 'good')
  t.equal(judgeUser(root, { root: false, groups: ['spi'] }).result, 'good')
})

t.test('panel', async (t) => {
  const fine = { is: 'good' } as const
  t.same(
    judgePanel('p', { keys: fine, lights: fine, display: { is: 'none' } }),
    good('"p": keys, lights answer'),
  )
  const gone = {
    is: 'broken',
    problem: '/dev/x is not there: look at its plug and cable; it is awaited',
  } as const
  t.match(judgePanel('p', { keys: fine, lights: gone, display: gone }), {
    result: 'failed',
    found: /lights: \/dev\/x is not there.*\ndisplay: /,
    next: 'Look at its plug and cable.',
  })
  const terse = { is: 'broken', problem: 'dead' } as const
  t.match(judgePanel('p', { keys: terse, lights: fine, display: fine }), { next: /wires of the keys/ })
  t.equal(adviceIn('/dev/spidev0.0: EIO'), undefined, 'a code is no advice')
  t.equal(adviceIn('none: turn it on; else exchange it'), 'Turn it on.', 'one thing at a time')
  t.equal(adviceIn('keys: being opened'), undefined, 'nor is what is going on')
})

const user = { uid: 990, name: 'faccina' }
const disk: StorageLook = {
  stat: async () => ({ uid: 990, directory: true }),
  trySync: async () => 4.2,
  freeBytes: async () => 2 ** 31,
  mounts: async () => '/dev/a / ext4 rw 0 0\n/dev/b /var/lib/faccina f2fs rw 0 0\n',
}
const storage = (other: Partial<StorageLook>) =>
  lookAtStorage('/var/lib/faccina', user, { ...disk, ...other })

t.test('storage', async (t) => {
  t.same(await storage({}), good('/var/lib/faccina (f2fs): a write is on the disk after 5 ms, 2048 MiB free'))
  t.match(await storage({ stat: () => coded('ENOENT') }), {
    result: 'warning',
    next: /systemctl start faccina/,
  })
  t.match(await storage({ stat: async () => ({ uid: 990, directory: false }) }), { result: 'failed' })
  t.match(await storage({ stat: async () => ({ uid: 0, directory: true }) }), {
    result: 'failed',
    next: 'Run: sudo chown -R faccina: /var/lib/faccina',
  })
  for (const [code, next] of [
    ['EROFS', /exchange it/],
    ['ENOSPC', /Free some space/],
    ['EACCES', /Give the folder/],
    ['EIO', /dying/],
  ] as const)
    t.match(
      await storage({ trySync: () => coded(code) }),
      { result: 'failed', found: new RegExp(code), next },
      code,
    )
  t.match(await storage({ trySync: async () => 1_001 }), { result: 'warning', next: /Exchange the card/ })
  t.match(await storage({ freeBytes: async () => 2 ** 20 }), { result: 'warning', found: / 1 MiB free/ })
  t.match(await storage({ mounts: async () => 'tmpfs / tmpfs rw 0 0' }), {
    result: 'warning',
    found: /memory/,
  })
})

t.test('the file system of a path', async (t) => {
  const mounts = '/dev/a / ext4 rw\nx /data xfs rw\ny /data/a\\040b btrfs rw\nz /data tmpfs rw\n'
  t.equal(fileSystemOf('/database', mounts), 'ext4')
  t.equal(fileSystemOf('/data/c', mounts), 'tmpfs', 'the last one mounted there')
  t.equal(fileSystemOf('/data/a b/c', mounts), 'btrfs')
  t.equal(fileSystemOf('/data', ''), 'unknown')
})

t.test('journal', async (t) => {
  const readable = async () => 'readable' as const
  t.same(await lookAtJournal({ is: 'nobody' }, readable), good('opens'))
  t.match(await lookAtJournal({ is: 'nobody' }, async () => 'none'), { result: 'good', found: /none yet/ })
  t.match(await lookAtJournal({ is: 'absent' }, () => coded('EIO')), { result: 'good', found: /none yet/ })
  t.match(await lookAtJournal({ is: 'terminal', says: 'process 7' }, readable), {
    result: 'good',
    found: /held by the terminal that runs \(process 7\)/,
  })
  t.match(await lookAtJournal({ is: 'terminal', says: 'process 7' }, () => coded('EIO')), {
    result: 'failed',
    next: /faccina votes verify/,
  })
})

t.test('clock', async (t) => {
  const at = {
    source: 'auto',
    synchronised: true,
    wall: Date.UTC(2026, 4, 4, 9, 0),
    keeper: 'chrony',
  } as const
  t.same(judgeClock(at), good('2026-05-04 09:00:00 UTC, synchronised by chrony'))
  t.match(judgeClock({ ...at, synchronised: false }), { result: 'warning', next: /NTP.*chrony/ })
  t.match(judgeClock({ ...at, synchronised: false, keeper: undefined }), {
    result: 'failed',
    next: /install systemd-timesyncd/,
  })
  t.match(judgeClock({ ...at, source: 'system', synchronised: true }), { result: 'good', found: /trusted/ })
})

t.test('network', async (t) => {
  const there = { interfaces: ['eth0'], defaultRoute: true, needed: true }
  t.same(judgeNetwork(there), good('eth0, with a way out'))
  t.match(judgeNetwork({ ...there, interfaces: [] }), { result: 'failed', next: /cable/ })
  t.match(judgeNetwork({ ...there, defaultRoute: false }), { result: 'failed', next: /gateway/ })
  t.equal(judgeNetwork({ ...there, interfaces: [], needed: false }).result, 'warning')

  const head = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n'
  const route = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n'
  const near = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n'
  t.equal(hasDefaultRoute(head + near, ''), false)
  t.equal(hasDefaultRoute(head + near + route, ''), true)
  const zero = '0'.repeat(32)
  const six = (device: string) =>
    `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200 ${device}\n`
  t.equal(hasDefaultRoute(head, six('lo')), false)
  t.equal(hasDefaultRoute(head, six('wlan0')), true)
})

t.test('the name of the broker', async (t) => {
  t.same(
    await lookAtName('b.example', async () => ['192.0.2.1', '2001:db8::1']),
    good('b.example is 192.0.2.1, 2001:db8::1'),
  )
  t.match(await lookAtName('b.example', () => coded('ENOTFOUND')), { result: 'failed', next: /broker\.url/ })
  t.match(await lookAtName('b.example', () => coded('EAI_AGAIN')), { result: 'failed', next: /name server/ })
  t.match(
    await lookAtName('192.0.2.1', () => coded('ENOTFOUND')),
    { result: 'good' },
    'nobody is asked for an address',
  )
})

t.test('supply, temperature, Node.js', async (t) => {
  t.equal(judgeSupply({}).result, 'skipped')
  t.equal(judgeSupply({ underVoltage: false }).result, 'good')
  t.match(judgeSupply({ underVoltage: true }), { result: 'failed', next: /power supply/ })
  t.equal(judgeTemperature({}).result, 'skipped')
  t.same(judgeTemperature({ temperatureCelsius: 51.4 }), good('51 °C'))
  t.equal(judgeTemperature({ temperatureCelsius: 80 }).result, 'warning')
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  t.match(engines.node, />=\s*20/, 'what is asked for is what the package asks for')
  t.equal(judgeNode('v20.1.0').result, 'good')
  t.match(judgeNode('v18.19.0'), { result: 'failed', next: /nodejs/ })
})

t.test('service', async (t) => {
  const shown = (load: string, active: string, watchdog = '30s') =>
    judgeService(`LoadState=${load}\nActiveState=${active}\nWatchdogUSec=${watchdog}\n`)
  t.same(shown('loaded', 'active'), good('running, with a watchdog of 30s'))
  t.match(shown('loaded', 'failed'), { result: 'failed', next: /journalctl -u faccina/ })
  t.match(shown('loaded', 'inactive'), { result: 'warning', next: /systemctl start faccina/ })
  t.match(shown('masked', 'inactive'), { result: 'failed', next: /unmask/ })
  t.match(shown('loaded', 'active', '0'), { result: 'warning', next: /WatchdogSec/ })
  t.equal(shown('not-found', 'inactive').result, 'skipped')
  t.equal(judgeService(undefined).result, 'skipped')
  t.equal(judgeService('').result, 'skipped')
})

t.test('printed for people', async (t) => {
  const bad = { name: 'disk', ...failed('one\ntwo', 'Mend it.') }
  t.equal(printed(bad, false), '✗ disk          one\n                two\n                → Mend it.\n')
  t.equal(printed({ name: 'x', ...good('fine') }, true), '\u001b[32m✓\u001b[0m x             fine\n')
  const some = [bad, { name: 'x', ...good('fine') }, { name: 'y', ...warning('so', 'Do.') }]
  t.equal(summed(some), 'Not well: 1 good, 1 to know of, 1 failed, 0 not looked at. Begin with: disk.\n')
  t.match(summed(some.slice(1)), /^All is well: 1 good/)
})
