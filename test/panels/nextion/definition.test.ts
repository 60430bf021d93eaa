import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { nextionFiles } from '../../../src/panels/displays/nextion/definition.ts'

const root = new URL('../../../', import.meta.url)

t.test('the committed files are up to date (FACCINA_WRITE=1 writes them)', async (t) => {
  for (const [path, content] of Object.entries(nextionFiles())) {
    if (process.env.FACCINA_WRITE) await writeFile(new URL(path, root), content)
    t.equal(await readFile(new URL(path, root), 'utf8'), content, path)
  }
})
