import { posix } from 'node:path'
import ts from 'typescript'

/**
 * The floors of the house: a file may import from its own folder, or from a lower floor. A type counts
 * like anything else: who needs its name depends on it.
 */
export const floorOf: Readonly<Record<string, number>> = {
  domain: 0,
  contract: 1,
  settings: 1,
  ports: 1,
  terminal: 2,
  web: 2,
  panels: 3,
  storage: 3,
  broker: 3,
  system: 3,
  subscriber: 3,
  cli: 4,
}

/** These rooms import neither packages nor Node's modules. */
const bare: ReadonlySet<string> = new Set(['domain', 'ports', 'terminal'])

/** What runs in a browser: served as it is, so the types of the domain are all it may know. */
const web = 'src/panels/browser/web'

export interface SourceFile {
  /** From the root of the repository, with slashes: `src/domain/visit.ts`. */
  path: string
  source: string
}

export interface Stray {
  path: string
  line: number
  /** As it is written. */
  specifier: string
  why: string
}

interface Import {
  specifier: string
  line: number
  /** `import type …`, `export type …`, `typeof import(…)`: nothing of it is left at run time. */
  typeOnly: boolean
}

/** Every import that breaks the rules, in the order of the files. */
export function strayImports(files: readonly SourceFile[]): Stray[] {
  return files.flatMap((file) => {
    if (roomOf(file.path) === undefined) {
      return [{ path: file.path, line: 1, specifier: '', why: 'stands on no floor' }]
    }
    return importsOf(file).flatMap((found) => {
      const why = whyStray(file.path, found)
      return why === undefined ? [] : [{ path: file.path, line: found.line, specifier: found.specifier, why }]
    })
  })
}

/** The files among these that each imports, types too. */
function neighbours(files: readonly SourceFile[]): Map<string, string[]> {
  const paths = new Set(files.map(({ path }) => path))
  return new Map(
    files.map((file) => {
      const targets = importsOf(file).map(({ specifier }) => posix.join(posix.dirname(file.path), specifier))
      return [file.path, targets.filter((target) => paths.has(target))]
    }),
  )
}

export interface Room {
  name: string
  floor: number
  files: number
  lines: number
  /** How many imports lead from here to another room, by its name. */
  uses: ReadonlyMap<string, number>
}

/** What the house is made of; what is generated does not count. */
export function roomsOf(files: readonly SourceFile[]): Room[] {
  const next = neighbours(files)
  const written = files.filter(({ path }) => !path.endsWith('.generated.ts'))
  return Object.entries(floorOf).map(([name, floor]) => {
    const own = written.filter(({ path }) => roomOf(path) === name)
    const uses = new Map<string, number>()
    for (const { path } of own)
      for (const target of next.get(path)!) {
        const there = roomOf(target)!
        if (there !== name) uses.set(there, (uses.get(there) ?? 0) + 1)
      }
    const lines = own.reduce((sum, { source }) => sum + source.split('\n').length - 1, 0)
    return { name, floor, files: own.length, lines, uses }
  })
}

/** Files that import each other in a circle, types too: each circle from its first file back to it. */
export function circles(files: readonly SourceFile[]): string[][] {
  const next = neighbours(files)
  const found: string[][] = []
  const done = new Set<string>()
  const trail: string[] = []
  const walk = (path: string) => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path])
    if (at >= 0 || done.has(path)) return
    trail.push(path)
    for (const target of next.get(path)!) walk(target)
    trail.pop()
    done.add(path)
  }
  for (const { path } of files) walk(path)
  return found
}

/** Pages are bundled: the pure domain may go with them, and of what serves them only the types. */
const webRule = 'browser code imports nothing but its own folder, domain, and types of its server'

function whyStray(path: string, { specifier, typeOnly }: Import): string | undefined {
  const room = roomOf(path)!
  if (!/^(\.{1,2}(\/|$)|\/)/.test(specifier)) {
    if (inWeb(path)) return webRule
    return bare.has(room) ? `${room} imports no package and no module of Node` : undefined
  }
  const target = posix.join(posix.dirname(path), specifier)
  const there = roomOf(target)
  if (inWeb(path)) {
    const served = typeOnly && posix.dirname(target) === posix.dirname(web)
    return inWeb(target) || there === 'domain' || served ? undefined : webRule
  }
  if (inWeb(target)) return 'browser code is for the browser alone'
  if (there === room) return undefined
  if (there !== undefined) {
    if (floorOf[there]! < floorOf[room]!) return undefined
    return `${room} is on floor ${floorOf[room]}, ${there} on floor ${floorOf[there]}`
  }
  // Outside the house: `../../package.json` is fine for those who stand next to the machine.
  const fits = !specifier.startsWith('/') && !/^(\.\.|src|test)(\/|$)/.test(target) && floorOf[room]! >= 3
  return fits ? undefined : `${room} imports ${target}, which stands on no floor`
}

/** The folder under `src` that a path belongs to, or undefined where there is none. */
function roomOf(path: string): string | undefined {
  const [, room] = /^src\/([^/]+)\/./.exec(path) ?? []
  return room !== undefined && Object.hasOwn(floorOf, room) ? room : undefined
}

function inWeb(path: string): boolean {
  return path.startsWith(`${web}/`)
}

/** All ways to name another module, wherever they stand in the file. */
function importsOf({ path, source }: SourceFile): Import[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const add = (name: ts.Node | undefined, typeOnly: boolean) => {
    if (!name) return
    const line = file.getLineAndCharacterOfPosition(name.getStart()).line + 1
    // A name that is computed can be anything, so it is shown as it stands.
    const specifier = ts.isStringLiteralLike(name) ? name.text : name.getText()
    imports.push({ specifier, line, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly === true)
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isExternalModuleReference(node)) add(node.expression, false)
    else if (ts.isImportTypeNode(node)) add((node.argument as ts.LiteralTypeNode).literal, true)
    else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) add(node.name, true)
    else if (ts.isCallExpression(node) && isImportCall(node)) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(file)
  const { referencedFiles, typeReferenceDirectives } = file
  for (const { fileName, pos } of [...referencedFiles, ...typeReferenceDirectives]) {
    const line = file.getLineAndCharacterOfPosition(pos).line + 1
    imports.push({ specifier: fileName, line, typeOnly: true })
  }
  return imports
}

function isImportCall({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true
  return /^(require|require\.resolve|import\.meta\.resolve)$/.test(expression.getText())
}
