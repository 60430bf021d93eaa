import type { MonoMs } from '../../../domain/time.ts'

/*
 * What the display says: each message ends with FF FF FF. Source: Nextion Instruction Set, section 7,
 * "Format of Nextion Return Data".
 */

export type Frame =
  /** A touch of a component that sends its id. */
  | { is: 'touch'; page: number; component: number; edge: 'down' | 'up' }
  /** A touch anywhere (`sendxy=1`), in pixels; `asleep` where it did not wake the display. */
  | { is: 'point'; x: number; y: number; edge: 'down' | 'up'; asleep: boolean }
  | { is: 'page'; page: number }
  | { is: 'text'; text: string }
  | { is: 'number'; value: number }
  /** The answer to `connect`: model, firmware and serial number, parted by commas. */
  | { is: 'hello'; fields: string[] }
  /** The answer to an instruction: done, or why not. */
  | { is: 'done' }
  | { is: 'refused'; code: number }
  /** Power-up or reset: all that it was told is forgotten. */
  | { is: 'started' }
  /** Instructions came faster than they were carried out, and some are lost. */
  | { is: 'overflow' }
  | { is: 'asleep' }
  | { is: 'awake' }
  /** Something of no interest: a file on the SD card, transparent data. */
  | { is: 'other'; code: number }

/** How many bytes lie between the first one and the end. All others have none. */
const lengths: Readonly<Record<number, number>> = { 101: 3, 102: 1, 103: 5, 104: 5, 113: 4 }

/** Longer than anything that is asked for. */
const longest = 512
/** Bytes of one message follow each other at once; at 9600 baud and through USB within some 20 ms. */
const gapMs = 250

/**
 * Takes the bytes apart. What has not exactly the form of a message is dropped up to the next end, since
 * noise must never become a key. However the line cuts the bytes up, the messages are the same.
 */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)
  #at: MonoMs = Number.NEGATIVE_INFINITY
  /** What is there began with more than any message has: all of it is dropped up to the next end. */
  #tooLong = false

  /** How many bytes were no message. */
  dropped = 0

  /** The messages that are complete now. */
  push(bytes: Uint8Array, now: MonoMs): Frame[] {
    // A message that was cut off is not carried on by the next one.
    if (now - this.#at > gapMs) {
      this.#drop(this.#bytes.length)
      this.#tooLong = false
    }
    this.#at = now
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const frames: Frame[] = []
    for (;;) {
      this.#dropEnds()
      const length = this.#length()
      if (length === undefined) break
      const frame = this.#tooLong || length > longest ? undefined : decode(this.#bytes.subarray(0, length))
      if (frame) {
        frames.push(frame)
        this.#bytes = this.#bytes.subarray(length + end.length)
      } else this.#drop(length + end.length)
      this.#tooLong = false
    }
    this.#dropTooLong()
    return frames
  }

  /** No message begins with what ends one: where one was lost, its end is left over. */
  #dropEnds(): void {
    if (this.#tooLong) return
    let count = 0
    while (this.#bytes[count] === 0xff) count++
    this.#drop(count)
  }

  /** The length of the first message without its end, once it is there. */
  #length(): number | undefined {
    const [head] = this.#bytes
    if (head === undefined) return undefined
    const fixed = this.#tooLong ? undefined : lengths[head]
    // Numbers may hold FF themselves, so their end is where it must be.
    if (fixed !== undefined) {
      if (this.#bytes.length < fixed + 4) return undefined
      if (this.#bytes.subarray(fixed + 1, fixed + 4).equals(end)) return fixed + 1
    }
    const at = this.#bytes.indexOf(end)
    return at < 0 ? undefined : at
  }

  /** Of what has no end, only what may be the beginning of one is kept. */
  #dropTooLong(): void {
    if (!this.#tooLong && this.#bytes.length <= longest + end.length) return
    this.#tooLong = true
    this.#drop(Math.max(0, this.#bytes.length - (end.length - 1)))
  }

  #drop(count: number): void {
    this.dropped += Math.min(count, this.#bytes.length)
    this.#bytes = this.#bytes.subarray(count)
  }
}

const end = Buffer.from([0xff, 0xff, 0xff])

/** One message without its end; undefined for what has not the form of one. */
function decode(bytes: Buffer): Frame | undefined {
  const [head] = bytes
  if (head === undefined) return undefined
  if (head === 0x70) return { is: 'text', text: bytes.subarray(1).toString('utf8') }
  if (head === 0x63) return hello(bytes.toString('latin1'))
  if (head === 0x00 && bytes.length === 3) return bytes.readUInt16BE(1) === 0 ? { is: 'started' } : undefined
  if (bytes.length !== 1 + (lengths[head] ?? 0)) return undefined
  switch (head) {
    case 0x65: {
      const edge = edgeOf(bytes[3])
      return edge && { is: 'touch', page: bytes[1]!, component: bytes[2]!, edge }
    }
    case 0x67:
    case 0x68: {
      const edge = edgeOf(bytes[5])
      const place = { x: bytes.readUInt16BE(1), y: bytes.readUInt16BE(3) }
      return edge && { is: 'point', ...place, edge, asleep: head === 0x68 }
    }
    case 0x66:
      return { is: 'page', page: bytes[1]! }
    case 0x71:
      return { is: 'number', value: bytes.readInt32LE(1) }
    default:
      return single(head)
  }
}

function single(code: number): Frame | undefined {
  switch (code) {
    case 0x01:
      return { is: 'done' }
    case 0x24:
      return { is: 'overflow' }
    case 0x86:
      return { is: 'asleep' }
    case 0x87:
      return { is: 'awake' }
    case 0x88:
      return { is: 'started' }
  }
  if (code <= 0x23) return { is: 'refused', code }
  return code >= 0x89 ? { is: 'other', code } : undefined
}

function edgeOf(byte: number | undefined): 'down' | 'up' | undefined {
  return byte === 1 ? 'down' : byte === 0 ? 'up' : undefined
}

function hello(text: string): Frame | undefined {
  return text.startsWith('comok ')
    ? { is: 'hello', fields: text.slice('comok '.length).split(',') }
    : undefined
}

/** What it means that an instruction was refused. Source: section 7.1 of the instruction set. */
export function refusal(code: number): string {
  return `${refusals[code] ?? 'refused'} (0x${code.toString(16).padStart(2, '0').toUpperCase()})`
}

const refusals: Readonly<Record<number, string>> = {
  0: 'an instruction that it does not know',
  2: 'no component of this id',
  3: 'no such page',
  4: 'no such picture',
  5: 'no such font',
  17: 'no such speed',
  26: 'no such component or attribute',
  27: 'the attribute does not take this value',
  28: 'the value could not be set',
  30: 'wrong number of values',
  32: 'a wrong escape in a text',
  35: 'too long a name',
}
