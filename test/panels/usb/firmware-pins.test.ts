import t from 'tap'
import { BareBoard, greeting, version, words } from './bare-board.ts'

/** What can be wired to something: all but the serial line. */
const pins = Array.from({ length: 18 }, (_, i) => i + 2)
const cannot = 'Pin: it cannot do that'

t.test('from the first instruction on no pin is driven, and the board says what it is', (t) => {
  const board = new BareBoard()
  for (let us = 0; us < 10_000; us += 50) {
    board.avr.run(0.05)
    const driven = pins.filter((pin) => board.avr.stateOf(pin) !== 'input')
    if (driven.length > 0) t.fail(`after ${us} µs the pins ${driven} are no inputs`)
  }
  t.same(board.hear(10), [version, greeting])
  t.end()
})

t.test('it answers what hosts ask', (t) => {
  const board = new BareBoard()
  board.hear(20)
  t.same(board.ask([0xf9]), [version])
  t.same(board.ask([0xf0, 0x79, 0xf7]), [greeting])
  t.same(board.ask([0xf0, 0x69, 0xf7]), [[0xf0, 0x6a, ...Array(20).fill(0x7f), 0xf7]])
  const capabilities = pins.flatMap((pin) => [
    ...[0x00, 1, 0x0b, 1, 0x01, 1],
    ...([3, 5, 6, 9, 10, 11].includes(pin) ? [0x03, 8] : []),
    ...([18, 19].includes(pin) ? [0x06, 1] : []),
    0x7f,
  ])
  t.same(board.ask([0xf0, 0x6b, 0xf7], 60), [[0xf0, 0x6c, 0x7f, 0x7f, ...capabilities, 0xf7]])
  t.same(board.ask([0xf0, 0x6d, 5, 0xf7]), [[0xf0, 0x6e, 5, 0x7f, 0, 0, 0xf7]], 'not yet set')
  t.same(board.ask([0xf4, 5, 0x0b, 0xf0, 0x6d, 5, 0xf7]), [[0xf0, 0x6e, 5, 0x0b, 1, 0, 0xf7]])
  t.same(board.ask([0xf4, 5, 1, 0xf5, 5, 1, 0xf0, 0x6d, 5, 0xf7]), [[0xf0, 0x6e, 5, 1, 1, 0, 0xf7]])
  t.same(board.ask([0xf0, 0x6d, 99, 0xf7]), [[0xf0, 0x6e, 99, 0xf7]])
  t.same(board.ask([0xf0, 0x7a, 10, 0, 0xf7, 0xc0, 1, 0xf0, 0x71, 65, 0, 0xf7]), [], 'taken in silence')
  for (const [pin, mode] of [
    [0, 1],
    [2, 3],
    [5, 6],
    [5, 2],
    [20, 0],
    [127, 1],
    [6, 0x7e],
  ] as const)
    t.same(board.ask([0xf4, pin, mode]).map(words), [cannot], `mode ${mode} of pin ${pin}`)
  t.equal(board.strays, 0)
  t.end()
})

t.test('inputs: what was asked for is told, when it changes', (t) => {
  const board = new BareBoard()
  board.hear(20)
  board.avr.close(5, 1)
  t.same(board.ask([0xf4, 2, 0x0b, 0xf4, 3, 0x0b, 0xd0, 1]), [[0x90, 0x0c, 0]], 'pin 5 is nobody’s')
  t.equal(board.avr.stateOf(2), 'pull-up')
  board.avr.close(2)
  t.same(board.hear(5), [[0x90, 0x08, 0]])
  board.avr.open(2)
  t.same(board.hear(5), [[0x90, 0x0c, 0]])
  board.avr.close(3)
  board.avr.run(0.3)
  board.avr.open(3)
  t.same(board.hear(5), [
    [0x90, 0x04, 0],
    [0x90, 0x0c, 0],
  ])
  t.same(board.hear(50), [], 'nothing while nothing changes')

  for (let i = 0; i < 60; i++) {
    board.avr.close(3)
    board.avr.run(0.01)
    board.avr.open(3)
    board.avr.run(0.3 + i * 0.003)
  }
  t.same(board.hear(5), [], 'a spark of 10 µs is no touch, whenever it comes')

  t.same(board.ask([0xf4, 9, 0, 0xd1, 1]), [[0x91, 0, 0]])
  board.avr.close(9, 1)
  t.same(board.hear(5), [[0x91, 0x02, 0]])
  t.same(board.ask([0xd1, 0]), [])
  board.avr.open(9)
  t.same(board.hear(5), [], 'no longer asked for')
  t.same(board.ask([0xdf, 1]), [], 'a port that there is not')
  t.end()
})

