import { type Face, faces, type Reason, reasons } from '../../domain/words.ts'
import { index } from '../report/score.ts'
import type { Cell } from './csv.ts'
import type { By, Line } from './release.ts'
import { highestStars, lowestStars, meanStars, starsOf } from './stars.ts'

/** The columns of the two tables: what stands in them, and what the files say of them. */

/** A text in both languages. */
export interface Text {
  it: string
  en: string
}

export interface Column {
  name: string
  title: Text
  description: Text
  /** As in W3C Metadata Vocabulary for Tabular Data. */
  datatype: string | Record<string, string | number>
  /** Never empty. */
  required?: true
  of: (line: Line) => Cell
}

/** Stands where a row is about all offices, or all counters; no office can have this name. */
export const all = '*'

const count = { base: 'nonNegativeInteger' }
const percent = { base: 'decimal', minimum: 0, maximum: 100 }
const stars = { base: 'decimal', minimum: 1, maximum: 5 }
const state = { base: 'string', format: 'published|suppressed' }
const name = { base: 'string', format: '[a-z0-9_-]{1,64}' }
const nameOrAll = { base: 'string', format: '[a-z0-9_-]{1,64}|[*]' }

/** What a row is about; the primary key but for `period_end` and `level`. */
export function keyColumns(by: By): Column[] {
  const day = { base: 'date', format: 'yyyy-MM-dd' }
  return [
    {
      name: 'period_start',
      title: { it: 'Primo giorno del periodo', en: 'First day of the period' },
      description: {
        it: 'Nell’ora italiana.',
        en: 'In Italian time.',
      },
      datatype: day,
      required: true,
      of: ({ period }) => period.from,
    },
    {
      name: 'period_end',
      title: { it: 'Ultimo giorno del periodo', en: 'Last day of the period' },
      description: { it: 'Compreso.', en: 'Included.' },
      datatype: day,
      required: true,
      of: ({ period }) => period.to,
    },
    {
      name: 'municipality',
      title: { it: 'Comune', en: 'Municipality' },
      description: {
        it: 'Come lo chiamano i terminali, di solito il codice IPA.',
        en: 'As the terminals name it, usually its IPA code.',
      },
      datatype: name,
      required: true,
      of: ({ municipality }) => municipality,
    },
    {
      name: 'level',
      title: { it: 'Livello', en: 'Level' },
      description: {
        it: 'Di che cosa parla la riga: municipality, tutto il comune; office, un ufficio; counter, uno sportello.',
        en: 'What the row is about: municipality, all of it; office, one office; counter, one counter.',
      },
      datatype: { base: 'string', format: 'municipality|office|counter' },
      required: true,
      of: ({ office, counter }) =>
        office === undefined ? 'municipality' : counter === undefined ? 'office' : 'counter',
    },
    {
      name: 'office',
      title: { it: 'Ufficio', en: 'Office' },
      description: { it: `Il suo nome breve; ${all}: tutti.`, en: `Its short name; ${all}: all of them.` },
      datatype: nameOrAll,
      required: true,
      of: ({ office }) => office ?? all,
    },
    ...(by === 'counter' ? [counterColumn] : []),
  ]
}

const counterColumn: Column = {
  name: 'counter',
  title: { it: 'Sportello', en: 'Counter' },
  description: { it: `Il suo nome breve; ${all}: tutti.`, en: `Its short name; ${all}: all of them.` },
  datatype: nameOrAll,
  required: true,
  of: ({ counter }) => counter ?? all,
}

export function primaryKey(by: By): string[] {
  return ['period_start', 'municipality', 'office', ...(by === 'counter' ? ['counter'] : [])]
}

const votes: Column = {
  name: 'votes',
  title: { it: 'Voti', en: 'Votes' },
  description: { it: 'Quanti voti.', en: 'How many votes.' },
  datatype: count,
  of: ({ row, shown }) => (shown.votes ? row.votes : undefined),
}

/** `votes.csv`. */
export function votesColumns(by: By): Column[] {
  return [
    ...keyColumns(by),
    votes,
    ...faces.map(faceColumn),
    {
      name: 'index',
      title: { it: 'Indice di soddisfazione', en: 'Satisfaction index' },
      description: {
        it: 'Da 0 (tutti insoddisfatti) a 100 (tutti soddisfatti): 100 × (soddisfatti + neutri ÷ 2) ÷ voti.',
        en: 'From 0 (all dissatisfied) to 100 (all satisfied): 100 × (satisfied + neutral ÷ 2) ÷ votes.',
      },
      datatype: percent,
      of: (line) => (showsFaces(line) ? index(line.row.faces).toFixed(1) : undefined),
    },
    stateColumn,
    ...reasons.map(reasonColumn),
    {
      name: 'reasons_status',
      title: { it: 'Stato dei motivi', en: 'Status of the reasons' },
      description: {
        it: 'published: i quattro motivi sono pubblicati; suppressed: sono omessi.',
        en: 'published: the four reasons are published; suppressed: they are left out.',
      },
      datatype: state,
      required: true,
      of: ({ shown }) => (shown.reasons ? 'published' : 'suppressed'),
    },
    {
      name: 'served',
      title: { it: 'Persone servite', en: 'People served' },
      description: {
        it: 'Quante persone sono state servite agli sportelli che hanno raccolto voti, secondo il gestore delle code.',
        en: 'How many people were served at the counters that took votes, as the queue manager says.',
      },
      datatype: count,
      of: ({ row, shown }) => (shown.served ? row.served : undefined),
    },
    {
      name: 'participation',
      title: { it: 'Partecipazione (%)', en: 'Participation (%)' },
      description: {
        it: 'Voti ÷ persone servite × 100. Può superare 100, se vota chi non ha preso il numero.',
        en: 'Votes ÷ people served × 100. It can be more than 100, where people vote who took no ticket.',
      },
      datatype: { base: 'decimal', minimum: 0 },
      of: ({ row, shown }) =>
        shown.votes && shown.served ? ((100 * row.votes) / row.served!).toFixed(1) : undefined,
    },
    {
      name: 'served_status',
      title: { it: 'Stato delle persone servite', en: 'Status of the people served' },
      description: {
        it: 'published: pubblicate; suppressed: omesse; unknown: non note per ogni sportello.',
        en: 'published: published; suppressed: left out; unknown: not known of every counter.',
      },
      datatype: { base: 'string', format: 'published|suppressed|unknown' },
      required: true,
      of: ({ row, shown }) =>
        row.served === undefined ? 'unknown' : shown.served ? 'published' : 'suppressed',
    },
  ]
}

