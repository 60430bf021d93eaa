import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { VoteEvent } from '../../src/contract/schemas.ts'
import { EmulatedArduino } from './avr/emulated-arduino.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { TerminalChild } from './terminal-child.ts'

/** `faccina run` with keys and rings on an emulated Arduino, a display in the browser, and mosquitto. */

const pixelPin = 6
const pins = { satisfied: 2, neutral: 3, dissatisfied: 4, 'reason-1': 7, 'reason-2': 8, skip: 9 } as const
const patienceMs = 60_000

t.test('the whole daemon: presses become votes at mosquitto, and the faces are lit', async (t) => {
  await using arduino = await EmulatedArduino.start(pixelPin)
  await using mosquitto = await openMosquitto()
  await using subscriber = await Subscriber.open(mosquitto.port)
  const directory = await folder(t)
  const profile = join(directory, 'panel.yaml')
  await writeFile(
    profile,
    JSON.stringify({
      title: 'Buttons and rings on an emulated Arduino',
      keys: { driver: 'usb', device: arduino.path, pins },
      lights: { driver: 'usb', device: arduino.path, pin: pixelPin, pixelsPerFace: 16, maxMilliamps: 2_000 },
      display: { driver: 'browser' },
    }),
  )
  await using terminal = await TerminalChild.start({
    directory,
    broker: `mqtt://127.0.0.1:${mosquitto.port}`,
    more: { panel: profile },
  })
  const votes = () => subscriber.of<VoteEvent>('vote').map(({ data }) => data)
  const ready = (what: RegExp) => terminal.said(what, patienceMs)
  await ready(/part ready.*keys on the Arduino/)
  await ready(/part ready.*lights on the Arduino/)
  await terminal.scene(({ at }) => at === 'idle', patienceMs)

  const thanked = terminal.scene(({ at }) => at === 'thanking', patienceMs)
  await arduino.do(`tap ${pins.satisfied} 60000`)
  await thanked
  await subscriber.until(() => votes().length === 1, patienceMs)
  t.match(votes(), [{ face: 'satisfied', outcome: 'not-asked' }])
  t.ok(
    arduino.frame(48).some((level) => level > 0),
    'the rings are lit',
  )

  await terminal.scene(({ at }) => at === 'idle', patienceMs)
  const afterBounces = terminal.scene(({ at }) => at === 'thanking', patienceMs)
  await arduino.do(`bounce ${pins.neutral} 20 700`)
  await afterBounces
  await arduino.do(`open ${pins.neutral}`)
  await terminal.scene(({ at }) => at === 'idle', patienceMs)
  await subscriber.until(() => votes().length === 2, patienceMs)

  const asking = terminal.scene(({ at }) => at === 'asking', patienceMs)
  await arduino.do(`tap ${pins.dissatisfied} 60000`)
  const { screen } = await asking
  t.match(screen.choices[1], { key: 'reason-2' })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  await arduino.do(`tap ${pins['reason-2']} 60000`)
  await subscriber.until(() => votes().length === 3, patienceMs)
  t.equal(votes().length, 3, 'twenty bounces are one vote')
  t.match(votes(), [
    { face: 'satisfied' },
    // A machine that was held up amid the bounces may count them as a suppressed press: never as a vote.
    { face: 'neutral' },
    { face: 'dissatisfied', reason: 'staff-behaviour', outcome: 'selected' },
  ])

  await terminal.kill('SIGTERM')
  await arduino.do('open 2')
  t.same(arduino.frame(48), Array(3 * 48).fill(0), 'dark at the end')
  t.notMatch(terminal.output, /unhandled|uncaught/i)
})
