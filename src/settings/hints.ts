import type { Described } from './describe.ts'
import { nearest } from './nearest.ts'

/**
 * What to do about a value that is no good, where its own check has no word on it.
 * @param written the value as YAML reads it
 * @param item whether it is an item of a list
 */
export function hintFor(written: unknown, described: Described | undefined, item: boolean): string {
  if (!described) return ''
  const empty = written === undefined || written === null
  if (described.is === 'group' && (!empty || (written === null && described.required)))
    return 'Begin a line for each key below it, two spaces further in, with a space after the colon.'
  if (empty || described.is === 'group') return missingHint(described)
  const shape = item && described.shape.is === 'list' ? described.shape.item : described.shape
  switch (shape.is) {
    case 'list':
      return typeof written === 'string' ? listHint(written) : ''
    case 'number':
      return typeof written === 'string' ? numberHint(written) : ''
    case 'choice': {
      const meant = switched(written, shape.options) ?? nearest(String(written), shape.options)
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

function listHint(written: string): string {
  return /^[\p{L}\p{N}\p{P} ]{1,60}$/u.test(written)
    ? `Write it as a list: [${written}].`
    : 'Write it as a list, between [ and ].'
}

function numberHint(written: string): string {
  if (written.length > 20) return 'Write the number alone.'
  if (/^-?\d+,\d+$/.test(written)) return `Write ${written.replace(',', '.')}, with a point.`
  return /^-?\d+(\.\d+)?$/.test(written) ? `Write ${written} without quotes.` : 'Write the number alone.'
}

/** What other programs call on and off. */
function switched(written: unknown, options: readonly string[]): string | undefined {
  const meant = /^(yes|true|s[iì]|1)$/i.test(String(written)) ? 'on' : 'off'
  return options.includes(meant) && /^(yes|no|true|false|s[iì]|0|1)$/i.test(String(written))
    ? meant
    : undefined
}
