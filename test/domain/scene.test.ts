import t from 'tap'
import { type Scene, scene, withNotice } from '../../src/domain/scene.ts'
import { type SurveyTexts, surveyName } from '../../src/domain/survey.ts'
import { type SurveyId, surveys } from '../../src/domain/surveys/index.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { Draft, Visit } from '../../src/domain/visit.ts'
import { faces, type Language, languages, outcomes, reasonKeys, reasons } from '../../src/domain/words.ts'

const rules = { askMs: 20_000, languages: ['it', 'de', 'en'] } as const
const open = { language: 'it', service: 'open', visits: 7 } as const
const draft: Draft = {
  visit: 7,
  face: 'dissatisfied',
  pressedAt: 0,
  lockedUntil: 3000,
  suppressed: 0,
  suppressedWritten: 0,
  kept: true,
}
const show = (visit: Visit): Scene => scene(visit, it2009, rules)
const texts = it2009.texts.it
const onOffer = [
  { language: 'it', name: 'Italiano' },
  { language: 'de', name: 'Deutsch' },
  { language: 'en', name: 'English' },
]
const all = (light: string) => ({ satisfied: light, neutral: light, dissatisfied: light })
const faceChoices = [
  { key: 'satisfied', label: 'Buono' },
  { key: 'neutral', label: 'Sufficiente' },
  { key: 'dissatisfied', label: 'Scarso' },
]

t.test('every state', async (t) => {
  t.test('idle: three faces invite', async (t) => {
    t.strictSame(show({ ...open, at: 'idle' }), {
      at: 'idle',
      language: 'it',
      lights: all('ready'),
      screen: { title: texts.question, choices: faceChoices, languages: onOffer },
    })
  })

  t.test('recording: the pressed key answers the finger, and nothing is thanked yet', async (t) => {
    for (const face of faces) {
      const shown = show({ ...open, at: 'recording', draft: { ...draft, face }, writing: 1, until: 4000 })
      t.strictSame(shown, {
        at: 'recording',
        language: 'it',
        lights: { ...all('resting'), [face]: 'pressed' },
        screen: { title: texts.question, choices: faceChoices, languages: onOffer },
      })
    }
  })

  t.test('recording the answer: the question stays, without its keys', async (t) => {
    const answered = { ...draft, answer: 'selected' } as const
    t.strictSame(show({ ...open, at: 'recording', draft: answered, writing: 1, until: 9000 }), {
      at: 'recording',
      language: 'it',
      lights: all('resting'),
      screen: { title: texts.why, choices: [], languages: onOffer },
    })
  })

  t.test('asking: the reasons, a way out, and a countdown', async (t) => {
    t.strictSame(show({ ...open, at: 'asking', draft, limit: 60_000, until: 31_000 }), {
      at: 'asking',
      language: 'it',
      lights: all('resting'),
      screen: {
        title: texts.why,
        choices: [
          { key: 'reason-1', label: 'Tempo di attesa' },
          { key: 'reason-2', label: 'Comportamento del personale' },
          { key: 'reason-3', label: texts.reasons['must-return'] },
          { key: 'reason-4', label: 'Esito negativo' },
        ],
        skip: { key: 'skip', label: texts.skip },
        countdown: { until: 31_000, totalMs: 20_000 },
        languages: onOffer,
      },
    })
  })

  t.test('thanking', async (t) => {
    t.strictSame(show({ ...open, at: 'thanking', draft, until: 3000 }), {
      at: 'thanking',
      language: 'it',
      lights: all('thanks'),
      screen: { title: texts.thanks, hint: texts.recorded, choices: [], languages: onOffer },
    })
  })

  t.test('closed, not recorded, out of service: dark, and in words', async (t) => {
    const dark = (at: Scene['at'], title: string, hint: string) => ({
      at,
      language: 'it',
      lights: all('off'),
      screen: { title, hint, choices: [], languages: onOffer },
    })
    t.strictSame(
      show({ ...open, service: 'closed', at: 'closed' }),
      dark('closed', texts.closed, texts.closedHint),
    )
    t.strictSame(
      show({ ...open, at: 'fault', why: 'not-recorded', until: 9000 }),
      dark('fault', texts.notRecorded, texts.notRecordedHint),
    )
    t.strictSame(
      show({ ...open, service: 'fault', at: 'fault', why: 'out-of-service' }),
      dark('fault', texts.outOfService, texts.outOfServiceHint),
    )
  })
})

