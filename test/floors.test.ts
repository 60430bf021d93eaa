import t from 'tap'
import { circles, floorOf, strayImports } from './floors.ts'
import { sourceFiles } from './source-files.ts'

t.test('every file of the house imports from its own folder or from a lower floor', async (t) => {
  const files = await sourceFiles()
  t.ok(
    files.some(({ path }) => path === 'src/domain/visit.ts'),
    'they were found',
  )
  const strays = strayImports(files)
  t.same(
    strays.map(({ path, line, specifier, why }) => `${path}:${line} '${specifier}': ${why}`),
    [],
  )
  t.same(
    circles(files).map((circle) => circle.join(' → ')),
    [],
    'and none in a circle',
  )
})

t.test('a circle is found, whoever begins', async (t) => {
  const file = (name: string, ...imports: string[]) => ({
    path: `src/domain/${name}.ts`,
    source: imports.map((one) => `import { type X } from './${one}.ts'`).join('\n'),
  })
  t.same(circles([file('a', 'b', 'c'), file('b', 'c'), file('c', 'd'), file('d')]), [])
  t.same(circles([file('a', 'b'), file('b', 'c'), file('c', 'b')]), [
    ['src/domain/b.ts', 'src/domain/c.ts', 'src/domain/b.ts'],
  ])
})

/** What is said of one file with this source. */
const why = (path: string, source: string) => strayImports([{ path, source }]).map((stray) => stray.why)

const bare = (room: string) => [`${room} imports no package and no module of Node`]

t.test('the floors are those of the design', async (t) => {
  const folders = Object.keys(floorOf)
  for (const from of folders) {
    for (const to of folders) {
      const fine = from === to || floorOf[to]! < floorOf[from]!
      const said = why(`src/${from}/a.ts`, `import { b } from '../${to}/b.ts'`)
      t.equal(said.length, fine ? 0 : 1, `${from} ${fine ? 'may' : 'must not'} import ${to}`)
    }
  }
})

t.test('domain, ports and terminal know no package and no module of Node', async (t) => {
  for (const room of ['domain', 'ports', 'terminal']) {
    t.same(why(`src/${room}/a.ts`, `import { readFile } from 'node:fs'`), bare(room))
    t.same(why(`src/${room}/a.ts`, `import fs from 'fs'`), bare(room))
    t.same(why(`src/${room}/a.ts`, `import * as v from 'valibot'`), bare(room))
    t.same(why(`src/${room}/a.ts`, `import x from '@scope/name/deep.js'`), bare(room))
    t.same(why(`src/${room}/a.ts`, `import x from '#inside'`), bare(room))
  }
  for (const room of ['contract', 'settings', 'storage', 'system', 'cli']) {
    t.same(why(`src/${room}/a.ts`, `import 'node:fs'; import 'valibot'`), [], room)
  }
})

t.test('every way to import is seen', async (t) => {
  for (const source of [
    `import fs from 'node:fs'`,
    `import * as fs from "node:fs"`,
    `import { readFile, type Stats } from 'node:fs'`,
    `import type { Stats } from 'node:fs'`,
    `import { type Stats } from 'node:fs'`,
    `import 'node:fs'`,
    `export { readFile } from 'node:fs'`,
    `export * from 'node:fs'`,
    `export * as fs from 'node:fs'`,
    `export type { Stats } from 'node:fs'`,
    `const fs = await import('node:fs')`,
    `async function f() { return [await import(\`node:fs\`)] }`,
    `type Stats = import('node:fs').Stats`,
    `let fs: typeof import('node:fs')`,
    `import fs = require('node:fs')`,
    `const fs = require('node:fs')`,
    `const name = 'node:fs'\nconst fs = await import(name)`,
    `const url = import.meta.resolve('node:fs')`,
    `declare module 'node:fs' { interface Stats {} }`,
    `/// <reference types="node" />`,
    `import {\n  readFile,\n} from 'node:fs'`,
  ]) {
    t.same(why('src/domain/a.ts', source), bare('domain'), source)
  }
})

