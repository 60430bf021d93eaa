import { Buffer } from 'node:buffer'
import type { Random } from '../../../src/subscriber/simulate/random.ts'
import type { Mutation } from './target.ts'

const interesting = [
  0, 1, 7, 8, 9, 10, 13, 31, 32, 34, 35, 39, 45, 58, 63, 64, 127, 128, 192, 240, 247, 254, 255,
]
const numbers = [
  '0',
  '-1',
  '1',
  '1.5',
  '1e9',
  '65536',
  '4294967296',
  '9007199254740993',
  '1e400',
  '00',
  '0x10',
]

/** Changes that suit any bytes, and those that suit text. */
export function mutationsWith(words: readonly Uint8Array[]): readonly Mutation[] {
  const word = (random: Random) => (words.length === 0 ? Buffer.of(0) : random.pick(words))
  return [
    flipBit,
    setByte,
    (input, random) => put(input, place(input, random), 0, noise(random, random.whole(1, 8))),
    (input, random) => put(input, ...range(input, random, 16), new Uint8Array()),
    (input, random) => put(input, ...range(input, random, input.length), new Uint8Array()),
    (input, random) => input.subarray(0, place(input, random)),
    (input, random) => put(input, place(input, random), 0, word(random)),
    (input, random) => put(input, place(input, random), 0, word(random)),
    (input, random) => {
      const token = word(random)
      return put(input, place(input, random), token.length, token)
    },
    copyWithin,
    splice,
    repeat,
    onLines((lines, random) => void lines.splice(random.whole(0, lines.length - 1), 1)),
    onLines((lines, random) => void lines.splice(random.whole(0, lines.length), 0, random.pick(lines))),
    onLines((lines, random) => {
      const [a, b] = [random.whole(0, lines.length - 1), random.whole(0, lines.length - 1)]
      const line = lines[a]!
      lines[a] = lines[b]!
      lines[b] = line
    }),
    onLines((lines, random) => {
      const at = random.whole(0, lines.length - 1)
      lines[at] = random.chance(0.5)
        ? `${' '.repeat(random.whole(1, 4))}${lines[at]}`
        : lines[at]!.trimStart()
    }),
    otherNumber,
  ]
}

const flipBit: Mutation = (input, random) => {
  if (input.length === 0) return input
  const changed = Uint8Array.from(input)
  changed[random.whole(0, input.length - 1)]! ^= 1 << random.whole(0, 7)
  return changed
}

const setByte: Mutation = (input, random) => {
  if (input.length === 0) return Uint8Array.of(random.whole(0, 255))
  const changed = Uint8Array.from(input)
  changed[random.whole(0, input.length - 1)] = random.chance(0.5)
    ? random.pick(interesting)
    : random.whole(0, 255)
  return changed
}

/** Some of it a second time, at another place. */
const copyWithin: Mutation = (input, random) => {
  const [at, length] = range(input, random, 64)
  return put(input, place(input, random), random.chance(0.5) ? length : 0, input.subarray(at, at + length))
}

/** The beginning of one and the end of another. */
const splice: Mutation = (input, random, other) =>
  Buffer.concat([input.subarray(0, place(input, random)), other.subarray(place(other, random))])

/** The same many times over: what grows with the square of its length shows then. */
const repeat: Mutation = (input, random) => {
  const [at, length] = range(input, random, 16)
  const part = input.subarray(at, at + length)
  return put(input, at, 0, Buffer.concat(new Array(2 ** random.whole(1, 8)).fill(part)))
}

const otherNumber: Mutation = (input, random) => {
  const text = latin1(input)
  const found = [...text.matchAll(/-?\d+(\.\d+)?/g)]
  if (found.length === 0) return input
  const { 0: digits, index } = random.pick(found)
  const number = random.chance(0.5) ? String(Number(digits) + random.pick([-1, 1])) : random.pick(numbers)
  return Buffer.from(text.slice(0, index) + number + text.slice(index + digits.length), 'latin1')
}

function onLines(change: (lines: string[], random: Random) => void): Mutation {
  return (input, random) => {
    const lines = latin1(input).split('\n')
    change(lines, random)
    return Buffer.from(lines.join('\n'), 'latin1')
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.whole(0, 255))
}

function place(input: Uint8Array, random: Random): number {
  return random.whole(0, input.length)
}

/** A place, and how long a part is from there: seldom a long one. */
function range(input: Uint8Array, random: Random, longest: number): [number, number] {
  const at = place(input, random)
  return [at, random.whole(0, Math.min(longest, input.length - at))]
}

function put(input: Uint8Array, at: number, instead: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([input.subarray(0, at), bytes, input.subarray(at + instead)])
}
