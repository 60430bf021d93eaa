import type { Key } from '../../../src/domain/words.ts'
import { Fingers } from '../../../src/panels/displays/nextion/fingers.ts'
import { type Frame, FrameReader } from '../../../src/panels/displays/nextion/frames.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { pieces } from '../pieces.ts'

const offered: readonly Key[] = ['satisfied', 'neutral', 'dissatisfied', 'reason-1', 'skip', 'language']
const end = [0xff, 0xff, 0xff]

const target: Target = {
  holds:
    'however a stream is cut, its messages are the same; a touch has the form of one to its last byte; a finger leaves only the key that it is on; behind any noise and two ends the next message is read',
  covers: [
    'src/panels/displays/nextion/fingers.ts',
    'src/panels/displays/nextion/frames.ts',
    'src/panels/displays/nextion/page.ts',
  ],
  maxBytes: 2_500,
  words: [
    Uint8Array.from(end),
    Uint8Array.of(0x65, 0, 1, 1, ...end),
    Uint8Array.of(0x67, 0, 9, 0, 9, 0, ...end),
  ],
  *corpus() {
    yield Uint8Array.of(1, 0x65, 0, 3, 1, ...end, 0x67, 0, 9, 1, 2, 0, ...end, 0x01, ...end, 0x88, ...end)
    yield Uint8Array.of(
      2,
      0x71,
      0xff,
      0xff,
      0xff,
      0xff,
      ...end,
      0x66,
      2,
      ...end,
      0x24,
      ...end,
      0,
      0,
      0,
      ...end,
    )
    yield Buffer.concat([
      Buffer.from('\x03pciao'),
      Buffer.from(end),
      Buffer.from('comok 1,2-0,NX,3'),
      Buffer.from(end),
    ])
    yield Buffer.concat([Buffer.from(`\x09p${'x'.repeat(700)}`), Buffer.from(end), Buffer.of(0x1a, ...end)])
  },
  check([cut = 0, ...rest]) {
    const bytes = Uint8Array.from(rest)
    const whole = new FrameReader()
    const frames = whole.push(bytes, 0)
    const cutUp = new FrameReader()
    const again = pieces(bytes, cut).flatMap((piece) => cutUp.push(piece, 0))
    mustEqual(again, frames, 'cut up')
    must(whole.dropped <= bytes.length, 'more bytes were dropped than there were')
    mustBeThere(frames, bytes)
    const fingers = new Fingers()
    let held: Key | undefined
    for (const frame of frames)
      for (const { key, edge } of fingers.receive(frame, offered)) {
        must(
          edge === 'down' ? held === undefined : held === key,
          () => `${key} ${edge} while ${held} is held`,
        )
        held = edge === 'down' ? key : undefined
      }
    const known = Uint8Array.of(0x65, 0, 1, 1, ...end)
    const resumed = whole.push(Uint8Array.of(...end, ...end, ...known), 0)
    mustEqual(resumed.at(-1), { is: 'touch', page: 0, component: 1, edge: 'down' }, 'behind the noise')
  },
}
export default target

/** The bytes of every touch and number stand in what was received, one behind the other. */
function mustBeThere(frames: readonly Frame[], bytes: Uint8Array): void {
  const all = Buffer.from(bytes)
  let from = 0
  for (const frame of frames) {
    const form = formOf(frame)
    if (!form) continue
    const at = all.indexOf(form, from)
    must(at >= 0, () => `no bytes of ${JSON.stringify(frame)}`)
    from = at + form.length
  }
}

function formOf(frame: Frame): Buffer | undefined {
  if (frame.is === 'touch')
    return Buffer.from([0x65, frame.page, frame.component, frame.edge === 'down' ? 1 : 0, ...end])
  if (frame.is === 'number') {
    const number = Buffer.alloc(4)
    number.writeInt32LE(frame.value)
    return Buffer.from([0x71, ...number, ...end])
  }
  if (frame.is !== 'point') return undefined
  const place = Buffer.alloc(4)
  place.writeUInt16BE(frame.x)
  place.writeUInt16BE(frame.y, 2)
  return Buffer.from([frame.asleep ? 0x68 : 0x67, ...place, frame.edge === 'down' ? 1 : 0, ...end])
}
