import { type PageName, pages } from './page.ts'

/** The displays that there is a page definition for, as the digits in their model's name say it. */
export const sizes = {
  '3224': { width: 320, height: 240 },
  '4024': { width: 400, height: 240 },
  '4827': { width: 480, height: 272 },
  '4832': { width: 480, height: 320 },
  '8048': { width: 800, height: 480 },
} as const satisfies Record<string, Size>
export type Model = keyof typeof sizes

/** In pixels. */
export interface Size {
  width: number
  height: number
}

/** In pixels, from the upper left corner. */
export interface Box extends Size {
  x: number
  y: number
}

export interface Layout extends Size {
  /** Heights of the fonts 0, 1 and 2 in pixels; the editor makes multiples of 8. */
  fonts: readonly [number, number, number]
  /** Where the components are; a variable is nowhere. */
  boxes: Readonly<Record<PageName, Readonly<Record<string, Box>>>>
}

const fontHeights: Readonly<Record<Model, Layout['fonts']>> = {
  '3224': [16, 24, 32],
  '4024': [16, 24, 32],
  '4827': [24, 32, 40],
  '4832': [24, 32, 48],
  '8048': [40, 56, 72],
}

/** The one layout, computed for a size: everything is a share of width or height. */
export function layoutFor(model: Model): Layout {
  const { width, height } = sizes[model]
  const margin = Math.round(height * 0.025)
  const inner = width - 2 * margin
  /** A row from one share of the height to another, parted into equal boxes. */
  const row = (from: number, to: number, parts = 1, gap = margin): Box[] => {
    const y = Math.round(height * from)
    const part = Math.floor((inner - gap * (parts - 1)) / parts)
    return Array.from({ length: parts }, (_, i) => ({
      x: margin + i * (part + gap),
      y,
      width: part,
      height: Math.round(height * to) - y,
    }))
  }
  const [title] = row(0.015, 0.29)
  const [bottom] = row(0.83, 0.975)
  const wide = Math.round(inner * 0.63)
  const bottomLeft = { ...bottom!, width: wide }
  const bottomRight = { ...bottom!, x: margin + wide + margin, width: inner - wide - margin }
  const [message] = row(0.1, 0.42)
  const [hint] = row(0.44, 0.8)
  const [time] = row(0.77, 0.8)
  const reasons = [...row(0.2, 0.46, 2), ...row(0.485, 0.745, 2)]
  return {
    width,
    height,
    fonts: fontHeights[model],
    boxes: {
      message: named('message', [undefined, message, hint, bottomRight]),
      faces: named('faces', [title, ...row(0.295, 0.7, 3, 2), ...row(0.7, 0.82, 3, 2), bottomRight]),
      reasons: named('reasons', [row(0.025, 0.18)[0], ...reasons, bottomLeft, bottomRight, time]),
    },
  }
}

function named(page: PageName, boxes: readonly (Box | undefined)[]): Record<string, Box> {
  const entries = pages[page].map(({ name }, i) => [name, boxes[i]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, Box] => entry[1] !== undefined))
}

/** Red, green and blue as the display takes them: 5, 6 and 5 bits. */
export function colour565(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16)
  return ((value >> 8) & 0xf800) | ((value >> 5) & 0x07e0) | ((value >> 3) & 0x001f)
}

/** Calm and dark, as the page of the browser panel. */
export const colours = {
  ground: '#0b1826',
  ink: '#ffffff',
  button: '#1f3b57',
  quiet: '#a9bccf',
  bar: '#ffd84d',
} as const
