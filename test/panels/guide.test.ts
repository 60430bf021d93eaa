import { access, readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { guideFiles } from '../../src/panels/guide/generated.ts'
import { shownMoods } from '../../src/panels/guide/lights-picture.ts'
import { guideLanguages, guideWords } from '../../src/panels/guide/words.ts'

const root = new URL('../../', import.meta.url)
const pages = await Promise.all(
  guideLanguages.map((language) => readFile(new URL(`hardware/guide.${language}.md`, root), 'utf8')),
)

t.test('the committed pictures are up to date (FACCINA_WRITE=1 writes them)', async (t) => {
  for (const [path, content] of Object.entries(guideFiles())) {
    const file = new URL(path, root)
    if (process.env.FACCINA_WRITE) await writeFile(file, content)
    t.equal(await readFile(file, 'utf8'), content, path)
  }
})

t.test('every way a face can be lit is in the picture', async (t) => {
  for (const language of guideLanguages)
    t.same([...shownMoods].sort(), Object.keys(guideWords[language].lights).sort(), language)
})

/** What is said in both languages, line by line: headings, pictures, commands, rows of tables. */
function bones(page: string): string[] {
  return page.split('\n').flatMap((line) => {
    if (/^#+ /.test(line)) return [line.replace(/ .*/, '')]
    if (/^(\||\d+\. )/.test(line)) return [line[0] === '|' ? `row of ${line.split('|').length}` : 'step']
    if (line.startsWith('```')) return [line]
    return []
  })
}

t.test('both languages say the same things in the same order', async (t) => {
  t.same(bones(pages[0]!), bones(pages[1]!))
  const code = (page: string) =>
    [...page.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, text]) => text!.replace(/\s*#.*$/gm, ''))
  t.same(code(pages[0]!), code(pages[1]!), 'the same commands and settings')
})

t.test('what the guide points at is there', async (t) => {
  for (const page of pages) {
    const links = [...page.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link]) => link!)
    t.ok(links.length > 10)
    for (const link of links.filter((one) => !one.includes('://')))
      await t.resolves(access(new URL(`hardware/${link}`, root)), link)
  }
})
