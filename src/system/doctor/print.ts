import type { Finding, Result } from './finding.ts'

const signs: Record<Result, string> = { good: '✓', warning: '!', failed: '✗', skipped: '–' }
/** ANSI: green, yellow, red, grey. */
const colours: Record<Result, string> = { good: '32', warning: '33', failed: '31', skipped: '90' }

/** One line for what is fine; below what is not, the next thing to do. */
export function printed({ name, result, found, next }: Finding, colour: boolean): string {
  const sign = colour ? `\u001b[${colours[result]}m${signs[result]}\u001b[0m` : signs[result]
  const indent = `\n${' '.repeat(16)}`
  const lines = found.split('\n').join(indent)
  return `${sign} ${name.padEnd(13)} ${lines}${next && `${indent}→ ${next}`}\n`
}

/** The last line. */
export function summed(findings: readonly Finding[]): string {
  const of = (result: Result) => findings.filter((finding) => finding.result === result).length
  const [first] = findings.filter(({ result }) => result === 'failed')
  const counts = `${of('good')} good, ${of('warning')} to know of, ${of('failed')} failed, ${of('skipped')} not looked at`
  return first ? `Not well: ${counts}. Begin with: ${first.name}.\n` : `All is well: ${counts}.\n`
}
