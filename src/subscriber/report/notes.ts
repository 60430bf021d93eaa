import type { Details, Report } from './report.ts'
import type { ShownParticipation } from './texts/texts.ts'
import type { Words } from './words.ts'

/** Sentences that the text and the page both say. */

/** `1–31 March 2026 · office anagrafe`. */
export function about({ period, scope }: Report, words: Words): string {
  const place = words.place(scope, true)
  return `${words.days(period)} · ${place === '' ? words.texts.everything : place}`
}

export function methodNotes(report: Report, words: Words): string[] {
  return words.texts.method({
    minimum: words.whole(report.minimum),
    cell: words.whole(report.cellMinimum),
    rate: words.wholeShare(report.critical.rate),
    timeZone: report.period.timeZone,
    unknown: unknownNote(report, words),
  })
}

function unknownNote({ unknownTime }: Report, words: Words): string | undefined {
  if (unknownTime.is === 'none') return undefined
  if (unknownTime.is === 'withheld') return words.texts.unknownFew
  return words.texts.unknownTime(words.whole(unknownTime.votes))
}

export function participationNotes(participation: ShownParticipation, words: Words): string[] {
  const { texts } = words
  const { rate, votes, served, range, coveredVotes, coveredHours, leftOut } = participation
  return [
    texts.participation(words.share(rate), words.whole(votes), words.whole(served)),
    texts.covered(words.share(coveredVotes), words.share(coveredHours)),
    ...(range && range.high > range.low
      ? [texts.participationRange(words.share(range.low), words.share(range.high))]
      : []),
    ...(rate > 1 ? [texts.moreThanServed] : []),
    ...(leftOut > 0 ? [texts.leftOut(words.whole(leftOut))] : []),
  ]
}

export function answeredNote(details: Extract<Details, { is: 'shown' }>, words: Words): string {
  const { asked, answered } = details
  if (answered === 0) return words.texts.noReasons
  const note = words.texts.answered(words.whole(answered), words.whole(asked), words.share(answered / asked))
  return details.reasons ? note : `${note} ${words.texts.fewReasons}`
}

export function pressesNote(
  { suppressed, corrected }: Extract<Details, { is: 'shown' }>,
  words: Words,
): string {
  return words.texts.presses(
    words.whole(suppressed),
    words.whole(corrected.votes),
    words.share(corrected.share),
  )
}

export function testedNote({ critical }: Report, words: Words): string {
  return words.texts.tested(words.whole(critical.tested), words.wholeShare(critical.rate))
}