t.test('what only looks like an import is none', async (t) => {
  for (const source of [
    `// import fs from 'node:fs'`,
    `/** like import('node:fs') */`,
    `const text = "import fs from 'node:fs'"`,
    `const text = \`import 'node:fs'\``,
    `export const x = 1`,
    `imports('node:fs')`,
  ]) {
    t.same(why('src/domain/a.ts', source), [], source)
  }
})

t.test('it says where', async (t) => {
  const found = strayImports([
    { path: 'src/domain/good.ts', source: `import { a } from './a.ts'` },
    {
      path: 'src/domain/bad.ts',
      source: `import { a } from './a.ts'\n\nimport { readFile } from 'node:fs'\n`,
    },
  ])
  t.same(found, [{ path: 'src/domain/bad.ts', line: 3, specifier: 'node:fs', why: bare('domain')[0] }])
})

t.test('relative paths lead where they lead', async (t) => {
  t.same(why('src/domain/surveys/a.ts', `import '../survey.ts'`), [])
  t.same(why('src/panels/oled/a.ts', `import '../faces.ts'`), [], 'the folder is the one under src')
  t.same(why('src/domain/surveys/a.ts', `import '../../ports/log.ts'`), [
    'domain is on floor 0, ports on floor 1',
  ])
  t.same(why('src/ports/a.ts', `import '../domain/../contract/events.ts'`), [
    'ports is on floor 1, contract on floor 1',
  ])
  t.same(why('src/cli/a.ts', `import pkg from '../../package.json' with { type: 'json' }`), [])
  t.same(why('src/terminal/a.ts', `import pkg from '../../package.json' with { type: 'json' }`), [
    'terminal imports package.json, which stands on no floor',
  ])
  t.same(why('src/cli/a.ts', `import '../../test/fakes/clock.ts'`), [
    'cli imports test/fakes/clock.ts, which stands on no floor',
  ])
  t.same(why('src/domain/a.ts', `import '..'`), ['domain imports src, which stands on no floor'])
  t.same(why('src/cli/a.ts', `import '../build.mjs'`), [
    'cli imports src/build.mjs, which stands on no floor',
  ])
  t.same(why('src/cli/a.ts', `import '../../../elsewhere.ts'`), [
    'cli imports ../elsewhere.ts, which stands on no floor',
  ])
})

t.test('a file on no floor is told', async (t) => {
  t.same(why('src/index.ts', ''), ['stands on no floor'])
  t.same(why('src/cellar/a.ts', ''), ['stands on no floor'])
})

t.test('browser code knows its own folder, the domain, and the types of its server', async (t) => {
  const path = 'src/panels/browser/web/panel.ts'
  const no = ['browser code imports nothing but its own folder, domain, and types of its server']
  t.same(why(path, `import { a } from './a.ts'; import { b } from './deep/b.ts'`), [])
  t.same(why(path, `import type { Scene } from '../../../domain/scene.ts'`), [])
  t.same(why(path, `type Scene = import('../../../domain/scene.ts').Scene`), [])
  t.same(why(path, `import { scene } from '../../../domain/scene.ts'`), [], 'a value of the domain')
  t.same(why(path, `import type { Log } from '../../../ports/log.ts'`), no, 'a type of the ports')
  t.same(why(path, `import type { Feed } from '../feed.ts'`), [], 'a type of the server next door')
  t.same(why(path, `import { feed } from '../feed.ts'`), no, 'the server next door')
  t.same(why(path, `import { type Feed } from '../feed.ts'`), no, 'leaves an import behind')
  t.same(why(path, `import { x } from 'lit'`), no)
  t.same(why(path, `import 'node:fs'`), no)
  t.same(why('src/panels/browser/server.ts', `import './web/panel.ts'`), [
    'browser code is for the browser alone',
  ])
})
