import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import type { VoteEvent } from '../../src/contract/schemas.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { faces, type Key, type Language } from '../../src/domain/words.ts'
import { colour565 } from '../../src/panels/displays/nextion/layout.ts'
import { variantsOf } from '../../src/panels/displays/short-labels.ts'
import { faceColours } from '../../src/panels/faces.ts'
import { NextionModel } from '../fakes/nextion-model.ts'
import { carriedOut } from '../panels/nextion/raster.ts'
import { folder } from './folder.ts'
import { healthOf } from './health-of.ts'
import { openMosquitto } from './mosquitto.ts'
import { SerialDevice } from './serial-device.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/**
 * `faccina run` with the profile of the Nextion, mosquitto, and on a pty the display's model: its glass is
 * read, and touched. Needs python3.
 */

const patienceMs = 30_000
/** Longer than it takes to notice a display that is gone, also where the kernel does not say so. */
const reasonSeconds = 10
/** What a display is greeted with, and refuses. */
const greeting = ['', 'DRAKJHSUYDGBNCJHGJKSHBDN']

/** A display that tells when something new is on its glass. */
class WatchedModel extends NextionModel {
  readonly #listeners = new Set<() => void>()

  override receive(bytes: Uint8Array): void {
    super.receive(bytes)
    for (const listener of this.#listeners) listener()
  }

  /** What a citizen reads, each text in one line. */
  get read(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.texts).map(([name, text]) => [name, text.replaceAll('\n', ' ')]),
    )
  }

  /** Whether a text stands there, in the survey's words or in short ones. */
  says(name: string, text: string, language: Language): boolean {
    return variantsOf(text, language).includes(this.read[name] ?? '')
  }

  /** Resolves once the glass is so. */
  shows(so: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        settle()
      }
      const look = () => {
        if (so()) finish(resolve)
      }
      const found = () => `${what}, within ${patienceMs} ms; ${this.page}: ${JSON.stringify(this.read)}`
      const timer = setTimeout(() => finish(() => reject(new Error(found()))), patienceMs)
      this.#listeners.add(look)
      look()
    })
  }

  /** Resolves once the faces invite, in a language. */
  invites(language: Language): Promise<void> {
    const { question, faces } = it2009.texts[language]
    const so = () =>
      this.page === 'faces' &&
      this.read.title === question &&
      this.read.label3 === faces.dissatisfied &&
      this.read.language !== undefined &&
      this.litFaces === 3
    return this.shows(so, `the question in ${language}`)
  }

  /** Resolves once the reasons are offered, in a language, and their time has hardly begun. */
  asks(language: Language): Promise<void> {
    const { why, skip } = it2009.texts[language]
    const so = () =>
      this.page === 'reasons' &&
      this.says('title', why, language) &&
      this.says('skip', skip, language) &&
      Number(this.value('time', 'val')) > 50
    return this.shows(so, `the reasons in ${language}`)
  }

  /** Resolves once it says thank you. */
  thanks(language: Language): Promise<void> {
    const { thanks, recorded } = it2009.texts[language]
    // A font has no narrow space of its own.
    const so = () => this.page === 'message' && this.read.title === thanks && this.read.hint === recorded
    return this.shows(so, `the thank-you in ${language}`)
  }

  /** How many faces are drawn in their full colour. */
  get litFaces(): number {
    const pixels = carriedOut(this.drawn, 320, 240)
    return faces.filter((face) => {
      const lit = colour565(faceColours[face].lit)
      return pixels.reduce((sum, pixel) => sum + (pixel === lit ? 1 : 0), 0) > 1_000
    }).length
  }

  /** A finger comes and goes. */
  tap(key: Key): void {
    this.press(key)
    this.release()
  }
}

