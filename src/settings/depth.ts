import { CST, Lexer } from 'yaml'

const maxBrackets = 16
const maxIndicators = 40
const maxIndent = 80

/**
 * The line on which a text nests deeper than any settings file does, or undefined. The parser recurses
 * into what is nested, and near the end of the stack V8 does not always throw but can end the process:
 * so this is looked at before.
 */
export function firstTooDeep(text: string): number | undefined {
  let line = 1
  let brackets = 0
  let indicators = 0
  let atStart = true
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (type === 'flow-map-start' || type === 'flow-seq-start') brackets++
    if (type === 'flow-map-end' || type === 'flow-seq-end') brackets--
    if (isIndicator(token)) indicators++
    const indent = atStart && type === 'space' ? token.length : 0
    if (brackets > maxBrackets || indicators > maxIndicators || indent > maxIndent) return line
    atStart = token.endsWith('\n')
    if (token.includes('\n')) {
      line += token.split('\n').length - 1
      indicators = 0
    }
  }
  return undefined
}

function isIndicator(token: string): boolean {
  return token === '-' || token === '?' || token === ':' || token === '[' || token === '{'
}
