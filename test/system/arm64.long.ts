import { readdir } from 'node:fs/promises'
import { build } from 'esbuild'
import t from 'tap'
import { Arm64Root, registerArm64, whyNoArm64 } from './arm64-root.ts'
import { folder } from './folder.ts'

/*
 * The optional packages on arm64: they install by the documented recipe, load, and fail with our words
 * where there is no Pi. Takes a quarter of an hour the first time, and some minutes afterwards.
 */

const repository = new URL('../../', import.meta.url).pathname
const skip = (await whyNoArm64()) ?? false

t.test('the recipe installs what loads, and what loads fails with our words', { skip }, async (t) => {
  await registerArm64()
  await using root = await Arm64Root.open()
  for (const file of [
    'package.json',
    'package-lock.json',
    'hardware/raspi/install.sh',
    'hardware/panels/arcade-raspi.yaml',
  ])
    await root.copy(`${repository}${file}`, `faccina/${file}`)

  const begun = performance.now()
  const installed = await root.run('cd /faccina && sh hardware/raspi/install.sh')
  t.comment(`the recipe took ${Math.round((performance.now() - begun) / 1000)} s`)
  if (!t.equal(installed.code, 0, 'the recipe ends well')) return t.comment(installed.output.slice(-3000))
  const names = (await readdir(root.path('faccina/node_modules'))).filter((name) => native.includes(name))
  t.same(names.sort(), native, 'nothing was left out in silence')

  const again = await root.run('cd /faccina && sh hardware/raspi/install.sh check')
  t.equal(again.code, 0, 'it can be asked whether all is well')

  const script = `${await folder(t)}/words.mjs`
  await build({ ...bundle, entryPoints: [`${repository}test/system/arm64-words.ts`], outfile: script })
  await root.copy(script, 'faccina/dist/words.mjs')
  const words = async (prefix = '') => {
    const { output } = await root.run(`cd /faccina && ${prefix} node dist/words.mjs`)
    t.comment(output)
    return JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}')
  }
  t.match(await words(), expected, 'as root')
  t.match(await words('setpriv --reuid=65534 --clear-groups'), { ...expected, ...withoutRoot }, 'not root')

  await root.run('rm -r /faccina/node_modules/rpi-ws281x-native/build /usr/local/lib/libpigpio.so*; ldconfig')
  t.match(await words(), { ...expected, ...spoilt }, 'and what was lost since is named')
  const broken = await root.run('cd /faccina && sh hardware/raspi/install.sh check')
  t.not(broken.code, 0, 'by the recipe, too')
  t.match(broken.output, /failed: rpi-ws281x-native does not load/)
})

const native = ['epoll', 'i2c-bus', 'pigpio', 'raspi-io', 'rpi-ws281x-native', 'spi-device']

const bundle = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
} as const

const noPi = /^(HardwareError: )?(refused: )?this is no Raspberry Pi/

const expected = {
  arch: 'arm64',
  uid: 0,
  modules: {
    epoll: 'object',
    'i2c-bus': 'object',
    'spi-device': 'object',
    'rpi-ws281x-native': 'function',
    pigpio: 'object',
    'raspi-io': 'object',
    'johnny-five': 'object',
  },
  pixelsHere: noPi,
  pixelsClaimed:
    /^HardwareError: rpi-ws281x-native does not support the revision a02082 .*: choose lights over SPI/,
  linesHere: noPi,
  linesClaimed:
    /^HardwareError: pigpio cannot start \(.*-1.*gpioInitialise.*\): not root \(in a container\?\), a Pi 5, or/,
  terminated: true,
  panel: { keys: noPi, lights: noPi },
}

const withoutRoot = {
  uid: 65534,
  pixelsHere: /^HardwareError: refused: without root rpi-ws281x-native would only pretend/,
  pixelsClaimed: /^HardwareError: refused: without root rpi-ws281x-native would only pretend/,
  linesHere: /^HardwareError: raspi-io needs root/,
  linesClaimed: /^HardwareError: raspi-io needs root/,
  panel: {
    keys: /^raspi-io needs root/,
    lights: /^refused: without root rpi-ws281x-native would only pretend/,
  },
}

const spoilt = {
  modules: {
    ...expected.modules,
    'rpi-ws281x-native': /^the module rpi-ws281x-native is there, but .* it has not been built/,
    pigpio: /^the module pigpio is there, but .* libpigpio\.so/,
    'raspi-io': /^the module raspi-io is there, but .* libpigpio\.so/,
  },
  pixelsClaimed: /^HardwareError: the module rpi-ws281x-native is there, but/,
  linesClaimed: /^HardwareError: the module raspi-io is there, but/,
}
