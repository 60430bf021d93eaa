import t from 'tap'
import { makeRaspiIo, type RaspiWorld } from '../../src/panels/boards/raspi-io.ts'
import { openWs281x } from '../../src/panels/lights/ws281x.ts'
import { loadOptional } from '../../src/panels/optional.ts'
import { decodeRevision } from '../../src/panels/pi.ts'

/*
 * What must be said clearly, of drivers that go past the kernel: each condition is provoked, and the words
 * that a technician gets are looked at.
 */

const ws281x = (uid: number, revision?: number, load?: (name: string) => Promise<unknown>) =>
  openWs281x(
    { gpio: '10', count: 48, order: 'GRB' },
    {
      uid,
      pi: async () => (revision === undefined ? undefined : decodeRevision(revision)),
      load: load ?? (() => t.fail('it was loaded') as never),
    },
  )

t.test('an optional module that is absent: which one, and that the image or install lacks it', async (t) => {
  const name = 'faccina-has-no-such-module'
  await t.rejects(loadOptional(name), {
    name: 'HardwareError',
    message: `the module ${name} is not there: this image or installation lacks it (npm ci brings it; on a Raspberry Pi see hardware/raspi/README.md)`,
  })
})

/** How a module that is there fails to load → what is said of it. */
const broken: [NodeJS.ErrnoException, RegExp][] = [
  [
    Object.assign(new Error("Cannot find package 'pigpio' imported from …"), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
    /^the module raspi-io is there, but .* lacks what it needs: Cannot find package 'pigpio'/,
  ],
  [
    new Error('Could not locate the bindings file. Tried:\n → /usr/lib/…'),
    /^the module raspi-io is there, .* lacks what it needs: it has not been built \(npm ci brings it; on a Raspberry Pi see hardware\/raspi/,
  ],
  [new Error('libpigpio.so.1: cannot open shared object file'), /libpigpio\.so\.1: cannot open/],
]

t.test('an optional module that does not load: what it lacks', async (t) => {
  for (const [error, message] of broken) {
    const load = () => Promise.reject(error)
    await t.rejects(loadOptional('raspi-io', load), { name: 'HardwareError', message, cause: error })
  }
})

t.test('rpi-ws281x-native without root: refused, it would only pretend', async (t) => {
  await t.rejects(ws281x(1000, 0xa02082), {
    name: 'HardwareError',
    message:
      /^refused: without root rpi-ws281x-native would only pretend .* lights over SPI, .* arcade-linux/,
  })
})

t.test('a revision that is not supported: which one, and to choose lights over SPI', async (t) => {
  for (const revision of [0x902120, 0xa020d4, 0xb03115, 0xc03115, 0xd03115, 0xa03141]) {
    const { name } = decodeRevision(revision)!
    await t.rejects(ws281x(0, revision), {
      name: 'HardwareError',
      message: `rpi-ws281x-native does not support the revision ${revision.toString(16)} (${name}): choose lights over SPI, as the profile arcade-linux does`,
    })
  }
  for (const revision of [0xc04170, 0xd04190, 0xc04180])
    await t.rejects(ws281x(0, revision), {
      name: 'HardwareError',
      message: new RegExp(
        `the revision ${revision.toString(16)} .*: choose .* arcade-pi5, .*; over SPI they may`,
      ),
    })
  await t.rejects(ws281x(0), { message: /^refused: this is no Raspberry Pi/ })
})

const absent = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from x`), { code: 'ERR_MODULE_NOT_FOUND' })

t.test('rpi-ws281x-native that is absent', async (t) => {
  await t.rejects(
    ws281x(0, 0xa02082, () => Promise.reject(absent('rpi-ws281x-native'))),
    {
      name: 'HardwareError',
      message: /^the module rpi-ws281x-native is not there: this image or installation lacks it/,
    },
  )
})

/** A raspi-io whose pigpio cannot start, as pigpio 1.3.0 says it. */
const failing = async () => ({
  RaspiIO: class {
    constructor() {
      throw new Error('pigpio error -1 in gpioInitialise')
    }
  },
})

const raspiIo = (uid: number, revision?: number, world: RaspiWorld = {}) =>
  makeRaspiIo(
    { lines: [17, 27, 22], i2c: false },
    {
      uid,
      pi: async () => (revision === undefined ? undefined : decodeRevision(revision)),
      load: () => t.fail('it was loaded') as never,
      ...world,
    },
  )

t.test('pigpio -1: not root, a Pi 5, or pigpiod is running, as far as it can be told', async (t) => {
  await t.rejects(raspiIo(1000, 0xa02082), {
    name: 'HardwareError',
    message: /^raspi-io needs root, .*: run as root, or choose keys of the kernel, .* arcade-linux/,
  })
  await t.rejects(raspiIo(0, 0xc04170), {
    name: 'HardwareError',
    message: /rejects a Pi 5 1\.0 \(revision c04170\): choose the profile arcade-pi5/,
  })
  await t.rejects(raspiIo(0), { message: /^this is no Raspberry Pi/ })
  await t.rejects(raspiIo(0, 0xa02082, { load: failing, rival: async () => 4711 }), {
    name: 'HardwareError',
    message:
      /^pigpio cannot start \(pigpio error -1 in gpioInitialise\): pigpiod, .* as process 4711: sudo systemctl disable --now pigpiod$/,
  })
  await t.rejects(raspiIo(0, 0xa02082, { load: failing, rival: async () => undefined }), {
    name: 'HardwareError',
    message:
      /^pigpio cannot start \(.* -1 .*\): not root \(in a container\?\), a Pi 5, or pigpiod is running;/,
  })
})

t.test('raspi-io that is absent', async (t) => {
  await t.rejects(raspiIo(0, 0xa02082, { load: () => import('raspi-io-that-is-nowhere' as string) }), {
    name: 'HardwareError',
    message: /^the module raspi-io is there, but .* lacks what it needs: Cannot find package 'raspi-io-that/,
  })
  await t.rejects(raspiIo(0, 0xa02082, { load: () => Promise.reject(absent('raspi-io')) }), {
    name: 'HardwareError',
    message: /^the module raspi-io is not there: this image or installation lacks it/,
  })
})
