import t from 'tap'
import { linesOf } from '../../../src/panels/displays/lines.ts'
import { fitting } from '../../../src/panels/displays/screen.ts'

/** A text, the longest line, the lines. */
const texts: [string, number, string[] | undefined][] = [
  ['Grazie!', 16, ['Grazie!']],
  ['', 16, ['']],
  // About equally long, in as few lines as can be.
  ['Ich muss noch einmal kommen', 20, ['Ich muss noch', 'einmal kommen']],
  ['Womit waren Sie nicht zufrieden?', 16, ['Womit waren Sie', 'nicht zufrieden?']],
  ['aaaa bbbb cccc dddd', 14, ['aaaa bbbb', 'cccc dddd']],
  // A small word stands with what follows it,
  ['Come valuta il nostro servizio?', 20, ['Come valuta', 'il nostro servizio?']],
  // unless there is no room for that.
  ['Come valuta il nostro servizio?', 16, ['Come valuta il', 'nostro servizio?']],
  ['Opravičujemo se za nevšečnosti.', 21, ['Opravičujemo se', 'za nevšečnosti.']],
  // A sentence ends its line.
  [
    'La sua valutazione non è stata registrata. Riprovi tra poco.',
    21,
    ['La sua valutazione', 'non è stata', 'registrata.', 'Riprovi tra poco.'],
  ],
  ['Öffnungszeiten', 10, undefined],
  ['In den Öffnungszeiten', 10, undefined],
]

t.test('lines', async (t) => {
  for (const [text, most, lines] of texts)
    t.strictSame(
      linesOf(text.split(' '), most, (line) => line.length),
      lines,
      text,
    )
  const wide = (line: string) => 10 * line.length
  t.strictSame(linesOf(['Non', 'rispondo'], 100, wide), ['Non', 'rispondo'], 'in any unit')
})

t.test('a label: the longest that fits, or the last one cut short', async (t) => {
  const labels = ['Tempo di attesa', 'Attesa']
  t.same(
    [20, 15, 14, 6, 5].map((most) => fitting(labels, most)),
    ['Tempo di attesa', 'Tempo di attesa', 'Attesa', 'Attesa', 'Atte…'],
  )
})
