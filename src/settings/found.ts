import type { Described } from './describe.ts'

const longest = 60

/**
 * What is written in the file, in words for a message. A secret is never repeated; neither is a text
 * where a whole group is expected: it may be a password whose line lost its indentation.
 */
export function foundWords(value: unknown, described: Described | undefined): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return listWords(value, described)
  if (typeof value === 'object') return 'a group of keys'
  if (value === '') return 'an empty text'
  const kind = typeof value === 'string' ? 'a text' : `a ${typeof value}`
  if (described?.is !== 'leaf' || described.about.secret === 'whole') return kind
  if (typeof value !== 'string') {
    const unquoted = typeof value === 'number' && described.shape.is === 'text'
    return unquoted ? `${value}, a number without quotes` : `${value}`
  }
  // A key may have been put in place of its file's name.
  if (value.includes('-----BEGIN')) return 'the contents of a certificate or a key'
  if (described.about.secret === 'file' && !value.startsWith('/')) return kind
  return quote(described.about.secret === 'credentials' ? withoutCredentials(value) : value)
}

/** A broker's address as it may be shown: nothing in front of an @, nothing behind the first space or ?. */
export function withoutCredentials(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return address.replace(/[\s?#].*$/s, '…')
  const scheme = /^[a-z]+:\/\//i.exec(address)?.[0] ?? ''
  return `${scheme}…${address.slice(at).replace(/[\s?#].*$/s, '…')}`
}

/** The part of an unknown key that may be shown: of `password:x`, written without a space, the word alone. */
export function keyWords(key: string): string {
  if (key === '<<') return key
  const word = /^[\w-]{0,40}/.exec(key)?.[0] ?? ''
  return word === key ? key : `${word}…`
}

function listWords(value: readonly unknown[], described: Described | undefined): string {
  if (value.length === 0) return 'an empty list'
  const shown = `[${value.join(', ')}]`
  const simple = described?.is === 'leaf' && described.shape.is === 'list' && shown.length <= longest
  return simple && value.every((item) => typeof item === 'string') ? shown : 'a list'
}

function quote(text: string): string {
  const shown = text.replace(/(passwor[dt]\w*\s*[:=]).*$/is, '$1…')
  return JSON.stringify(shown.length > longest ? `${shown.slice(0, longest)}…` : shown)
}