t.test('a contact that chatters for long is followed to its end, and holds nothing up', (t) => {
  const board = new BareBoard()
  board.hear(20)
  board.ask([0xf4, 2, 0x0b, 0xd0, 1])
  for (let i = 0; i < 400; i++) {
    if (i % 2) board.avr.open(2)
    else board.avr.close(2)
    board.avr.run(0.15)
  }
  board.avr.close(2)
  const said = board.ask([0xf9], 100)
  t.same(said.filter(([first]) => first === 0x90).at(-1), [0x90, 0, 0], 'closed in the end')
  t.ok(
    said.some(([first]) => first === 0xf9),
    'and it answers',
  )
  t.equal(board.strays, 0)
  t.end()
})

t.test('outputs: by pin and by port; the host’s word on inputs and on pixels is not heard', (t) => {
  const board = new BareBoard()
  board.hear(20)
  board.ask([0xf4, 7, 1, 0xf4, 8, 1, 0xf4, 2, 0])
  t.equal(board.avr.stateOf(7), 'low')
  board.ask([0x90, 0x7f, 0x01])
  t.equal(board.avr.stateOf(7), 'high')
  t.equal(board.avr.stateOf(8), 'low')
  t.equal(board.avr.stateOf(2), 'input', 'no pull-up')
  t.equal(board.avr.stateOf(4), 'input', 'never asked for')
  board.ask([0xf5, 8, 1, 0xf5, 7, 0])
  t.equal(board.avr.stateOf(8), 'high')
  t.equal(board.avr.stateOf(7), 'low')
  board.ask([0xf0, 0x51, 0x01, 0x26, 1, 0, 0xf7, 0x90, 0x7f, 0x01, 0xf5, 6, 1, 0xe6, 0x7f, 1])
  t.equal(board.avr.stateOf(6), 'low', 'the data line of pixels')
  board.ask([0xff])
  t.same(
    pins.map((pin) => board.avr.stateOf(pin)),
    Array(pins.length).fill('input'),
    'after a reset',
  )
  t.end()
})

t.test('lamps are dimmed', (t) => {
  const board = new BareBoard()
  board.hear(20)
  for (const pin of [3, 5, 6, 9, 10, 11]) {
    const share = (ms = 8) => {
      let high = 0
      for (let us = 0; us < ms * 1_000; us += 10) {
        board.avr.run(0.01)
        if (board.avr.isHigh(pin)) high += 10
      }
      return high / (ms * 1_000)
    }
    board.ask([0xf4, pin, 3])
    t.equal(share(), 0, `pin ${pin} begins dark`)
    for (const level of [1, 64, 128, 250]) {
      board.ask([0xe0 | pin, level & 0x7f, level >> 7])
      const seen = share()
      t.ok(Math.abs(seen - level / 255) < 0.03, `pin ${pin} at ${level}: ${seen}`)
    }
    board.ask([0xf0, 0x6f, pin, 0x7f, 1, 0xf7])
    t.equal(share(), 1, `pin ${pin} fully on`)
    board.ask([0xf0, 0x6f, pin, 0, 0, 0xf7])
    t.equal(share(), 0, `pin ${pin} dark`)
  }
  t.end()
})