t.test('both outer faces are held', async (t) => {
  const held = { ...open, at: 'held', since: 1_000, until: 3_000, writing: 1 } as const
  const shown = (visit: Visit) => {
    const { at, lights, screen } = show(visit)
    const { languages: _, ...words } = screen
    return { at, lights, ...words }
  }
  const long = {
    choices: [],
    title: texts.held,
    hint: texts.heldHint,
    countdown: { until: 11_000, totalMs: 10_000 },
  }

  t.test('at first a citizen sees what was there before', async (t) => {
    t.same(shown({ ...held, phase: 'brief', draft }), {
      ...shown({ ...open, at: 'recording', draft, writing: 1, until: 4_000 }),
      at: 'recording',
    })
    t.same(
      shown({ ...held, service: 'closed', phase: 'brief' }),
      shown({ ...open, service: 'closed', at: 'closed' }),
    )
    t.same(
      shown({ ...held, service: 'fault', phase: 'brief' }),
      shown({ ...open, service: 'fault', at: 'fault', why: 'out-of-service' }),
    )
  })

  t.test('then it is said what comes of it, and how long that takes', async (t) => {
    const places = [
      [{ draft }, 'recording'],
      [{ service: 'closed' }, 'closed'],
      [{ service: 'fault' }, 'fault'],
    ] as const
    for (const [what, at] of places) {
      const visit = { ...held, ...what, phase: 'long', until: 11_000 } as Visit
      t.same(shown(visit), { at, lights: all('resting'), ...long })
    }
  })

  t.test('while its vote is taken back the same words stand', async (t) => {
    const withdrawing = { ...open, at: 'withdrawing', draft, writing: 1, until: 15_000 } as const
    t.same(shown(withdrawing), { at: 'recording', lights: all('resting'), title: texts.held, choices: [] })
  })
})

t.test('where faces steer: which one would be taken, and the keys that move and take', async (t) => {
  const asking = { ...open, at: 'asking', draft, limit: 60_000, until: 31_000 } as const
  t.strictSame(show({ ...asking, chosen: 2 }).screen, {
    ...show(asking).screen,
    steering: { chosen: 2, back: 'satisfied', choose: 'neutral', next: 'dissatisfied' },
  })
})

t.test('a notice takes the place of the words, and of nothing else', async (t) => {
  const shown = { ...show({ ...open, at: 'idle' }), identify: true } as const
  const notice = { title: 'No network', hint: 'Look at the plug.' }
  t.strictSame(withNotice(shown, notice), {
    ...shown,
    language: 'en',
    notice: true,
    screen: { ...notice, choices: [], languages: [] },
  })
})

t.test('nobody behind can read the vote from the thank-you', async (t) => {
  const scenes = faces.flatMap((face) =>
    [undefined, ...outcomes].map((answer) => {
      const vote = { ...draft, face, suppressed: faces.indexOf(face), ...(answer && { answer }) }
      return JSON.stringify(show({ ...open, at: 'thanking', draft: vote, until: 3000 }))
    }),
  )
  t.equal(new Set(scenes).size, 1)
})

t.test('while a reason is asked or written, the lights are the same for each face', async (t) => {
  const scenes = faces.map((face) =>
    JSON.stringify(show({ ...open, at: 'asking', draft: { ...draft, face }, limit: 60_000, until: 20_000 })),
  )
  t.equal(new Set(scenes).size, 1)
})

t.test('the scene speaks the language of the visit', async (t) => {
  for (const language of languages) {
    const shown = show({ ...open, language, at: 'idle' })
    t.equal(shown.language, language)
    t.equal(shown.screen.title, it2009.texts[language].question)
    t.same(shown.screen.languages, onOffer, 'each language is offered by its own name')
  }
})

t.test('one language is no choice', async (t) => {
  const shown = scene({ ...open, at: 'idle' }, it2009, { askMs: 20_000, languages: ['de'] })
  t.same(shown.screen.languages, [])
  const two = scene({ ...open, at: 'idle' }, it2009, { askMs: 20_000, languages: ['de', 'it'] })
  t.same(two.screen.languages, [onOffer[1], onOffer[0]], 'two are, in the order of the panel')
})