t.test('the whole daemon on a Nextion: touches become votes, and asking survives the plug', async (t) => {
  const directory = await folder(t)
  // Devices are looked for in /dev only, and this is a folder in there that anybody may use.
  const devices = await mkdtemp('/dev/shm/faccina-nextion-')
  t.teardown(() => rm(devices, { recursive: true, force: true }))
  const model = new WatchedModel()
  const device = await SerialDevice.make(t, devices, 'usb-1a86_USB_Serial-if00-port0', model)
  await device.plugIn()
  await using mosquitto = await openMosquitto()
  await using subscriber = await Subscriber.open(mosquitto.port)
  await using terminal = await TerminalChild.launch({
    directory,
    broker: `mqtt://127.0.0.1:${mosquitto.port}`,
    more: {
      panel: await profileOn(device.byId, directory),
      languages: ['it', 'de'],
      visit: { correctionSeconds: 0.5, lockoutSeconds: 1, reasonSeconds },
    },
  })
  const votes = () => subscriber.of<VoteEvent>('vote').map(({ data }) => data)
  const counted = (count: number) => subscriber.until(() => votes().length === count, patienceMs)
  await terminal.said(/part ready.*Nextion display/, patienceMs)

  await t.test('green is one vote', async (t) => {
    await model.invites('it')
    t.strictSame(model.keys, [...faces, 'language'])
    t.equal(model.read.language, 'Deutsch')
    model.tap('satisfied')
    await model.thanks('it')
    await counted(1)
    t.match(votes()[0], { sequence: 1, face: 'satisfied', outcome: 'not-asked', language: 'it' })
  })

  await t.test('red asks, and a touch on a reason is that reason', async (t) => {
    await model.invites('it')
    model.tap('dissatisfied')
    await model.asks('it')
    for (const [i, reason] of it2009.reasons.entries())
      t.ok(model.says(`reason${i + 1}`, it2009.texts.it.reasons[reason], 'it'), reason)
    model.tap('reason-3')
    await model.thanks('it')
    await counted(2)
    t.match(votes()[1], { sequence: 2, face: 'dissatisfied', reason: 'must-return', outcome: 'selected' })
  })

  await t.test('nobody has to answer, and another language is one touch away', async (t) => {
    await model.invites('it')
    model.tap('language')
    await model.invites('de')
    t.equal(model.read.language, 'Italiano')
    model.tap('dissatisfied')
    await model.asks('de')
    model.tap('language')
    await model.asks('it')
    model.tap('language')
    await model.asks('de')
    t.equal(model.read.reason1, 'Wartezeit')
    model.tap('skip')
    await model.thanks('de')
    await counted(3)
    t.match(votes()[2], { sequence: 3, face: 'dissatisfied', outcome: 'skipped', language: 'de' })
    t.notOk('reason' in votes()[2]!)
  })

  await t.test('unplugged while it asks: the vote counts, and health says where to look', async (t) => {
    await model.invites('it')
    model.press('dissatisfied')
    await model.asks('it')
    const from = terminal.output.length
    await device.unplug()
    await terminal.said(/part broken.*Nextion display.*is (gone|not there)/, patienceMs, from)
    const { keys, display } = await healthOf(subscriber)
    const words = new RegExp(`${device.byId} is (gone|not there).*it is awaited`)
    for (const part of [keys, display]) t.match(part, { is: 'broken', problem: words })
    t.strictSame(keys.stuck, [], 'nobody holds a key of a display that is not there')
    t.equal(votes().length, 3, 'its time is not over yet')
    await counted(4)
    t.match(votes()[3], { sequence: 4, face: 'dissatisfied', outcome: 'timed-out' })
    t.notOk('reason' in votes()[3]!)
  })

  await t.test('plugged in again it is well again, and the next touch counts', async (t) => {
    model.restartUnheard()
    await device.plugIn()
    await model.invites('it')
    const { keys, display } = await healthOf(subscriber)
    t.match({ keys, display }, { keys: { is: 'good', ignored: 0 }, display: { is: 'good' } })
    model.tap('neutral')
    await model.thanks('it')
    await counted(5)
    t.match(votes()[4], { sequence: 5, face: 'neutral', outcome: 'not-asked', language: 'it' })
  })

  t.equal(await terminal.kill('SIGTERM'), 0)
  t.match(
    votes(),
    Array.from({ length: 5 }, () => ({ corrected: false, suppressed: 0 })),
    'each touch was one',
  )
  await model.shows(() => model.page === 'message' && Object.keys(model.texts).length === 0, 'an empty page')
  t.strictSame(
    model.refused.filter((instruction) => !greeting.includes(instruction)),
    [],
  )
  t.equal(model.overflows, 0)
  t.notMatch(terminal.output, /unhandled|uncaught/i)
})

/** The profile that ships, on this device. */
async function profileOn(device: string, directory: string): Promise<string> {
  const shipped = new URL('../../hardware/panels/nextion.yaml', import.meta.url)
  const profile = parse(await readFile(shipped, 'utf8'))
  const file = join(directory, 'nextion.yaml')
  const own = { ...profile, keys: { ...profile.keys, device }, display: { ...profile.display, device } }
  await writeFile(file, JSON.stringify(own))
  return file
}
