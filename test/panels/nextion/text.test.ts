import t from 'tap'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { type Language, languages } from '../../../src/domain/words.ts'
import { letters, longestText } from '../../../src/panels/displays/nextion/definition.ts'
import { instructionsFor } from '../../../src/panels/displays/nextion/instructions.ts'
import { colour565, layoutFor, type Model, sizes } from '../../../src/panels/displays/nextion/layout.ts'
import { keyAt, pageId, pages } from '../../../src/panels/displays/nextion/page.ts'
import { nextionPicture } from '../../../src/panels/displays/nextion/picture.ts'
import { fit, quoted, widthOf } from '../../../src/panels/displays/nextion/text.ts'
import { sceneAt } from './rig.ts'

const models = Object.keys(sizes) as Model[]
const places = ['idle', 'pressed', 'asking', 'thanking', 'closed', 'fault'] as const

t.test('every text of every screen in every language fits its room on every size', async (t) => {
  const largest = new Map<string, number>()
  for (const model of models) {
    const layout = layoutFor(model)
    for (const language of languages) {
      for (const at of places) {
        const picture = nextionPicture(sceneAt(at, language), 0)
        const { told } = instructionsFor(picture, layout, undefined)
        for (const [what, [instruction = '']] of told.set) {
          if (!what.endsWith('.txt')) continue
          const name = what.slice(0, -'.txt'.length)
          const font = Number(told.set.get(`${name}.font`)![0]!.split('=')[1])
          const height = layout.fonts[font]!
          const room = layout.boxes[picture.page][name]!
          const lines = instruction.slice(instruction.indexOf('"') + 1, -1).split('\\r')
          const where = `${model} ${language} ${at} ${name}: ${lines.join(' / ')}`
          if (lines.length * height > room.height) t.fail(`too high: ${where}`)
          for (const line of lines) if (widthOf(line, height) > room.width) t.fail(`too wide: ${where}`)
          if (Buffer.byteLength(instruction) > longestText) t.fail(`too long: ${where}`)
          const key = `${model} ${picture.page} ${name.replace(/\d$/, '')}`
          largest.set(key, Math.min(largest.get(key) ?? 99, height))
        }
      }
    }
  }
  t.ok(largest.size > 40, 'all were looked at')
  t.comment(
    [...largest]
      .map(([key, height]) => `${key}: at least ${height} px of ${sizes[key.slice(0, 4) as Model].height}`)
      .join('\n'),
  )
})

t.test('every letter is in the fonts', async (t) => {
  const known = new Set(letters())
  for (const language of languages) {
    for (const at of places) {
      const { texts } = nextionPicture(sceneAt(at, language), 0)
      for (const text of Object.values(texts)) {
        for (const letter of quoted([text])) t.ok(known.has(letter) || t.fail(`${letter} of "${text}"`))
      }
    }
  }
  for (const letter of 'àèéìòùäöüßčšžçœ’') t.ok(known.has(letter), letter)
})

t.test('texts are escaped, and what a font has not is left out', async (t) => {
  t.equal(quoted(['a "b" \\ c']), '"a \\"b\\" \\\\ c"')
  t.equal(quoted(['one', 'two']), '"one\\rtwo"')
  t.equal(quoted(['Merci\u202f!\u00a0\u0007\n']), '"Merci ! "')
  t.equal(quoted(['e\u0301']), '"é"')
  t.notMatch(
    Buffer.from(
      quoted([
        Object.values(it2009.texts)
          .map((texts) => texts.question)
          .join(),
      ]),
    ),
    Buffer.from([0xff]),
  )
})

t.test('lines break between words, in the largest font that fits', async (t) => {
  const room = { width: 300, height: 70 }
  t.strictSame(fit('Come valuta il nostro servizio?', room, [16, 24, 32]), {
    font: 2,
    lines: ['Come valuta', 'il nostro servizio?'],
  })
  t.strictSame(fit('Grazie!', { width: 60, height: 20 }, [16, 24, 32]), { font: 0, lines: ['Grazie!'] })
  t.equal(
    fit('Donaudampfschifffahrtsgesellschaft', { width: 40, height: 20 }, [16, 24]).font,
    0,
    'cut off by the display',
  )
  t.ok(
    Math.abs(widthOf('Wartezeit', 100) - 0.9 * (94.4 + 55.6 + 33.3 + 27.8 + 55.6 + 50 + 55.6 + 22.2 + 27.8)) <
      0.01,
  )
  t.equal(widthOf('à', 50), widthOf('a', 50))
})

