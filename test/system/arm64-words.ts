import { makeRaspiIo } from '../../src/panels/boards/raspi-io.ts'
import { openWs281x } from '../../src/panels/lights/ws281x.ts'
import { openPanel } from '../../src/panels/open-panel.ts'
import { loadOptional } from '../../src/panels/optional.ts'
import { decodeRevision } from '../../src/panels/pi.ts'
import type { Profile } from '../../src/panels/profile/profile.ts'
import { readProfile } from '../../src/panels/profile/profile-files.ts'
import type { Part } from '../../src/ports/panel.ts'
import { SystemClock } from '../../src/system/clock.ts'

/*
 * Runs on arm64 that is no Pi, with the real packages: prints what our drivers say when they try, as JSON.
 * Some of it with a Pi that we only claim is there, so that the packages are really loaded and asked.
 */

const pixels = { gpio: '10', count: 48, order: 'GRB' } as const
const lines = { lines: [17, 27, 22], i2c: false }
const claimed = { pi: async () => decodeRevision(0xa02082) }

async function said(attempt: () => Promise<unknown>): Promise<string> {
  return attempt().then(
    () => 'it works',
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

async function loads(name: string): Promise<string> {
  return loadOptional<object>(name).then(
    (loaded) => typeof loaded,
    (error: Error) => error.message,
  )
}

let terminated = false
process.on('SIGTERM', () => {
  terminated = true
})

const modules = ['epoll', 'i2c-bus', 'spi-device', 'rpi-ws281x-native', 'pigpio', 'raspi-io', 'johnny-five']
const words = {
  arch: process.arch,
  uid: process.getuid?.(),
  modules: Object.fromEntries(
    await Promise.all(modules.map(async (name) => [name, await loads(name)] as const)),
  ),
  pixelsHere: await said(() => openWs281x(pixels)),
  pixelsClaimed: await said(() => openWs281x(pixels, claimed)),
  linesHere: await said(() => makeRaspiIo(lines)),
  linesClaimed: await said(() => makeRaspiIo(lines, claimed)),
  terminated: await signalled(),
  panel: await panel(),
}
console.log(JSON.stringify(words))
process.exit(0)

/** Whether SIGTERM still comes to us after pigpio has tried to start. */
async function signalled(): Promise<boolean> {
  process.kill(process.pid, 'SIGTERM')
  for (let i = 0; i < 100 && !terminated; i++) await new Promise((resolve) => setTimeout(resolve, 20))
  return terminated
}

/** What the parts of a whole panel say of themselves, once each has been tried. */
async function panel(): Promise<Record<string, string>> {
  const clock = SystemClock.open({ source: 'system' })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const lighting = { brightness: () => 1, animation: false }
  const listen = { host: '127.0.0.1', port: 0 }
  const profile: Profile = { ...(await readProfile('arcade-raspi')), display: { driver: 'none' } }
  const opened = await openPanel(profile, { clock, log, lighting, browser: { listen } })
  opened.keys.listen(() => {})
  const problemOf = (part: Part) => {
    const found = part.condition()
    return found.is === 'broken' ? found.problem : found.is
  }
  const told = () => ({ keys: problemOf(opened.keys), lights: problemOf(opened.lights) })
  for (let i = 0; i < 500 && /being opened/.test(JSON.stringify(told())); i++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const result = told()
  await opened[Symbol.asyncDispose]()
  return result
}
