import t, { type Test } from 'tap'
import type { Scene } from '../../src/domain/scene.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { drawnRows } from '../../src/panels/displays/lcd/charset.ts'
import { lcdPicture } from '../../src/panels/displays/lcd/lcd-picture.ts'
import { oledPicture } from '../../src/panels/displays/oled/oled-picture.ts'
import { blocks, LcdDecoder, OledDecoder } from '../fakes/i2c-chips.ts'
import { moments } from '../panels/displays/scenes.ts'
import { codes, keys, line, openCounter } from './kernel/counter.ts'

/*
 * Displays and a touch chip on /dev/i2c-1 of a kernel of its own, whose chips remember what they were sent:
 * that is decoded into what the glass would show.
 */

const { rig, start, tap, rest } = await openCounter(t)

t.test('an OLED on /dev/i2c-1: question, reasons, thanks; broken, and well again', async (t) => {
  const own = { keys: { ...keys, codes }, display: { driver: 'oled' } }
  await using terminal = await start(own, { more: { languages: ['de'] } })
  await terminal.health(({ display }) => display.is === 'good', 'good')
  const { data } = await terminal.vote(() => asked(reasonLine))
  t.match(data, { face: 'dissatisfied', outcome: 'selected', reason: it2009.reasons[1], language: 'de' })
  const decoder = new OledDecoder('ssd1306', 128, 64)
  const size = { width: 128, height: 64 } as const
  await shows(
    t,
    '3c',
    (bytes) => decoder.take(bytes).text,
    (scene, at) => {
      const picture = oledPicture(scene, at, size, 0)
      return blocks(size.width, size.height, (x, y) => picture.get(x, y))
    },
  )

  await rig.fail('i2c-3c', 1_000_000)
  t.equal(
    (await terminal.vote(() => tap(line.satisfied))).data.face,
    'satisfied',
    'without a display, a vote',
  )
  const broken = await terminal.health(({ display }) => display.is === 'broken', 'broken')
  t.match(broken.display, {
    problem: /0x3C on \/dev\/i2c-1 does not answer \(EREMOTEIO\): look at its cable/,
  })
  const mute = await terminal.vote(() => tap(line.dissatisfied))
  t.match(mute.data, { face: 'dissatisfied', outcome: 'not-asked' }, 'nothing is asked that nobody can read')
  await rig.fail('i2c-3c', 0)
  await terminal.health(({ display }) => display.is === 'good', 'well again', 40_000)
  t.match((await terminal.vote(() => asked(reasonLine))).data, { outcome: 'selected' })
})

/** The line of the second reason's key. */
const reasonLine = 6
/** A citizen who is asked, and answers. */
async function asked(answer: number): Promise<void> {
  await tap(line.dissatisfied)
  await rest(1_200)
  await tap(answer)
}

t.test('MPR121 and a character display on the same bus', async (t) => {
  const electrodes = { satisfied: 0, neutral: 1, dissatisfied: 2, 'reason-2': 4 }
  const own = { keys: { driver: 'linux-touch', electrodes }, display: { driver: 'lcd', size: '20x4' } }
  await using terminal = await start(own, { more: { languages: ['fr'] } })
  await terminal.health(({ keys, display }) => keys.is === 'good' && display.is === 'good', 'good')
  const touch = async (bits: number) => {
    const path = '/sys/kernel/debug/panel-mock/i2c-5a/registers'
    for (const hex of [bits.toString(16).padStart(2, '0'), '00']) {
      await rig.do('write', { path, hex })
      await rest(200)
    }
  }
  const { data } = await terminal.vote(async () => {
    await touch(0b100)
    await rest(1_000)
    await touch(0b1_0000)
  })
  t.match(data, { face: 'dissatisfied', outcome: 'selected', reason: it2009.reasons[1], language: 'fr' })
  const decoder = new LcdDecoder(20, 4)
  const drawn = (scene: Scene, at: number) => lcdPicture(scene, at, { columns: 20, rows: 4 }, 0).join('\n')
  // What may be drawn as a letter of its own is known by its dots.
  const letters = [
    ...new Set(
      moments('fr')
        .map(({ scene, at }) => drawn(scene, at))
        .join(''),
    ),
  ]
  const named = (dots: Uint8Array) =>
    letters.find((letter) => Buffer.from(drawnRows(letter) ?? []).equals(dots)) ?? '?'
  await shows(t, '27', (bytes) => decoder.take(bytes).text(named), drawn)

  await rig.fail('i2c-5a', 3)
  const broken = await terminal.health(({ keys }) => keys.is === 'broken', 'broken')
  t.match(broken.keys, { problem: /0x5A on \/dev\/i2c-1 does not answer \(EREMOTEIO\): look at its cable/ })
  await terminal.health(({ keys }) => keys.is === 'good', 'well again')
  t.equal((await terminal.vote(() => touch(0b10))).data.face, 'neutral')
})

/**
 * Decodes what a display was sent, and looks for each screen of a visit among what it showed after each
 * message, as it would be drawn at any time of the first seconds.
 */
async function shows(
  t: Test,
  address: string,
  take: (bytes: Uint8Array) => string,
  draw: (scene: Scene, at: number) => string,
): Promise<void> {
  const shown = new Set<string>()
  for (const { what, bytes } of await rig.messages(`i2c-${address}`))
    if (what === 'W') {
      shown.add(neat(take(bytes)))
    }
  const language = address === '3c' ? 'de' : 'fr'
  for (const name of ['idle', 'asked', 'thanking']) {
    const moment = moments(language).find((moment) => moment.name === name)!
    const times = Array.from({ length: 500 }, (_, n) => 10 * n)
    t.ok(
      times.some((at) => shown.has(neat(draw(moment.scene, at)))),
      `${language}: ${name}`,
    )
  }
}

/** Rows without the spaces behind them, and letters that look alike the same. */
const neat = (text: string) =>
  text
    .replaceAll('’', "'")
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((row) => row.trimEnd())
    .join('\n')
