import type { SurveyTexts } from '../../domain/survey.ts'
import { it2009 } from '../../domain/surveys/it-2009.ts'
import type { Language, Reason } from '../../domain/words.ts'

/** What a small display may have no room for. Where a text is not here, its own words have room. */
type Short = Record<Reason | 'skip' | 'recorded' | 'closedHint' | 'notRecordedHint', string> &
  Partial<Record<'question' | 'why' | 'outOfServiceHint' | 'held' | 'heldHint', string>>

/**
 * What stands there where the survey's own words have no room. Beside a key at most fourteen letters, as a
 * small display has them in one row; `recorded` one line of sixteen, below the thanks; all others two. What
 * is shown for a few seconds only has to be read at a glance.
 */
const short: Record<Language, Short> = {
  it: {
    'waiting-time': 'Attesa',
    'staff-behaviour': 'Personale',
    'must-return': 'Devo tornare',
    'negative-outcome': 'Esito negativo',
    skip: 'Non rispondo',
    recorded: 'Voto registrato',
    closedHint: 'Può votare in orario d’ufficio',
    notRecordedHint: 'Non registrato: riprovi tra poco',
    held: 'Due tasti',
    heldHint: 'Lasci, o tenga per la prova',
  },
  de: {
    'waiting-time': 'Wartezeit',
    'staff-behaviour': 'Personal',
    'must-return': 'Erneut kommen',
    'negative-outcome': 'Ablehnung',
    skip: 'Keine Angabe',
    recorded: 'Gespeichert',
    closedHint: 'Bewertung in den Öffnungszeiten',
    notRecordedHint: 'Nicht erfasst: bitte nochmals',
    why: 'Was war nicht gut?',
    held: 'Zwei Tasten',
    heldHint: 'Loslassen, oder halten: Prüfung',
  },
  sl: {
    'waiting-time': 'Čas čakanja',
    'staff-behaviour': 'Odnos osebja',
    'must-return': 'Ponovni obisk',
    'negative-outcome': 'Neugoden izid',
    skip: 'Brez odgovora',
    recorded: 'Ocena zabeležena',
    closedHint: 'Ocenite med uradnimi urami',
    notRecordedHint: 'Ni zabeleženo, poskusite znova',
    held: 'Dve tipki',
    heldHint: 'Spustite, ali držite: preizkus',
  },
  fr: {
    'waiting-time': 'Attente',
    'staff-behaviour': 'Personnel',
    'must-return': 'Devoir revenir',
    'negative-outcome': 'Refus',
    skip: 'Sans réponse',
    recorded: 'Avis enregistré',
    closedHint: 'Votre avis aux heures ouvrables',
    notRecordedHint: 'Non enregistré\u00a0: réessayez',
    question: 'Votre avis sur notre service\u202f?',
    outOfServiceHint: 'Merci de votre compréhension',
    held: 'Deux touches',
    heldHint: 'Relâchez, ou tenez : contrôle',
  },
  en: {
    'waiting-time': 'Waiting time',
    'staff-behaviour': 'Staff',
    'must-return': 'Must come back',
    'negative-outcome': 'Bad outcome',
    skip: 'No answer',
    recorded: 'Rating recorded',
    closedHint: 'Rate us during opening hours',
    notRecordedHint: 'Not recorded: please try again',
    question: 'How was our service?',
    outOfServiceHint: 'Sorry for the inconvenience',
    held: 'Two keys',
    heldHint: 'Let go, or hold for the check',
  },
}

/** A text of the survey and what may stand for it, the longest first. */
export function variantsOf(text: string, language: Language): string[] {
  const words: Partial<Record<keyof Short, string>> = wordsOf(it2009.texts[language])
  const all = Object.entries(short[language]) as [keyof Short, string][]
  const shorter = all.find(([name]) => words[name] === text)?.[1]
  return shorter === undefined || shorter === text ? [text] : [text, shorter]
}

function wordsOf({ reasons, ...texts }: SurveyTexts): Record<Reason, string> & Omit<SurveyTexts, 'reasons'> {
  return { ...texts, ...reasons }
}
