import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { judgeEndurance, readWear } from '../../src/system/doctor/endurance.ts'
import { interfacesIn } from '../../src/system/doctor/network.ts'

t.test('what wear means', async (t) => {
  const disk = 'mmcblk0'
  const cases: [Parameters<typeof judgeEndurance>[0], string, RegExp, RegExp][] = [
    [undefined, 'skipped', /not known to the kernel/, /^$/],
    [{ disk }, 'skipped', /does not say how worn/, /^$/],
    [{ disk, writtenBytes: 3 * 2 ** 20 }, 'good', /3 MiB written/, /^$/],
    [{ disk, lifeTime: [1, 2], preEndOfLife: 1 }, 'good', /at most 20 % of its life/, /^$/],
    [{ disk, lifeTime: [9, 1], preEndOfLife: 1 }, 'warning', /90 %/, /Plan to exchange/],
    [{ disk, lifeTime: [1, 1], preEndOfLife: 2 }, 'warning', /80 % of its spare/, /Plan to exchange/],
    [{ disk, lifeTime: [11], preEndOfLife: 1 }, 'failed', /its life is over/, /Exchange the card now/],
    [{ disk, preEndOfLife: 3 }, 'failed', /90 % of its spare/, /Exchange the card now/],
  ]
  for (const [wear, result, found, next] of cases)
    t.match(judgeEndurance(wear), { result, found, next }, JSON.stringify(wear))
})

t.test('what the kernel says of an eMMC, from a partition of it', async (t) => {
  const sys = t.testdir()
  const directory = t.testdirName
  const { dev } = await stat(directory)
  const number = `${(dev >>> 8) & 0xfff}:${(dev & 0xff) | ((dev >>> 12) & 0xfff00)}`
  const disk = join(sys, 'devices/mmcblk0')
  await mkdir(join(disk, 'mmcblk0p3'), { recursive: true })
  await mkdir(join(disk, 'device'))
  await mkdir(join(sys, 'dev/block'), { recursive: true })
  await symlink(join(disk, 'mmcblk0p3'), join(sys, 'dev/block', number))
  await writeFile(join(disk, 'mmcblk0p3/partition'), '3\n')
  await writeFile(join(disk, 'device/life_time'), '0x01 0x03\n')
  await writeFile(join(disk, 'device/pre_eol_info'), '0x01\n')
  await writeFile(join(disk, 'stat'), '    100 1 2 3 200 5 4096 7 0 8 9\n')
  t.same(await readWear(directory, sys), {
    disk: 'mmcblk0',
    lifeTime: [1, 3],
    preEndOfLife: 1,
    writtenBytes: 4096 * 512,
  })
  t.equal(await readWear(directory, join(sys, 'nowhere')), undefined)
})

t.test('interfaces where the kernel may not be asked by netlink', async (t) => {
  const route = 'Iface\tDestination\tGateway\neth0\t00000000\t0101A8C0\nlo\t0000007F\t0\neth0\t0001A8C0\t0\n'
  const route6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000400 1 0 3 wlan0\n`
  t.same(interfacesIn(route, route6), ['eth0', 'wlan0'])
  t.same(interfacesIn('', ''), [])
})
