import t from 'tap'
import { type Frame, FrameReader } from '../../../src/panels/displays/nextion/frames.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

const table: [what: string, bytes: string, frames: Frame[]][] = [
  ['a press', '65 01 02 01 ff ff ff', [{ is: 'touch', page: 1, component: 2, edge: 'down' }]],
  ['a release', '65 01 02 00 ff ff ff', [{ is: 'touch', page: 1, component: 2, edge: 'up' }]],
  ['a point', '67 00 7a 00 1e 01 ff ff ff', [{ is: 'point', x: 122, y: 30, edge: 'down', asleep: false }]],
  [
    'a point asleep',
    '68 00 7a 00 1e 00 ff ff ff',
    [{ is: 'point', x: 122, y: 30, edge: 'up', asleep: true }],
  ],
  ['a page', '66 02 ff ff ff', [{ is: 'page', page: 2 }]],
  ['a text', '70 c4 8d 61 73 ff ff ff', [{ is: 'text', text: 'čas' }]],
  ['an empty text', '70 ff ff ff', [{ is: 'text', text: '' }]],
  ['a number', '71 d9 07 00 00 ff ff ff', [{ is: 'number', value: 2009 }]],
  ['a number that looks like an end', '71 ff ff ff ff ff ff ff', [{ is: 'number', value: -1 }]],
  ['done', '01 ff ff ff', [{ is: 'done' }]],
  ['no such component', '1a ff ff ff', [{ is: 'refused', code: 0x1a }]],
  ['no such instruction', '00 ff ff ff', [{ is: 'refused', code: 0 }]],
  ['power-up', '00 00 00 ff ff ff 88 ff ff ff', [{ is: 'started' }, { is: 'started' }]],
  ['sleep and waking', '86 ff ff ff 87 ff ff ff', [{ is: 'asleep' }, { is: 'awake' }]],
  ['overflow', '24 ff ff ff', [{ is: 'overflow' }]],
  [
    'transparent data',
    'fe ff ff ff fd ff ff ff',
    [
      { is: 'other', code: 0xfe },
      { is: 'other', code: 0xfd },
    ],
  ],
  ['an end alone', 'ff ff ff', []],
  ['a touch that is neither press nor release', '65 01 02 07 ff ff ff', []],
  ['a touch with a byte too few', '65 01 02 ff ff ff 01 ff ff ff', [{ is: 'done' }]],
  ['a touch with a byte too many', '65 01 02 01 00 ff ff ff 01 ff ff ff', [{ is: 'done' }]],
  ['noise before a touch makes no key', '13 65 01 02 01 ff ff ff 01 ff ff ff', [{ is: 'done' }]],
  [
    'an end too many does not hide a touch',
    'ff ff ff ff ff 65 01 02 01 ff ff ff',
    [{ is: 'touch', page: 1, component: 2, edge: 'down' }],
  ],
  [
    'a text without end hides no more than up to the next one',
    `70${'61'.repeat(600)} 24 ff ff ff 01 ff ff ff`,
    [{ is: 'done' }],
  ],
  ['words that are no greeting', '63 6f 6d ff ff ff', []],
]

t.test('messages, and what is none', async (t) => {
  for (const [what, bytes, frames] of table) {
    t.strictSame(new FrameReader().push(hex(bytes), 0), frames, what)
    const reader = new FrameReader()
    const one = [...hex(bytes)].flatMap((byte) => reader.push(Uint8Array.of(byte), 0))
    t.strictSame(one, frames, `${what}, byte by byte`)
  }
})

t.test('the greeting', async (t) => {
  const bytes = Buffer.from('comok 1,101,NX4024T032_011R,52,61488,D264B8204F0E1828,16777216', 'latin1')
  const [frame] = new FrameReader().push(Buffer.concat([bytes, hex('ff ff ff')]), 0)
  t.match(frame, { is: 'hello', fields: ['1', '101', 'NX4024T032_011R'] })
})

t.test('a message that was cut off is not carried on by the next one', async (t) => {
  const reader = new FrameReader()
  t.strictSame(reader.push(hex('65 01'), 0), [])
  t.strictSame(reader.push(hex('65 01 02 01 ff ff ff'), 1000), [
    { is: 'touch', page: 1, component: 2, edge: 'down' },
  ])
  t.equal(reader.dropped, 2)
})

t.test('noise is dropped, however long, and makes no key', async (t) => {
  let seed = 7
  const noise = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 24
  }
  const reader = new FrameReader()
  for (let i = 0; i < 2000; i++) {
    const chunk = Buffer.from(Array.from({ length: 32 }, noise))
    for (const frame of reader.push(chunk, i)) t.not(frame.is, 'touch')
  }
  t.ok(reader.dropped > 60_000)
  reader.push(hex('ff ff ff'), 2001)
  t.strictSame(reader.push(hex('01 ff ff ff'), 2002), [{ is: 'done' }], 'it listens again')
})
