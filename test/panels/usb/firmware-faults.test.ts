import t from 'tap'
import { randomBytes } from '../../fakes/random-bytes.ts'
import { BareBoard, greeting, version, words } from './bare-board.ts'

t.setTimeout(300_000)

const configI2c = [0xf0, 0x78, 0, 0, 0xf7]
/** Two bytes behind register 1 of the chip at 0x5A, without letting go of the bus. */
const readTwo = [0xf0, 0x76, 0x5a, 0x48, 1, 0, 2, 0, 0xf7]
const nothingRead = 'f0 77 5a 0 1 0 f7'

function chipAt5a() {
  const registers = new Uint8Array(256)
  const chip = {
    read: (register: number) => registers[register]!,
    write: (register: number, value: number) => {
      registers[register] = value
    },
  }
  return { registers, chips: new Map([[0x5a, chip]]) }
}

t.test('I2C: what is written is read, in the forms that hosts use', (t) => {
  const { registers, chips } = chipAt5a()
  const board = new BareBoard(chips)
  board.hear(20)
  t.same(board.ask(readTwo).map(words), ['I2C: not set up'])
  t.same(board.ask(configI2c), [])
  t.same(
    [18, 19].map((pin) => board.avr.stateOf(pin)),
    ['pull-up', 'pull-up'],
  )
  t.same(board.ask([0xf0, 0x76, 0x5a, 0x00, 1, 0, 0x23, 1, 0x45, 0, 0xf7]), [])
  t.same([...registers.subarray(0, 4)], [0, 0xa3, 0x45, 0])
  t.same(board.ask(readTwo), [[0xf0, 0x77, 0x5a, 0, 1, 0, 0x23, 1, 0x45, 0, 0xf7]])
  registers[0] = 0x11
  t.same(board.ask([0xf0, 0x76, 0x5a, 0x08, 1, 0, 0xf7]), [[0xf0, 0x77, 0x5a, 0, 0, 0, 0x11, 0, 0xf7]])
  t.same(board.ask([0xf0, 0x76, 0x5a, 0x18, 0xf7]), [], 'stop reading: it never goes on')
  const many = Array.from({ length: 32 }, (_, i) => [i, 0]).flat()
  t.same(board.ask([0xf0, 0x76, 0x5a, 0, ...many, 0xf7], 40), [], '32 bytes')
  t.equal(registers[30], 31)

  for (const [name, message] of [
    ['continuously', [0x5a, 0x10, 1, 0, 2, 0]],
    ['an address of ten bits', [0x5a, 0x28, 1, 0, 2, 0]],
    ['half a byte', [0x5a, 0x00, 1]],
    ['more than 32 bytes', [0x5a, 0x00, ...many, 1, 0]],
    ['nothing', []],
    ['so long that it is none', [0x5a, 0x00, ...many, ...many]],
  ] as const)
    t.match(board.ask([0xf0, 0x76, ...message, 0xf7], 40).map(words), [/^(I2C|Message): /], name)
  t.same(board.ask([0xf0, 0x76, 0x5a, 0x08, 1, 0, 33, 0, 0xf7]).map(words), [
    'I2C: too many bytes at once',
    nothingRead,
  ])
  const nobody = board.ask([0xf0, 0x76, 0x5b, 0x48, 1, 0, 2, 0, 0xf7]).map(words)
  t.same(nobody, ['I2C: not acknowledged', 'f0 77 5b 0 1 0 f7'])
  t.same(board.ask(readTwo).map(words), ['f0 77 5a 0 1 0 2 0 3 0 f7'], 'and the bus is free again')
  t.end()
})

t.test('I2C: a short circuit of SDA is said, and hangs nothing', (t) => {
  const { chips } = chipAt5a()
  const board = new BareBoard(chips)
  board.hear(20)
  board.ask([...configI2c, 0xf4, 2, 0x0b, 0xd0, 1])
  board.avr.shortBus(true)
  for (let i = 0; i < 20; i++) {
    t.same(board.ask(readTwo, 25).map(words), ['I2C: SDA or SCL does not move', nothingRead])
    t.same(board.ask([0xf9], 2), [version])
  }
  board.avr.close(2)
  t.same(
    board.ask(readTwo, 25).map(words),
    ['90 0 0', 'I2C: SDA or SCL does not move', nothingRead],
    'keys go on',
  )
  board.avr.shortBus(false)
  t.same(board.ask(readTwo).map(words), ['f0 77 5a 0 1 0 0 0 0 0 f7'], 'it works again when it is gone')
  t.end()
})

for (const how of ['interruptible', 'deaf'] as const)
  t.test(`a program that stands still is started again by the watchdog (${how})`, (t) => {
    const board = new BareBoard()
    board.hear(20)
    board.ask([0xf4, 7, 1, 0xf5, 7, 1, 0xf4, 9, 3, 0xe9, 0x40, 0])
    t.equal(board.avr.stateOf(7), 'high')
    board.avr.freeze(how)
    t.same(board.ask([0xf9], 300), [], 'it stands still')
    board.avr.run(800)
    board.avr.thaw()
    t.match(board.hear(200).map(words), [words(version), /^Watchdog: /, words(greeting)])
    // The bootloaders of old Nanos do not survive a reset by it.
    t.equal(board.avr.bites > 0, how === 'deaf', 'the chip is reset only where nothing else helps')
    t.same(
      [7, 9].map((pin) => board.avr.stateOf(pin)),
      ['input', 'input'],
    )
    t.same(board.ask([0xf9], 1_500), [version], 'and goes on')
    t.end()
  })

t.test('whatever bytes come, it goes on', (t) => {
  const board = new BareBoard()
  board.hear(20)
  const random = randomBytes(31337)
  const said: string[] = []
  for (let round = 0; round < 60; round++) {
    const bytes = [...random(250)]
    // Half of the rounds are mostly the inside of messages: they go deeper.
    if (round % 2) for (const [i, byte] of bytes.entries()) if (byte < 0xe0) bytes[i] = byte & 0x7f
    // And begin with what is looked at.
    if (round % 4 === 3) bytes.unshift(0xf0, [0x51, 0x76, 0x6f, 0x6d][(round >> 2) % 4]!)
    said.push(...board.ask(bytes, 60).map(words))
  }
  said.push(...board.hear(300).map(words))
  t.notMatch(said.join('\n'), /Watchdog/)
  t.notOk(said.includes('Serial: a byte was lost'))
  t.same(board.ask([0xf7, 0xff, 0xf9], 300), [version])
  t.same(board.ask([0xf4, 2, 0x0b, 0xd0, 1]), [[0x90, 0x04, 0]])
  t.equal(board.strays, 0, 'and each message that it sent was whole')
  t.end()
})
