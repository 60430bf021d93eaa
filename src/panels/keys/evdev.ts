import type { Edge } from '../../domain/press-filter.ts'
import type { Key } from '../../domain/words.ts'

/** What the kernel's input devices say (`linux/input.h`), without touching one. */
export interface InputEvent {
  type: number
  code: number
  /** Of a key: 0 released, 1 pressed, 2 repeated by the kernel. */
  value: number
}

const types = { synchronise: 0, key: 1 } as const
/** Codes of `synchronise`: a moment is complete, and events were lost because nobody fetched them. */
const moments = { report: 0, dropped: 3 } as const

/** Bytes of the kernel's `long`, as this program sees it: a 32-bit one does on a 64-bit kernel, too. */
export type WordBytes = 4 | 8

export function wordBytes(arch: string = process.arch): WordBytes {
  return ['arm', 'ia32', 'mipsel'].includes(arch) ? 4 : 8
}

/** Two words of time, then type, code (16 bits each) and value (32 bits). */
export function eventBytes(word: WordBytes): number {
  return 2 * word + 8
}

/** Makes events of bytes, however these are cut. */
export class EventReader {
  readonly #word: WordBytes
  #rest: Uint8Array = new Uint8Array()

  constructor(word: WordBytes) {
    this.#word = word
  }

  read(bytes: Uint8Array): InputEvent[] {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes)
    const size = eventBytes(this.#word)
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
    const events: InputEvent[] = []
    let at = 0
    for (; at + size <= all.length; at += size) {
      const body = at + 2 * this.#word
      events.push({
        type: view.getUint16(body, true),
        code: view.getUint16(body + 2, true),
        value: view.getInt32(body + 4, true),
      })
    }
    this.#rest = all.slice(at)
    return events
  }
}

export interface KeyEdge {
  key: Key
  edge: Edge['edge']
}

/**
 * What the events of one device mean for the keys of a panel. The device tells changes only: what was held
 * before it was opened is not known until it is released, and that release means nothing.
 */
export class DeviceKeys {
  readonly #keyOf: ReadonlyMap<number, Key>
  readonly #held = new Set<Key>()
  #lost = false

  constructor(keyOf: ReadonlyMap<number, Key>) {
    this.#keyOf = keyOf
  }

  take(event: InputEvent): KeyEdge[] {
    if (event.type === types.synchronise) return this.#moment(event.code)
    // What comes between a loss and the next complete moment is in pieces.
    if (event.type !== types.key || this.#lost) return []
    const key = this.#keyOf.get(event.code)
    if (key === undefined) return []
    if (event.value === 1) {
      this.#held.add(key)
      return [{ key, edge: 'down' }]
    }
    return event.value === 0 && this.#held.delete(key) ? [{ key, edge: 'up' }] : []
  }

  /**
   * Lets go of what is held: the device is gone, or its releases may be among what was lost. A finger that is
   * still there then has to press again, which is better than a key that seems held for ever.
   */
  release(): KeyEdge[] {
    const edges = [...this.#held].map((key): KeyEdge => ({ key, edge: 'up' }))
    this.#held.clear()
    return edges
  }

  #moment(code: number): KeyEdge[] {
    if (code === moments.report) this.#lost = false
    if (code !== moments.dropped) return []
    this.#lost = true
    return this.release()
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
