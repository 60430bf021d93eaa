import type { Key } from '../../../src/domain/words.ts'
import { DeviceKeys, EventReader, eventBytes, type KeyEdge } from '../../../src/panels/keys/evdev.ts'
import { type Mutation, must, mustEqual, type Target } from '../engine/target.ts'
import { pieces } from '../pieces.ts'

const keyOf = new Map<number, Key>([
  [0x2c0, 'satisfied'],
  [0x2c1, 'neutral'],
  [0x2c2, 'dissatisfied'],
])

const target: Target = {
  holds:
    'however a stream is cut, its events are the same, and those that stand in the bytes; a key is let go only if it was held, and nothing is held in the end; what comes between a loss and the next moment is no key',
  covers: ['src/panels/keys/evdev.ts'],
  maxBytes: 1_200,
  mutations: [oneMore],
  *corpus() {
    yield script([8, 1], [1, 0x2c0, 1], [0, 0, 0], [1, 0x2c0, 0], [0, 0, 0])
    yield script([8, 7], [1, 0x2c0, 1], [0, 3, 0], [1, 0x2c1, 1], [0, 0, 0], [1, 0x2c1, 1], [1, 0x2c1, 2])
    yield script([4, 0], [4, 4, 0x2c0], [1, 0x2c2, 0], [1, 0x2c2, 1], [1, 7, 1])
  },
  check([width = 0, cut = 0, ...rest]) {
    const word = width % 2 === 0 ? 8 : 4
    const bytes = Uint8Array.from(rest)
    const events = new EventReader(word).read(bytes)
    const cutUp = new EventReader(word)
    mustEqual(
      pieces(bytes, cut).flatMap((piece) => cutUp.read(piece)),
      events,
      'cut up',
    )
    const view = Buffer.from(bytes)
    must(events.length === Math.floor(bytes.length / eventBytes(word)), 'events that are not there')
    const keys = new DeviceKeys(keyOf)
    const held = new Set<Key>()
    let lost = false
    for (const [n, { type, code, value }] of events.entries()) {
      const at = n * eventBytes(word) + 2 * word
      const said = [view.readUInt16LE(at), view.readUInt16LE(at + 2), view.readInt32LE(at + 4)]
      mustEqual([type, code, value], said, 'what the bytes say')
      const edges = keys.take({ type, code, value })
      follow(edges, held)
      const dropped = type === 0 && code === 3
      if (dropped) must(held.size === 0, 'held through a loss')
      else if (lost) must(edges.length === 0, 'a key between a loss and the next moment')
      else if (type === 1 && value === 1 && keyOf.has(code))
        must(held.has(keyOf.get(code)!), 'a press that was lost')
      else if (type !== 1) must(edges.length === 0, 'an edge that is none')
      lost = dropped || (lost && !(type === 0 && code === 0))
    }
    follow(keys.release(), held)
    must(held.size === 0, 'held after the end')
    must(keys.release().length === 0, 'let go twice')
  },
}
export default target

function follow(edges: readonly KeyEdge[], held: Set<Key>): void {
  for (const { key, edge } of edges) {
    if (edge === 'down') held.add(key)
    else must(held.delete(key), () => `${key} was let go and had not been held`)
  }
}

function script(head: number[], ...events: [number, number, number][]): Uint8Array {
  return Buffer.concat([Buffer.from(head), ...events.map((event) => eventOf(head[0] === 8 ? 8 : 4, event))])
}

function eventOf(word: number, [type, code, value]: [number, number, number]): Buffer {
  const bytes = Buffer.alloc(2 * word + 8)
  bytes.writeUInt16LE(type, 2 * word)
  bytes.writeUInt16LE(code, 2 * word + 2)
  bytes.writeInt32LE(value, 2 * word + 4)
  return bytes
}

/** An event that means something, where one may stand. */
function oneMore(...[input, random]: Parameters<Mutation>): Uint8Array {
  const word = (input[0] ?? 0) % 2 === 0 ? 8 : 4
  const at = 2 + random.whole(0, 40) * eventBytes(word)
  const event = random.chance(0.3)
    ? eventOf(word, [0, random.pick([0, 3, 1]), 0])
    : eventOf(word, [random.pick([1, 1, 1, 3]), 0x2c0 + random.whole(0, 3), random.pick([0, 1, 1, 2])])
  return Buffer.concat([input.subarray(0, at), event, input.subarray(at)])
}
