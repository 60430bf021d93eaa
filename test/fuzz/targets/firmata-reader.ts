import { FirmataReader } from '../../../src/panels/boards/firmata-messages.ts'
import { must, mustEqual, type Target } from '../engine/target.ts'
import { pieces } from '../pieces.ts'

const target: Target = {
  holds:
    'however a stream is cut, its messages are the same, and those that the grammar finds; every byte is in a message, a stray, or still open; the next message behind any noise is read',
  covers: ['src/panels/boards/firmata-messages.ts'],
  maxBytes: 9_000,
  words: [Uint8Array.of(0xf0, 0x79, 2, 5, 0xf7), Uint8Array.of(0x90, 0x04, 0x01), Uint8Array.of(0xf9, 2, 5)],
  *corpus() {
    yield Uint8Array.of(3, 0xf9, 2, 5, 0xf0, 0x79, 2, 5, 0x41, 0, 0xf7, 0x90, 0x1c, 1, 0xe1, 0x7f, 0x7f)
    yield Uint8Array.of(1, 0xf0, 0xf7, 0xf7, 0xc0, 1, 0x12, 0xf0, 0x77, 1, 0x92, 0, 0)
    yield Uint8Array.from([9, 0xf0, ...new Array(5_000).fill(1), 0xf7, 0xf9, 2, 5])
  },
  check([cut = 0, ...rest]) {
    const bytes = Uint8Array.from(rest)
    const whole = new FirmataReader()
    const messages = whole.read(bytes)
    const cutUp = new FirmataReader()
    const again = pieces(bytes, cut).flatMap((piece) => cutUp.read(piece))
    mustEqual(again, messages, 'cut up')
    must(cutUp.strays === whole.strays, 'cut up, other bytes are strays')
    mustEqual(messages, byGrammar(bytes), 'by the grammar')
    const taken = messages.reduce((sum, { length }) => sum + length, 0)
    must(taken + whole.strays <= bytes.length, 'more bytes than there were')
    // What was open becomes a message or a stray.
    const next = whole.read(Uint8Array.of(0xf9, 2, 5))
    mustEqual(next, [[0xf9, 2, 5]], 'the next message')
    must(taken + whole.strays === bytes.length, 'bytes are neither in a message nor strays')
  },
}
export default target

/** The grammar of the protocol as an expression, and what we set on top of it: no message of more than 4,096 bytes. */
function byGrammar(bytes: Uint8Array): number[][] {
  const text = Buffer.from(bytes).toString('latin1')
  const grammar = /[\x90-\x9f\xe0-\xef\xf9][\0-\x7f]{2}|\xf0[\0-\x7f]{1,4095}\xf7/g
  return [...text.matchAll(grammar)].map(([message]) => [...Buffer.from(message, 'latin1')])
}
