import type { SurveyTexts } from '../../../domain/survey.ts'
import { surveys } from '../../../domain/surveys/index.ts'
import { languages } from '../../../domain/words.ts'
import { colour565, colours, type Layout, layoutFor, type Model, sizes } from './layout.ts'
import { type Component, layoutMark, type PageName, pageId, pageNames, pages } from './page.ts'

/**
 * The files that a technician builds the display's pages from, by their paths. Only the maker's editor can
 * compile them, so they say every attribute that has to be set there.
 */
export function nextionFiles(): Record<string, string> {
  return {
    'hardware/nextion/faccina-page.yaml': pageDefinition(),
    'hardware/nextion/letters.txt': `${letters()}\n`,
  }
}

/** Longer than any text, in bytes of UTF-8. */
export const longestText = 250

function pageDefinition(): string {
  const models = Object.keys(sizes) as Model[]
  return `# What to set in the Nextion Editor, component by component; how, and why so: README.md beside this.
# Generated from src/panels/displays/nextion/. Ids come from the order in which components are added.
layout: ${layoutMark}
encoding: utf-8
orientation: 0
font: { name: Arial, letters: letters.txt, encoding: utf-8 }
program: # all of Program.s
  - int sys0=0,sys1=0,sys2=0
  - baud=115200
  - dim=100
  - recmod=0
  - printh 00 00 00 ff ff ff 88 ff ff ff
  - page 0
displays:
${models.map(display).join('')}`
}

function display(model: Model): string {
  const layout = layoutFor(model)
  const fonts = layout.fonts.map((height, id) => `{ id: ${id}, height: ${height} }`)
  return `  NX${model}:
    width: ${layout.width}
    height: ${layout.height}
    fonts: [${fonts.join(', ')}]
    pages:
${pageNames.map((name) => page(name, layout)).join('')}`
}

function page(name: PageName, layout: Layout): string {
  const components = pages[name].map((component, i) => {
    const attributes = { id: i + 1, objname: component.name, ...attributesOf(component, name, layout) }
    const listed = Object.entries(attributes).map(([key, value]) => `${key}: ${yaml(value)}`)
    return `          - { ${listed.join(', ')} }\n`
  })
  return `      - id: ${pageId(name)}
        objname: ${name}
        sta: solid color
        bco: ${colour565(colours.ground)}
        components:
${components.join('')}`
}

function yaml(value: string | number): string {
  return typeof value === 'number' || /^[a-z][a-z ]*$/i.test(value) ? String(value) : JSON.stringify(value)
}

function attributesOf(component: Component, page: PageName, layout: Layout): Record<string, string | number> {
  const { name, type, key } = component
  if (type === 'Variable') return { type, vscope: 'local', sta: 'String', txt: layoutMark, txt_maxl: 16 }
  const { x, y, width: w, height: h } = layout.boxes[page][name]!
  const touch = key === undefined ? 'none' : 'press and release'
  const common = { type, vscope: 'local', x, y, w, h, sendComponentId: touch }
  if (type === 'Hotspot') return common
  if (type === 'Progress bar') {
    const [bco, pco] = [colour565(colours.button), colour565(colours.bar)]
    return { ...common, sta: 'solid color', dez: 'horizontal', bco, pco, val: 0 }
  }
  const ink = name === 'hint' ? colours.quiet : colours.ink
  return {
    ...common,
    sta: 'solid color',
    style: 'flat',
    font: 0,
    bco: colour565(colours.ground),
    pco: colour565(ink),
    xcen: 'center',
    ycen: 'center',
    pw: 'Character',
    txt: '',
    txt_maxl: longestText,
    isbr: 'True',
    spax: 0,
    spay: 0,
  }
}

/** All that the fonts have to have: printable ASCII, and what the five languages are written with. */
export function letters(): string {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  const written = Object.values(surveys).flatMap(({ texts }) => languages.flatMap((l) => words(texts[l])))
  const used = [...written.join('').normalize('NFC')].filter(
    (letter) => !/[\p{Cc}\u00a0\u202f]/u.test(letter),
  )
  const all = new Set([...ascii, ...alphabets, ...used])
  return [...all].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!).join('')
}

/** Beyond ASCII: Italian, German, Slovene and French, and the signs that we set ourselves. */
const alphabets = 'ÀÈÉÌÒÙàèéìòùÄÖÜäöüßČŠŽčšžÂÇÊËÎÏÔŒÛâçêëîïôœû’…·«»–€°'

function words(texts: SurveyTexts): string[] {
  return Object.values(texts).flatMap((text) =>
    typeof text === 'string' ? [text] : Object.values<string>(text),
  )
}
