import * as v from 'valibot'

/**
 * The building blocks of the schema. What is checked is read back from valibot by `describe.ts`; what
 * valibot cannot tell in words stands in `About`. A message that a check carries is the hint of its
 * problem: what was found and what is allowed is said without it.
 */
export type About = {
  title: string
  description?: string
  /** What a number counts, in the plural: `seconds`. */
  unit?: string
  /** What a text may be; also for the items of a list. */
  words?: string
  /** What goes for it while it is not set, where that is no fixed default. */
  otherwise?: string
  /** A value for the example, where there is no default. */
  example?: unknown
  /**
   * `whole`: is never shown. `credentials`: is shown without what stands before an @. `file`: the path of a file
   * with a secret is shown, but not what is no path: somebody may have written the secret itself there.
   */
  secret?: 'whole' | 'credentials' | 'file'
  /** No item may be in the list twice. */
  unique?: true
  /** Keys of a group that only work together, and keys that exclude each other. */
  together?: readonly [string, string]
  notBoth?: readonly [string, string]
}

export function about<T>(facts: About): v.MetadataAction<T, About> {
  return v.metadata(facts)
}

export function wholeNumber(min: number, max: number, facts: About) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), about(facts))
}

export function fraction(min: number, max: number, facts: About) {
  return v.pipe(v.number(), v.minValue(min), v.maxValue(max), about(facts))
}

export function choice<const T extends readonly string[]>(options: T, facts: About) {
  return v.pipe(v.picklist(options), about(facts))
}

export function choices<const T extends readonly string[]>(options: T, min: number, facts: About) {
  return v.pipe(
    v.array(v.picklist(options)),
    v.minLength(min),
    v.maxLength(options.length),
    v.check((list) => new Set(list).size === list.length, 'Each may be in the list only once.'),
    about({ ...facts, unique: true }),
  )
}

/** @param hint says what is wrong with a text that does not match; may be empty */
export function text(
  pattern: RegExp,
  facts: About & { words: string },
  hint: (text: string) => string = () => '',
) {
  return v.pipe(
    v.string(),
    v.regex(pattern, (issue) => hint(issue.input)),
    about(facts),
  )
}

/** A level of the terminal's topics. */
export function name(facts: About) {
  return text(/^[a-z0-9_-]{1,64}$/, { ...facts, words: '1 to 64 of a-z, 0-9, _ and -' }, nameHint)
}

function nameHint(written: string): string {
  const other = /[^\p{Lu}\sa-z0-9_-]/u.exec(written)?.[0]
  const wrong = [
    /\p{Lu}/u.test(written) && 'upper case',
    /\s/.test(written) && 'a space',
    other && (/\p{C}/u.test(other) ? 'a sign that is not seen' : `the sign ${other}`),
    written.length > 64 && `${written.length} characters`,
  ].filter((part) => typeof part === 'string')
  const tidy = written.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim().replace(/\s+/g, '-')
  const better = /^[a-z0-9_-]{1,64}$/.test(tidy) ? ` Write it as ${tidy}.` : ''
  return wrong.length > 0 ? `It has ${wrong.join(' and ')}.${better}` : ''
}

export function path(facts: About) {
  return text(/^\/[^\0]*[^\0/]$/, { ...facts, words: 'a path that begins with /' }, (written) =>
    written.startsWith('/') ? 'Leave out the / at its end.' : 'Say where it begins, in front of it.',
  )
}

/** A file that lies anywhere, or beside the settings: on the boot partition that is all there can be. */
export function fileName(facts: About) {
  const words = 'the name of a file beside this one, or a path that begins with /'
  return text(/^(\/[^\0]*[^\0/]|[^\0/\\:]+)$/, { ...facts, words }, (written) => {
    if (written.includes('-----BEGIN'))
      return 'Save it as a file of its own beside this one, and write the name of that file here.'
    return written.startsWith('/') ? 'Leave out the / at its end.' : besideHint(written)
  })
}

/** The end of a path as other systems write it; of what may be a key that was pasted nothing is shown. */
function besideHint(written: string): string {
  const name = /[/\\:]([\p{L}\d _.()-]{1,60}\.\w{2,4})$/u.exec(written)?.[1]
  return `Put the file beside this one, and write its name alone${name ? `: ${name}` : ''}.`
}

/** The path of a file that is named by its path, or lies beside the settings. */
export function besideSettings(settingsFile: string, name: string): string {
  return name.startsWith('/') ? name : `${/^.*[\\/]/.exec(settingsFile)?.[0] ?? ''}${name}`
}
