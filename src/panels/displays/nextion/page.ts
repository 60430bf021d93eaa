import type { Face, Key } from '../../../domain/words.ts'

/*
 * What the three pages in the display are made of, whatever its size. The display tells us ids only, so
 * their order here is part of the contract with every display that was loaded.
 */

export const pageNames = ['message', 'faces', 'reasons'] as const
export type PageName = (typeof pageNames)[number]

export interface Component {
  name: string
  /** As the editor calls it. */
  type: 'Variable' | 'Text' | 'Hotspot' | 'Progress bar'
  /** What a finger on it means. */
  key?: Key
}

const language: Component = { name: 'language', type: 'Text', key: 'language' }

/** The components of each page, in the order of their ids, from 1. */
export const pages: Readonly<Record<PageName, readonly Component[]>> = {
  message: [
    { name: 'layout', type: 'Variable' },
    { name: 'title', type: 'Text' },
    { name: 'hint', type: 'Text' },
    language,
  ],
  faces: [
    { name: 'title', type: 'Text' },
    { name: 'face1', type: 'Hotspot', key: 'satisfied' },
    { name: 'face2', type: 'Hotspot', key: 'neutral' },
    { name: 'face3', type: 'Hotspot', key: 'dissatisfied' },
    { name: 'label1', type: 'Text', key: 'satisfied' },
    { name: 'label2', type: 'Text', key: 'neutral' },
    { name: 'label3', type: 'Text', key: 'dissatisfied' },
    language,
  ],
  reasons: [
    { name: 'title', type: 'Text' },
    { name: 'reason1', type: 'Text', key: 'reason-1' },
    { name: 'reason2', type: 'Text', key: 'reason-2' },
    { name: 'reason3', type: 'Text', key: 'reason-3' },
    { name: 'reason4', type: 'Text', key: 'reason-4' },
    { name: 'skip', type: 'Text', key: 'skip' },
    language,
    { name: 'time', type: 'Progress bar' },
  ],
}

/** What the variable `layout` says; another number where names or ids have changed. */
export const layoutMark = 'faccina 1'

/** The hotspots that the faces are drawn on. */
export const faceSpots = {
  satisfied: 'face1',
  neutral: 'face2',
  dissatisfied: 'face3',
} as const satisfies Record<Face, string>

/** What a finger on a component means; undefined where it means nothing. */
export function keyAt(page: number, id: number): Key | undefined {
  const name = pageNames[page]
  return name && pages[name][id - 1]?.key
}

/** The number that the display knows a page by. */
export function pageId(name: PageName): number {
  return pageNames.indexOf(name)
}
