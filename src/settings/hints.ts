import type { Described } from './describe.ts'
import { nearest } from './nearest.ts'

/**
 * What to do about a value that is no good, where its own check has no word on it.
 * @param written the value as YAML reads it
 * @param item whether it is an item of a list
 */
export function hintFor(written: unknown, described: Described | undefined, item: boolean): string {
  if (!described) return ''
  if (written === undefined || written === null) return missingHint(described)
  if (described.is === 'group')
    return 'Begin a line for each key below it, two spaces further in, with a space after the colon.'
  const shape = item && described.shape.is === 'list' ? described.shape.item : described.shape
  switch (shape.is) {
    case 'list':
      return typeof written === 'string' ? `Write it as a list: [${written}].` : ''
    case 'number':
      return typeof written === 'string' ? numberHint(written) : ''
    case 'choice': {
      const meant = typeof written === 'string' ? nearest(written, shape.options) : undefined
      return meant ? `Did you mean ${meant}?` : ''
    }
    case 'text':
      return ''
  }
}

function missingHint({ required, is, about }: Described): string {
  if (is === 'group') return required ? 'No file goes without it.' : ''
  if (required) return 'It must be set.'
  if (about.secret === 'whole') return 'Put it between quotes.'
  return 'Give it a value, or leave the line out.'
}

function numberHint(written: string): string {
  if (/^-?\d+,\d+$/.test(written)) return `Write ${written.replace(',', '.')}, with a point.`
  return /^-?\d+(\.\d+)?$/.test(written) ? `Write ${written} without quotes.` : 'Write the number alone.'
}
