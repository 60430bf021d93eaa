import { it2009 } from '../../domain/surveys/it-2009.ts'
import type { Language, Reason } from '../../domain/words.ts'

/**
 * What stands beside a key where the survey's own words have no room: at most fourteen letters, as a small
 * display has them in one row.
 */
const short: Record<Language, Record<Reason | 'skip', string>> = {
  it: {
    'waiting-time': 'Attesa',
    'staff-behaviour': 'Personale',
    'must-return': 'Devo tornare',
    'negative-outcome': 'Esito negativo',
    skip: 'Non rispondo',
  },
  de: {
    'waiting-time': 'Wartezeit',
    'staff-behaviour': 'Personal',
    'must-return': 'Erneut kommen',
    'negative-outcome': 'Ablehnung',
    skip: 'Keine Angabe',
  },
  sl: {
    'waiting-time': 'Čas čakanja',
    'staff-behaviour': 'Odnos osebja',
    'must-return': 'Ponovni obisk',
    'negative-outcome': 'Neugoden izid',
    skip: 'Brez odgovora',
  },
  fr: {
    'waiting-time': 'Attente',
    'staff-behaviour': 'Personnel',
    'must-return': 'Devoir revenir',
    'negative-outcome': 'Refus',
    skip: 'Sans réponse',
  },
  en: {
    'waiting-time': 'Waiting time',
    'staff-behaviour': 'Staff',
    'must-return': 'Must come back',
    'negative-outcome': 'Bad outcome',
    skip: 'No answer',
  },
}

/** A label and what may stand for it, the longest first. */
export function variantsOf(label: string, language: Language): string[] {
  const { reasons, skip } = it2009.texts[language]
  const reason = (Object.keys(reasons) as Reason[]).find((one) => reasons[one] === label)
  const shorter = reason ? short[language][reason] : label === skip ? short[language].skip : undefined
  return shorter === undefined || shorter === label ? [label] : [label, shorter]
}