/** `ratings.csv`: the same votes on the scale from 1 to 5. */
export function ratingsColumns(by: By): Column[] {
  return [
    ...keyColumns(by),
    votes,
    ...([1, 2, 3, 4, 5] as const).map((number): Column => {
      const face = starsOf(number)
      const from = faceTitles[face ?? 'neutral']
      return {
        name: `stars_${number}`,
        title: {
          it: number === 1 ? '1 stella' : `${number} stelle`,
          en: number === 1 ? '1 star' : `${number} stars`,
        },
        description: face
          ? { it: `Ottenute dai voti «${from.it}».`, en: `Made from the votes “${from.en}”.` }
          : {
              it: 'Sempre 0: nessuna faccia corrisponde a questo valore.',
              en: 'Always 0: no face stands for this value.',
            },
        datatype: count,
        of: ({ row, shown }) =>
          !shown.votes ? undefined : !face ? 0 : shown.faces.has(face) ? row.faces[face] : undefined,
      }
    }),
    starsColumn('mean', 'Media', 'Mean', meanStars, {
      it: 'Con soddisfatto = 5, neutro = 3, insoddisfatto = 1.',
      en: 'With satisfied = 5, neutral = 3, dissatisfied = 1.',
    }),
    starsColumn('mean_lowest', 'Media minima', 'Lowest mean', lowestStars, {
      it: 'Se ogni soddisfatto avesse dato 4 stelle e ogni insoddisfatto 1.',
      en: 'If all who were satisfied had given 4 stars, and all who were dissatisfied 1.',
    }),
    starsColumn('mean_highest', 'Media massima', 'Highest mean', highestStars, {
      it: 'Se ogni soddisfatto avesse dato 5 stelle e ogni insoddisfatto 2.',
      en: 'If all who were satisfied had given 5 stars, and all who were dissatisfied 2.',
    }),
    stateColumn,
  ]
}

function showsFaces({ shown }: Line): boolean {
  return shown.votes && shown.faces.size === faces.length
}

const stateColumn: Column = {
  name: 'status',
  title: { it: 'Stato', en: 'Status' },
  description: {
    it: 'published: voti e facce sono pubblicati; suppressed: quelli vuoti sono omessi.',
    en: 'published: votes and faces are published; suppressed: those that are empty are left out.',
  },
  datatype: state,
  required: true,
  of: (line) => (showsFaces(line) ? 'published' : 'suppressed'),
}

const faceTitles: Record<Face, Text> = {
  satisfied: { it: 'Soddisfatti', en: 'Satisfied' },
  neutral: { it: 'Neutri', en: 'Neutral' },
  dissatisfied: { it: 'Insoddisfatti', en: 'Dissatisfied' },
}

const faceDescriptions: Record<Face, Text> = {
  satisfied: { it: 'Voti con la faccia verde.', en: 'Votes with the green face.' },
  neutral: { it: 'Voti con la faccia gialla.', en: 'Votes with the yellow face.' },
  dissatisfied: { it: 'Voti con la faccia rossa.', en: 'Votes with the red face.' },
}

function faceColumn(face: Face): Column {
  return {
    name: face,
    title: faceTitles[face],
    description: faceDescriptions[face],
    datatype: count,
    of: ({ row, shown }) => (shown.votes && shown.faces.has(face) ? row.faces[face] : undefined),
  }
}

const reasonTitles: Record<Reason, Text> = {
  'waiting-time': { it: 'Tempo di attesa', en: 'Waiting time' },
  'staff-behaviour': { it: 'Comportamento del personale', en: 'Staff behaviour' },
  'must-return': { it: 'Necessità di tornare', en: 'Must return' },
  'negative-outcome': { it: 'Esito negativo', en: 'Negative outcome' },
}

function reasonColumn(reason: Reason): Column {
  return {
    name: reason.replaceAll('-', '_'),
    title: reasonTitles[reason],
    description: {
      it: 'Quanti hanno indicato questo motivo; non tutti ne indicano uno.',
      en: 'How many gave this reason; not all give one.',
    },
    datatype: count,
    of: ({ row, shown }) => (shown.votes && shown.reasons ? row.reasons[reason] : undefined),
  }
}

function starsColumn(
  name: string,
  it: string,
  en: string,
  of: (faces: Record<Face, number>) => number,
  description: Text,
): Column {
  return {
    name,
    title: { it, en },
    description,
    datatype: stars,
    of: (line) => (showsFaces(line) ? of(line.row.faces).toFixed(2) : undefined),
  }
}