t.test('surveys', async (t) => {
  t.equal(surveyName(it2009), 'it-2009/1')
  for (const [id, survey] of Object.entries(surveys)) {
    t.equal(survey.id, id as SurveyId)
    t.ok(survey.version >= 1)
    t.same(new Set(survey.faces), new Set(faces), 'all three faces')
    t.ok(survey.reasons.length <= reasonKeys.length, 'no more reasons than keys')
    t.same(new Set(survey.reasons).size, survey.reasons.length, 'no reason twice')
    t.ok(survey.asks.every((face) => survey.faces.includes(face)))
    t.same(Object.keys(survey.texts).sort(), [...languages].sort(), 'every language')
  }
})

/** What each language is written with, besides spaces and signs. */
const letters: Record<Language, RegExp> = {
  it: /^[a-zàèéìòù]+$/i,
  de: /^[a-zäöüß]+$/i,
  sl: /^[abcčdefghijklmnoprsštuvzž]+$/i,
  fr: /^[a-zàâæçéèêëîïôœùûüÿ]+$/i,
  en: /^[a-z]+$/i,
}

t.test('texts', async (t) => {
  const keysOf = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' ? keysOf(inner, `${path}${key}.`) : [`${path}${key}`],
    )
  const linesOf = (texts: SurveyTexts): [string, string][] =>
    keysOf(texts).map((path) => {
      const text = path
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], texts)
      return [path, text as string]
    })

  for (const survey of Object.values(surveys)) {
    for (const language of languages) {
      t.test(`${survey.id} in ${language}`, async (t) => {
        const texts = survey.texts[language]
        t.same(keysOf(texts).sort(), keysOf(survey.texts.it).sort(), 'as much is said as in Italian')
        t.same(Object.keys(texts.reasons).sort(), [...reasons].sort())
        t.same(Object.keys(texts.faces).sort(), [...faces].sort())
        t.equal(new Set(Object.values(texts.faces)).size, 3, 'faces told apart')
        t.equal(new Set(Object.values(texts.reasons)).size, reasons.length, 'reasons told apart')
        for (const [path, text] of linesOf(texts)) {
          t.ok(text.length > 0 && text === text.trim(), `${path} is not empty, and no space hangs over`)
          t.equal(text, text.normalize('NFC'), `${path}: one code point per letter`)
          t.notMatch(text, /['"`´]/, `${path}: a real apostrophe, ’`)
          t.notMatch(text, / {2}|[\t\n\u00a0]|\.\.\./, `${path}: single spaces, one line`)
          t.match(text, /^\p{Lu}/u, `${path} begins with a capital`)
          for (const word of text.match(/\p{L}+/gu) ?? [])
            t.match(word, letters[language], `${path}: ${word}`)
          const signs = text.replace(/[\p{L} \u202f]/gu, '')
          t.match(signs, /^[’,.?!-]*$/, `${path}: signs ${signs}`)
        }
        for (const path of ['question', 'why'] as const) t.match(texts[path], /\?$/, `${path} is a question`)
        for (const path of ['recorded', 'closedHint', 'notRecordedHint', 'outOfServiceHint'] as const) {
          t.match(texts[path], /\.$/, `${path} is a sentence`)
        }
      })
    }

    t.test(`${survey.id}: a space before ? and ! in French, and only there`, async (t) => {
      for (const language of languages) {
        for (const [path, text] of linesOf(survey.texts[language])) {
          for (const [, before] of text.matchAll(/(.)[?!;:]/gu)) {
            if (language === 'fr') t.equal(before, '\u202f', `${path}: a narrow no-break space`)
            else t.match(before, /\p{L}/u, `${language} ${path}: none`)
          }
          if (language !== 'fr') t.notMatch(text, /\u202f/, `${language} ${path}`)
        }
      }
      t.match(survey.texts.fr.question, /\u202f\?$/)
      t.match(survey.texts.fr.thanks, /\u202f!$/)
    })
  }

  t.test('the names of the languages', async (t) => {
    t.same(
      languages.map((language) => it2009.texts[language].name),
      ['Italiano', 'Deutsch', 'Slovenščina', 'Français', 'English'],
    )
  })
})