t.test('a hint is smaller than its title, and buttons of one row are equally large', async (t) => {
  for (const model of models) {
    const layout = layoutFor(model)
    const font = (at: Parameters<typeof sceneAt>[0], language: Language, name: string) => {
      const picture = nextionPicture(sceneAt(at, language, [language, 'it']), 0)
      const told = instructionsFor(picture, layout, undefined).told.set.get(`${name}.font`)!
      return Number(told[0]!.split('=')[1])
    }
    for (const language of languages) {
      t.ok(font('thanking', language, 'hint') < font('thanking', language, 'title'), `${model} ${language}`)
      t.equal(font('asking', language, 'skip'), font('asking', language, 'language'), `${model} ${language}`)
    }
  }
})

t.test('short words stand where long ones would be tiny, and nowhere else', async (t) => {
  const said = (model: Model, language: Language, name: string) => {
    const picture = nextionPicture(sceneAt('asking', language, [language, 'en']), 0)
    const { told } = instructionsFor(picture, layoutFor(model), undefined)
    return told.set.get(`${name}.txt`)![0]!.slice(`${name}.txt=`.length)
  }
  t.equal(said('3224', 'it', 'reason2'), '"Personale"')
  t.equal(said('3224', 'it', 'reason3'), '"Devo tornare\\run’altra volta"')
  t.equal(said('3224', 'de', 'title'), '"Was war nicht gut?"')
  t.equal(said('8048', 'it', 'reason2'), '"Comportamento\\rdel personale"')
  t.equal(said('8048', 'it', 'skip'), '"Preferisco non rispondere"')
})

t.test('components mean keys by their ids', async (t) => {
  t.equal(keyAt(pageId('faces'), 2), 'satisfied')
  t.equal(keyAt(pageId('faces'), 1), undefined)
  t.equal(keyAt(pageId('reasons'), 6), 'skip')
  for (const [page, id] of [
    [9, 1],
    [1, 0],
    [1, 99],
    [-1, 3],
  ] as const)
    t.equal(keyAt(page, id), undefined)
  for (const model of models) {
    const { boxes, width, height } = layoutFor(model)
    for (const [page, components] of Object.entries(pages)) {
      const all = components.flatMap(({ name }) => boxes[page as keyof typeof pages][name] ?? [])
      for (const [i, one] of all.entries()) {
        t.ok(
          one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height,
          `${model} ${page} on the glass`,
        )
        for (const other of all.slice(i + 1)) {
          const apart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y
          t.ok(apart, `${model} ${page}: no two components overlap`)
        }
      }
    }
  }
})

t.test('pictures', async (t) => {
  const { texts, keys } = nextionPicture(sceneAt('asking', 'de', ['de', 'it'], 5000), 0)
  t.equal(nextionPicture(sceneAt('asking', 'de', ['de'], 5000), 0).timePercent, 25)
  t.equal(texts.language, 'Italiano')
  t.strictSame(keys, ['reason-1', 'reason-2', 'reason-3', 'reason-4', 'skip', 'language'])
  t.match(nextionPicture(sceneAt('noting'), 0), { page: 'message', texts: { title: '…' }, keys: [] })
  t.match(nextionPicture(sceneAt('pressed'), 0), {
    page: 'faces',
    faces: { dissatisfied: 'pressed', neutral: 'resting' },
  })
  t.match(nextionPicture({ ...sceneAt('idle'), identify: true }, 1500), { dimPercent: 25 })
  t.match(nextionPicture({ ...sceneAt('idle'), identify: true }, 2500), { dimPercent: 100 })
  t.equal(colour565('#ffffff'), 65535)
  t.equal(colour565('#ff0000'), 63488)
})
