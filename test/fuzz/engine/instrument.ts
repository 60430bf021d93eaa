import ts from 'typescript'

export interface Block {
  /** From the project's folder. */
  file: string
  line: number
  /** Whether a function begins with it. */
  isFunction: boolean
}

interface Edit {
  at: number
  text: string
  opens: boolean
  depth: number
}

/**
 * Puts a call `__hit(n)` at the beginning of every function, branch, loop and case, on the line where it stands. What
 * V8 itself counts is as fine, but takes milliseconds to ask for, and is to be asked after every input.
 * @param blocks gets what was found; `n` is the place in it
 * @param words gets the short texts and numbers of the program, which are the words of what it reads
 */
export function instrumented(code: string, file: string, blocks: Block[], words: Set<string>): string {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.ES2023, true)
  const edits: Edit[] = []
  const hit = (node: ts.Node, isFunction = false) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    return `__hit(${blocks.push({ file, line: line + 1, isFunction }) - 1})`
  }
  const put = (at: number, text: string, opens: boolean, depth: number) =>
    edits.push({ at, text, opens, depth })
  const around = (node: ts.Node, open: string, close: string, depth: number) => {
    put(node.getStart(source), open, true, depth)
    put(node.end, close, false, depth)
  }
  const expression = (node: ts.Expression, depth: number, isFunction = false) =>
    around(node, `(${hit(node, isFunction)},`, ')', depth)
  const statement = (node: ts.Statement, depth: number) => {
    if (ts.isBlock(node)) put(node.getStart(source) + 1, `${hit(node)};`, true, depth)
    else around(node, `{${hit(node)};`, '}', depth)
  }
  const walk = (node: ts.Node, depth: number): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const body = node.body as ts.ConciseBody
      if (ts.isBlock(body)) put(body.getStart(source) + 1, `${hit(body, true)};`, true, depth)
      else expression(body, depth, true)
    } else if (ts.isIfStatement(node)) {
      statement(node.thenStatement, depth)
      if (node.elseStatement) statement(node.elseStatement, depth)
    } else if (ts.isIterationStatement(node, false)) statement(node.statement, depth)
    else if (ts.isCatchClause(node)) statement(node.block, depth)
    else if (ts.isCaseOrDefaultClause(node)) {
      const [first] = node.statements
      if (first) put(first.getStart(source), `${hit(first)};`, true, depth)
    } else if (ts.isConditionalExpression(node)) {
      expression(node.whenTrue, depth)
      expression(node.whenFalse, depth)
    } else if (ts.isBinaryExpression(node) && shortCircuits.has(node.operatorToken.kind))
      expression(node.right, depth)
    gather(node, words)
    ts.forEachChild(node, (child) => walk(child, depth + 1))
  }
  walk(source, 0)
  return `const __hit = globalThis.__faccinaHit;${applied(code, edits)}`
}

const shortCircuits: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
])

/** Where several stand at one place, what ends there goes first: the inner before the outer. */
function applied(code: string, edits: Edit[]): string {
  const sorted = edits.sort((a, b) => {
    if (a.at !== b.at) return a.at - b.at
    if (a.opens !== b.opens) return a.opens ? 1 : -1
    return a.opens ? a.depth - b.depth : b.depth - a.depth
  })
  const parts: string[] = []
  let from = 0
  for (const { at, text } of sorted) {
    parts.push(code.slice(from, at), text)
    from = at
  }
  return [...parts, code.slice(from)].join('')
}

const longestWord = 24

function gather(node: ts.Node, words: Set<string>): void {
  const isName = ts.isIdentifier(node) && node.parent && ts.isPropertyAssignment(node.parent)
  const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
  if (isText && ts.isImportDeclaration(node.parent)) return
  if ((isName || isText) && node.text.length > 0 && node.text.length <= longestWord) words.add(node.text)
  if (ts.isNumericLiteral(node)) {
    const number = Number(node.text)
    if (Number.isInteger(number) && number >= 0 && number < 256) words.add(String.fromCharCode(number))
  }
}
