import type { Texts } from './texts.ts'

const s = (count: number) => (count === 1 ? '' : 's')

/** The report in English. */
export const en: Texts = {
  locale: 'en-GB',
  title: 'Satisfaction report',
  municipality: 'municipality',
  office: 'office',
  counter: 'counter',
  everything: 'all municipalities',
  made: (at) => `Made on ${at}`,
  votes: (count, written) => `${written} vote${s(count)}`,
  ofHundred: (index) => `${index} of 100`,
  formula: 'Index = 100 × (satisfied + neutral / 2) / votes',
  headline: {
    none: 'There are no votes in this period.',
    few: (minimum) => `There are fewer than ${minimum} votes in this period: too few to be shown.`,
    better: (points, before) => `${points} points better than ${before}.`,
    worse: (points, before) => `${points} points worse than ${before}.`,
    unclear: (difference, interval, before) =>
      `No clear change from ${before}: ${difference} points (${interval}).`,
    before: (by, count, range) =>
      by === 'month'
        ? 'the month before'
        : by === 'months'
          ? `the ${count} months before`
          : `the period before (${range})`,
    noCritical: 'No area stands out as critical.',
    critical: (place, share, rest) =>
      `The area to look at first is ${place}: ${share} dissatisfied, against ${rest} in the rest`,
    moreCritical: (count) => `${count === 1 ? 'One more area is' : `${count} more areas are`} critical.`,
    mostly: (reason) => `reason given most: “${reason}”`,
  },
  through: (counters, count) => `because of counter${s(count)} ${counters}`,
  chart: {
    shares: (list) => `Bar of the shares of the votes: ${list}.`,
    reasons: (list) => `Bars of the reasons given: ${list}.`,
    hours: 'Heat map of the satisfaction index, hours by weekdays.',
    trend: 'Line of the satisfaction index over the period, with its 95% interval.',
    ranking: 'Satisfaction index with its 95% interval, lowest first.',
    critical: 'Share of the dissatisfied with its 95% interval, and that of the rest.',
  },
  sections: {
    index: 'Satisfaction index',
    faces: 'The votes',
    reasons: 'Why people are dissatisfied',
    hours: 'When it goes well, and when not',
    trend: 'How it has changed',
    units: 'Where it goes well, and where not',
    municipalities: 'Municipalities',
    offices: 'Offices',
    counters: 'Counters',
    critical: 'Critical areas',
    participation: 'Participation',
    method: 'How this was computed',
  },
  heads: {
    face: 'Vote',
    votes: 'Votes',
    share: 'Share',
    index: 'Index',
    interval: '95% interval',
    reason: 'Reason',
    answers: 'Answers',
    outcome: 'How asking ended',
    period: 'Period',
    dissatisfied: 'Dissatisfied',
    difference: 'Difference',
    before: 'Before',
    now: 'Now',
    measure: 'Measure',
    municipality: 'Municipality',
    office: 'Office',
    counter: 'Counter',
    area: 'Area',
    rest: 'Rest',
    effect: 'Effect',
    hour: 'Hour',
    participation: 'Participation',
  },
  faces: { satisfied: 'Satisfied', neutral: 'Neutral', dissatisfied: 'Dissatisfied' },
  outcomes: {
    'not-asked': 'Not asked',
    selected: 'A reason was given',
    skipped: 'Preferred not to say',
    'timed-out': 'Left without an answer',
    interrupted: 'Interrupted by a power cut',
  },
  sizes: { slight: 'slight', moderate: 'moderate', large: 'large', 'very-large': 'very large' },
  restOf: { municipality: 'rest of the municipality', office: 'the office’s other hours' },
  withheld: 'too few votes',
  nothing: 'no votes',
  range: (low, high) => `${low} to ${high}`,
  interval95: (low, high) => `95% interval: ${low} to ${high}`,
  answered: (answered, asked, share) =>
    `${answered} of the ${asked} who were asked gave a reason (${share}).`,
  fewReasons: 'They are too few to be shown one by one.',
  reasonsCaption: 'Reasons given, as shares of the answers',
  noReasons: 'Nobody gave a reason.',
  presses: (suppressed, corrected, share) =>
    `${corrected} votes (${share}) were corrected within two seconds or so; ${suppressed} further presses were not counted.`,
  trendCaption: {
    day: 'Satisfaction index by day',
    week: 'Satisfaction index by week',
    month: 'Satisfaction index by month',
  },
  trendNone: 'The period before has too few votes to compare with.',
  intervalBand: '95% interval',
  hoursFew: 'Most hours of the week have too few votes to be shown.',
  hoursCaption: 'Satisfaction index by hour of the week',
  hoursNote: (cell, minimum) =>
    `Hours with fewer than ${cell} votes (${minimum} where they come from one counter alone) are marked with a dot and show no figure.`,
  legend: { low: 'lower', high: 'higher', total: (index) => `all together: ${index}` },
  further: (count, from, to) => `${count} more between them, with an index from ${from} to ${to}.`,
  furtherWithheld: (count, written) =>
    `${written} ${count === 1 ? 'is' : 'are'} not shown: too few votes, or the figures of one with too few could be computed from them.`,
  ranked: 'Lowest index first; the bars show the 95% interval.',
  table: 'As a table',
  noCritical: (tested) =>
    `None of the ${tested} offices, counters and times that were tested has clearly more dissatisfied votes than the rest.`,
  furtherAreas: (count) => `${count} more with a smaller effect.`,
  tested: (tested, rate) =>
    `${tested} offices, counters and times were tested together, so that about ${rate} at most of those found are chance. A difference says where to look; it does not say why, or that somebody is to blame.`,
  participation: (rate, votes, served) => `${rate} of the people served voted: ${votes} of ${served}.`,
  participationRange: (low, high) =>
    `Some hours are covered only in part; the rate lies between ${low} and ${high}.`,
  covered: (votes, hours) =>
    `It is known how many people were served for ${hours} of the hours with votes; ${votes} of the votes lie in them.`,
  leftOut: (count) => `${count} spans overlap others or reach out of the period, and were left out.`,
  moreThanServed: 'There are more votes than people served: the two do not count the same thing.',
  noParticipation: 'How many people were served in this period is not known: no queue manager has told it.',
  unknownTime: (votes) => `${votes} votes of unknown time are in no figure of this report.`,
  unknownFew: 'A few votes of unknown time are in no figure of this report.',
  method: ({ minimum, cell, rate, timeZone, unknown }) => [
    'Index = 100 × (satisfied + neutral / 2) / votes: a satisfied vote counts 1, a neutral one 0.5, a dissatisfied one 0. 100 means that all are satisfied.',
    'Those who vote have chosen to: the votes speak for those who voted, not for all who were served. The participation tells how many these are.',
    'Intervals are of 95%: of shares after Wilson (1927), of the difference of two shares Newcombe’s method 10 (1998), of the index from the variance of the scores, with one vote more of each face.',
    `Critical areas: the share of the dissatisfied of each office and counter is compared with the rest of its municipality, and that of each two hours of the week with the other hours of its office (one-sided z test). Benjamini and Hochberg’s procedure (1995) keeps the share of chance findings at ${rate}. The size of the effect is Cohen’s h: slight below 0.2, moderate below 0.5, large below 0.8.`,
    `Nothing is shown that rests on fewer than ${minimum} votes; hours and days of several counters need ${cell}. Where a figure left out could be computed from a total, another one is left out with it.`,
    `Days and hours are those of the time zone ${timeZone}.`,
    ...(unknown === undefined ? [] : [unknown]),
  ],
  skip: 'Skip to the content',
  contents: 'Contents',
  live: { health: 'Terminals', alerts: 'Alerts' },
}
