import { textOf } from '../../src/settings/file-bytes.ts'
import { formatProblem, type Problem } from '../../src/settings/problem.ts'
import { must } from './engine/target.ts'

/** What every YAML file of ours is read by. */
export const yamlReader = [
  'src/settings/checked-file.ts',
  'src/settings/depth.ts',
  'src/settings/describe.ts',
  'src/settings/document.ts',
  'src/settings/file-bytes.ts',
  'src/settings/found.ts',
  'src/settings/hints.ts',
  'src/settings/kinds.ts',
  'src/settings/nearest.ts',
  'src/settings/problem.ts',
  'src/settings/renamed.ts',
] as const

export const yamlWords = [
  ...['&a', '*a', '<<: *a', '!!str ', '? ', '- ', ': ', '|\n', '>-\n', '---\n', '...\n', '%YAML 1.1\n', '# '],
  ...[
    '\ufeff',
    '\u00a0',
    '\u201c',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    '\t',
    '\r\n',
    '\\u0000',
    '0x1F',
    '1e3',
    '.inf',
  ],
  ...[
    '__proto__: ',
    'constructor: ',
    'toString',
    'null',
    '~',
    'yes',
    'true',
    '012',
    '2026-12-24',
    '08:30-12:30',
  ],
] as const

export const fileName = '/etc/faccina/faccina.yaml'

/** The text that the bytes of a file are; undefined where they are none, and that is told in words. */
export function textOrWhy(bytes: Uint8Array): string | undefined {
  const read = textOf(bytes)
  if ('text' in read) return read.text
  must(read.unfit.found !== '' && read.unfit.hint !== '', 'bytes that are no text, and no word about it')
  return undefined
}

/** Where they stand, what was found, what to do: for each. */
export function mustBeWords(problems: readonly Problem[], text: string): void {
  must(problems.length > 0, 'refused, and no problem told')
  const lines = text.split(/\r\n|\r|\n/).length
  let before = 0
  for (const problem of problems) {
    const sentence = formatProblem(problem)
    must(problem.file === fileName, () => `the file is called ${problem.file}`)
    must(problem.found !== '' && !/undefined|NaN|\[object/.test(problem.found), () => `no words: ${sentence}`)
    must(problem.allowed !== '' || !!problem.hint, () => `nothing to do: ${sentence}`)
    must(problem.line >= 0 && problem.line <= lines, () => `line ${problem.line} of ${lines}: ${sentence}`)
    must(problem.line >= before, () => `out of order: ${sentence}`)
    must(sentence.length < 2_000, () => `a sentence of ${sentence.length} characters`)
    must(
      !/\p{Cc}/u.test(sentence.replace(/"[^"]*"?/g, '')),
      () => `a sign that is no letter: ${JSON.stringify(sentence)}`,
    )
    before = problem.line
  }
}

/** Stands in a file where a password belongs. */
export const secret = 'Zq7-wkJx-9Fm'

/** Whether the secret stands where a password belongs, and nowhere else. */
export function isSecretOnly(text: string): boolean {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.includes(secret))
  return lines.length > 0 && lines.every((line) => /^\s*password\s*:\s*["']?Zq7-wkJx-9Fm["']?\s*$/.test(line))
}

/** That nothing was polluted. */
export function mustBeClean(): void {
  must(Object.keys(Object.prototype).length === 0, 'Object.prototype has got a field')
  must(({} as Record<string, unknown>).polluted === undefined, 'Object.prototype is polluted')
}
