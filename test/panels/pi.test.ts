import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { abilities, decodeRevision, readPi, ws281xRevisions } from '../../src/panels/pi.ts'
import { smallRoot } from '../fakes/small-root.ts'

/** A code → what is read, and what that Pi can do: raspi-io, rpi-ws281x-native, SPI, /dev/leds0. */
const table: [number, string, number | string, string][] = [
  [0x0002, 'Pi B 1.0', 1, 'raspi-io ws281x yes -'],
  [0x0010, 'Pi B+ 1.2', 1, 'raspi-io ws281x yes -'],
  [0x100000e, 'Pi B 2.0', 1, 'raspi-io - yes -'],
  [0x9000c1, 'Pi Zero W 1.1', 1, 'raspi-io ws281x yes -'],
  [0x902120, 'Pi Zero 2 W 1.0', 3, 'raspi-io - yes -'],
  [0xa01041, 'Pi 2B 1.1', 2, 'raspi-io ws281x yes -'],
  [0xa02082, 'Pi 3B 1.2', 3, 'raspi-io ws281x yes -'],
  [0x2a02082, 'Pi 3B 1.2', 3, 'raspi-io - yes -'],
  [0xa020d3, 'Pi 3B+ 1.3', 3, 'raspi-io ws281x yes -'],
  [0xa020d4, 'Pi 3B+ 1.4', 3, 'raspi-io - yes -'],
  [0xc03114, 'Pi 4B 1.4', 4, 'raspi-io ws281x yes -'],
  [0xc03115, 'Pi 4B 1.5', 4, 'raspi-io - yes -'],
  [0xc03130, 'Pi 400 1.0', 4, 'raspi-io ws281x yes -'],
  [0xa03140, 'Pi CM4 1.0', 4, 'raspi-io ws281x yes -'],
  [0xa03141, 'Pi CM4 1.1', 4, 'raspi-io - yes -'],
  [0xc04170, 'Pi 5 1.0', 5, '- - risky leds0'],
  [0xd04171, 'Pi 5 1.1', 5, '- - risky leds0'],
  [0xc04180, 'Pi CM5 1.0', 5, '- - risky leds0'],
  [0xd04190, 'Pi 500 1.0', 5, '- - risky leds0'],
  [0xc057f1, 'Pi of type 7f 1.1', 'unknown', '- - risky leds0'],
]

t.test('a revision code says which Pi it is, and what it can do', async (t) => {
  for (const [code, name, chip, said] of table) {
    const pi = decodeRevision(code)!
    t.same([pi.name, pi.chip], [name, chip], code.toString(16))
    const { raspiIo, ws281xNative, spiPixels, leds0 } = abilities(pi)
    const can = [raspiIo ? 'raspi-io' : '-', ws281xNative ? 'ws281x' : '-', spiPixels, leds0 ? 'leds0' : '-']
    t.equal(can.join(' '), said, code.toString(16))
  }
  t.equal(decodeRevision(0x2)!.revision, '0002')
  t.equal(decodeRevision(0xffffffff)!.revision, 'ffffffff', 'without a sign')
  for (const code of [0, 1, 0x0a, 0x16]) t.equal(decodeRevision(code), undefined, `${code} is no Pi`)
})

t.test('the kernel says it in its device tree, an old one in /proc/cpuinfo', async (t) => {
  const tree = { 'proc/device-tree/system/linux,revision': Buffer.from([0, 0xc0, 0x31, 0x15]) }
  const cpuinfo = { 'proc/cpuinfo': 'Hardware\t: BCM2835\nRevision\t: a02082\nSerial\t\t: 00000000f00d\n' }
  t.match(await readPi(smallRoot(t, tree)), { revision: 'c03115', name: 'Pi 4B 1.5' })
  t.match(await readPi(smallRoot(t, cpuinfo)), { revision: 'a02082', name: 'Pi 3B 1.2' })
  t.match(await readPi(smallRoot(t, { ...tree, ...cpuinfo })), { revision: 'c03115' })
  for (const other of [{}, { 'proc/cpuinfo': 'model name\t: Intel\n' }])
    t.equal(await readPi(smallRoot(t, other)), undefined, 'other computers are none')
  const short = { 'proc/device-tree/system/linux,revision': Buffer.from([0, 1]) }
  t.equal(await readPi(smallRoot(t, short)), undefined)
})

const source = new URL('../../node_modules/rpi-ws281x-native/src/rpi_ws281x/rpihw.c', import.meta.url)
const skip = existsSync(source) ? false : 'rpi-ws281x-native is not installed'

t.test('our list of revisions is that of the package', { skip }, async (t) => {
  const codes = readFileSync(source, 'utf8').matchAll(/\.hwver\s*=\s*0x([0-9a-f]+)/gi)
  const theirs = [...codes].map(([, code]) => Number.parseInt(code!, 16))
  t.same([...ws281xRevisions].sort(), theirs.sort())
})
