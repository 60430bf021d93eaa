import type { LocalDate, Step } from '../report/calendar.ts'
import type { Text } from './columns.ts'
import type { By } from './release.ts'

/** What the files say of themselves. */
export interface About {
  publisher: string
  /** The publisher's code in the index of the public administrations (IPA). */
  ipa: string
  step: Step
  by: By
  minimum: number
  /** Where the folder will be found, with a slash at its end; without it the files name one another relatively. */
  baseUrl?: string
  /** Whose texts come first. */
  language: 'it' | 'en'
  licence: Licence
  /** For questions; an office's, not a person's. */
  email?: string
  /** When it is made. */
  modified: LocalDate
  /** The first and the last day of what is released. */
  covers: { from: LocalDate; to: LocalDate }
}

export interface Licence {
  name: Text
  short: string
  version: string
  /** In the controlled vocabulary of licences of the Italian public administration. */
  uri: string
  /** Its text, for people. */
  page: string
  /** In the vocabulary of licence types of ADMS. */
  type: string
}

const vocabulary = 'https://w3id.org/italia/controlled-vocabulary/licences/'
const types = 'http://purl.org/adms/licencetype/'

/** Open licences that fit statistics; the first is the default. */
export const licences = {
  'cc-by-4.0': {
    name: {
      it: 'Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)',
      en: 'Creative Commons Attribution 4.0 International (CC BY 4.0)',
    },
    short: 'CC BY 4.0',
    version: '4.0',
    uri: `${vocabulary}A21_CCBY40`,
    page: 'https://creativecommons.org/licenses/by/4.0/',
    type: `${types}Attribution`,
  },
  'cc0-1.0': {
    name: {
      it: 'Creative Commons CC0 1.0 Universale (dedica al pubblico dominio)',
      en: 'Creative Commons CC0 1.0 Universal (public domain dedication)',
    },
    short: 'CC0 1.0',
    version: '1.0',
    uri: `${vocabulary}A11_CCO10`,
    page: 'https://creativecommons.org/publicdomain/zero/1.0/',
    type: `${types}PublicDomain`,
  },
} as const satisfies Record<string, Licence>
export type LicenceName = keyof typeof licences

/** Tells one kind of release from another: they must not be mixed, or one would tell what another hides. */
export function identifierOf({
  ipa,
  step,
  by,
  minimum,
}: Pick<About, 'ipa' | 'step' | 'by' | 'minimum'>): string {
  return `${ipa}:faccina-${step}-${by}-${minimum}`
}

export function titleOf({ publisher, step, by }: About): Text {
  const every = { day: 'giorno', week: 'settimana', month: 'mese' }[step]
  const what = { office: ['ufficio', 'office'], counter: ['sportello', 'counter'] }[by]
  return {
    it: `Soddisfazione dei cittadini agli sportelli – ${publisher} – per ${every} e ${what[0]}`,
    en: `Citizen satisfaction at public counters – ${publisher} – by ${step} and ${what[1]}`,
  }
}

export function descriptionOf({ minimum }: About): Text {
  return {
    it:
      'Voti espressi con le faccine (verde, gialla, rossa) dai cittadini agli sportelli pubblici, motivi ' +
      'dell’insoddisfazione, indice di soddisfazione e, dove note, persone servite. Dati aggregati e anonimi: ' +
      `i valori sotto ${minimum}, e quelli da cui si potrebbero ricavare, sono omessi.`,
    en:
      'Votes that citizens gave with smiley faces (green, yellow, red) at public counters, reasons for ' +
      'dissatisfaction, satisfaction index and, where known, people served. Aggregated and anonymous: values ' +
      `below ${minimum}, and those that would tell them, are left out.`,
  }
}
