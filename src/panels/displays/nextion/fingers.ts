import type { Key } from '../../../domain/words.ts'
import type { Frame } from './frames.ts'
import { keyAt } from './page.ts'

export type Touch = { key: Key; edge: 'down' | 'up' }

/**
 * From touches to edges of keys. The panel feels one finger. It tells of a component's release only while
 * the component is there, and a page is often changed under the finger; that a finger has left the glass
 * (`sendxy=1`) it tells always.
 */
export class Fingers {
  #held: Key | undefined

  /** @param offered what a finger can mean now: an area that shows nothing is no key */
  receive(frame: Frame, offered: readonly Key[]): Touch[] {
    if (frame.is === 'point') return frame.edge === 'up' ? this.release() : []
    if (frame.is !== 'touch') return []
    const key = keyAt(frame.page, frame.component)
    if (key === undefined) return []
    if (frame.edge === 'up') return key === this.#held ? this.release() : []
    if (!offered.includes(key)) return []
    const before = this.release()
    this.#held = key
    return [...before, { key, edge: 'down' }]
  }

  /** The finger is gone, or the display is. */
  release(): Touch[] {
    const key = this.#held
    this.#held = undefined
    return key === undefined ? [] : [{ key, edge: 'up' }]
  }
}
