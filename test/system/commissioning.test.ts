import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { CommissioningEvent, GapEvent, TotalsMessage, VoteEvent } from '../../src/contract/schemas.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { readmeCode } from '../contracts/readme-code.ts'
import { EmulatedArduino } from './avr/emulated-arduino.ts'
import { launchChromium } from './chromium.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** A technician before the real daemon: holds two keys, presses what lights, and mosquitto has the record. */

t.setTimeout(300_000)

const pixelPin = 6
const pins = { satisfied: 2, neutral: 3, dissatisfied: 4, 'reason-1': 7, skip: 9 } as const
const patienceMs = 60_000
const { isGenuine } = await readmeCode()

/** Waits for the question, and presses what it asks for. */
async function answer(
  terminal: TerminalChild,
  keys: readonly string[],
  press: (key: string) => Promise<unknown>,
): Promise<void> {
  for (const key of keys) {
    await terminal.scene(({ screen }) => screen.title === `Press: ${key}`, patienceMs)
    await press(key)
  }
  await terminal.scene(({ screen }) => screen.title.startsWith('All readable'), patienceMs)
  await press('satisfied')
  await terminal.scene(({ screen }) => /^(Passed|Failed)/.test(screen.title), 90_000)
}

t.test('two real keys, held for ten seconds', async (t) => {
  await using arduino = await EmulatedArduino.start(pixelPin)
  await using mosquitto = await openMosquitto()
  await using subscriber = await Subscriber.open(mosquitto.port)
  const directory = await folder(t)
  const profile = join(directory, 'panel.yaml')
  const device = arduino.path
  await writeFile(
    profile,
    JSON.stringify({
      title: 'Buttons and rings on an emulated Arduino',
      keys: { driver: 'usb', device, pins },
      lights: { driver: 'usb', device, pin: pixelPin, pixelsPerFace: 16, maxMilliamps: 2_000 },
      display: { driver: 'browser' },
    }),
  )
  await using terminal = await TerminalChild.start({
    directory,
    broker: `mqtt://127.0.0.1:${mosquitto.port}`,
    more: { panel: profile, languages: ['it', 'de'] },
  })
  await terminal.said(/part ready.*keys on the Arduino/, patienceMs)
  await terminal.said(/part ready.*lights on the Arduino/, patienceMs)
  await terminal.scene(({ at }) => at === 'idle', patienceMs)

  await arduino.do(`close ${pins.satisfied}`)
  await arduino.do(`close ${pins.dissatisfied}`)
  await terminal.scene(({ screen }) => screen.title === it2009.texts.it.held, patienceMs)
  await terminal.scene(({ screen }) => screen.title === 'Press: satisfied', patienceMs)
  await arduino.do(`open ${pins.satisfied}`)
  await arduino.do(`open ${pins.dissatisfied}`)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const press = async (key: string) => {
    const { screen } = await terminal.scene(() => true)
    const answered = terminal.scene((scene) => scene.screen.title !== screen.title, patienceMs)
    await arduino.do(`close ${pins[key as keyof typeof pins]}`)
    await answered
    await arduino.do(`open ${pins[key as keyof typeof pins]}`)
    // No hand is so quick that a key opens and closes while its contacts may still bounce.
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await answer(terminal, Object.keys(pins), press)

  await subscriber.until(() => subscriber.of('commissioning').length > 0, patienceMs)
  const [record] = subscriber.of<CommissioningEvent>('commissioning')
  if (!record) return t.fail('no record')
  t.comment(JSON.stringify(record.data.checks, undefined, 1))
  t.ok(isGenuine(record), 'signed by the key of the terminal')
  t.match(record.data, {
    by: 'keys',
    keys: Object.fromEntries(Object.keys(pins).map((key) => [key, 'pressed'])),
    lights: { satisfied: 'seen', neutral: 'seen', dissatisfied: 'seen' },
    display: 'readable',
  })
  const checks = new Map(record.data.checks.map(({ name, ...told }) => [name, told]))
  t.match(checks.get('broker'), { result: 'good', found: /127.0.0.1 port \d+ answers/ })
  t.match(checks.get('MQTT'), { result: 'good' })
  t.match(checks.get('storage'), { found: /a write is on the disk after/ })
  for (const name of ['clock', 'network', 'name', 'endurance', 'supply', 'temperature'])
    t.ok(checks.has(name), `${name}: ${checks.get(name)?.found}`)
  const key = await stat(join(directory, 'store/identity/key.pem'))
  t.equal(key.mode & 0o777, 0o600)
  t.same(JSON.parse(await readFile(join(directory, 'store/commissioning.json'), 'utf8')), record)
  t.match(subscriber.of<GapEvent>('gap'), [{ data: { from: 1, to: 1, cause: 'withdrawn' } }])

  await press('neutral')
  await terminal.scene(({ at, screen }) => at === 'idle' && screen.choices.length === 3, patienceMs)
  const thanked = terminal.scene(({ at }) => at === 'thanking', patienceMs)
  await arduino.do(`close ${pins.neutral}`)
  await thanked
  await arduino.do(`open ${pins.neutral}`)
  await subscriber.until(() => subscriber.of('vote').length === 1, patienceMs)
  t.match(subscriber.of<VoteEvent>('vote'), [{ data: { sequence: 2, face: 'neutral' } }])
  const totals = () => subscriber.of<TotalsMessage>('totals').at(-1)
  await subscriber.until(() => totals()?.sequence === 2, patienceMs)
  t.match(totals(), { sequence: 2, votes: 1 })
  t.notMatch(terminal.output, /not connected/, 'its own session was left alone')
  await terminal.kill('SIGTERM')

  // Who comes later gets it from the broker.
  await using later = await Subscriber.open(mosquitto.port, { clientId: 'later' })
  await later.until(() => later.of('commissioning').length === 1)
  t.same(later.of('commissioning'), [record])
  t.notMatch(terminal.output, /unhandled|uncaught/i)
})

t.test('two fingers on the page; and at the start, where it is asked for', async (t) => {
  // First: a browser may take longer to start than the terminal waits for a key.
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  await using mosquitto = await openMosquitto()
  await using subscriber = await Subscriber.open(mosquitto.port)
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  await writeFile(join(store, 'commission'), '')
  await using terminal = await TerminalChild.start({
    directory,
    broker: `mqtt://127.0.0.1:${mosquitto.port}`,
    more: { languages: ['it'] },
  })
  const context = await browser.newContext({ viewport: { width: 800, height: 480 }, hasTouch: true })
  const page = await context.newPage()
  await page.goto(terminal.address)
  const shots = process.env.FACCINA_SHOTS
  const shot = async (name: string) => {
    if (shots) await page.screenshot({ path: join(shots, `commissioning-${name}.png`) })
  }
  const tap = (key: string) => page.locator(`[data-key="${key}"]`).tap({ timeout: 10_000 })
  const keys = [
    'satisfied',
    'neutral',
    'dissatisfied',
    'reason-1',
    'reason-2',
    'reason-3',
    'reason-4',
    'skip',
  ]

  // Asked for by its file.
  await terminal.scene(({ screen }) => screen.title === 'Press: satisfied', patienceMs)
  await shot('face')
  await answer(terminal, keys, tap)
  await shot('outcome')
  await subscriber.until(() => subscriber.of('commissioning').length === 1, patienceMs)
  t.match(subscriber.of<CommissioningEvent>('commissioning'), [
    { data: { by: 'request', lights: { satisfied: 'seen', neutral: 'seen', dissatisfied: 'seen' } } },
  ])
  await tap('dissatisfied')
  await terminal.scene(({ at }) => at === 'idle', patienceMs)
  await t.rejects(stat(join(store, 'commission')), { code: 'ENOENT' }, 'and not asked for any more')

  // By two fingers.
  const touch = await context.newCDPSession(page)
  const points: { x: number; y: number; id: number }[] = []
  for (const [id, key] of ['satisfied', 'dissatisfied'].entries()) {
    const box = (await page.locator(`[data-key="${key}"]`).boundingBox())!
    points.push({ x: box.x + box.width / 2, y: box.y + box.height / 2, id })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: points })
  }
  await terminal.scene(({ screen }) => screen.title === it2009.texts.it.held, patienceMs)
  await page.locator('.title', { hasText: it2009.texts.it.held }).waitFor()
  await shot('held')
  await terminal.scene(({ screen }) => screen.title === 'Press: satisfied', patienceMs)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await answer(terminal, keys, tap)
  await subscriber.until(() => subscriber.of('commissioning').length === 2, patienceMs)
  const record = subscriber.of<CommissioningEvent>('commissioning').at(-1)
  t.match(record, { data: { by: 'keys' } })
  t.ok(isGenuine(record))
  t.match(subscriber.of<GapEvent>('gap'), [{ data: { cause: 'withdrawn' } }])
  t.same(subscriber.of('vote'), [])
})
