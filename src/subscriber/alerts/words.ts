import type { Key } from '../../domain/words.ts'
import type { AlertRules, Change, Finding, Raised } from './alerts.ts'

/** The languages that managers read. */
export type ManagersLanguage = 'it' | 'en'

/** What an alert says to people. */
export function alertText(
  { finding }: Pick<Raised, 'finding'>,
  rules: AlertRules,
  language: ManagersLanguage,
): string {
  return texts[language][finding.alert](finding as never, rules)
}

/** What a change says: what began, or that it is over. */
export function changeText(
  { alert, finding }: Change,
  rules: AlertRules,
  language: ManagersLanguage,
): string {
  return finding ? alertText({ finding }, rules, language) : over[language][alert]
}

type Texts = {
  [A in Finding['alert']]: (finding: Extract<Finding, { alert: A }>, rules: AlertRules) => string
}

const texts: Record<ManagersLanguage, Texts> = {
  it: {
    dissatisfied: ({ dissatisfied, votes }, { dissatisfiedPercent, windowMinutes }) =>
      `${dissatisfied} voti insoddisfatti su ${votes} negli ultimi ${windowMinutes} minuti (soglia: ${dissatisfiedPercent} %)`,
    silent: ({ heardAt }, { silentMinutes, hours }) =>
      `nessun segnale dalle ${clockTime(heardAt, 'it', hours?.timeZone)}, in orario di apertura (soglia: ${silentMinutes} minuti)`,
    stuck: ({ keys }) =>
      keys.length === 1
        ? `tasto bloccato: ${keyName(keys[0]!, 'it')}; è ignorato finché non viene rilasciato`
        : `tasti bloccati: ${keys.map((key) => keyName(key, 'it')).join(', ')}; sono ignorati finché non vengono rilasciati`,
  },
  en: {
    dissatisfied: ({ dissatisfied, votes }, { dissatisfiedPercent, windowMinutes }) =>
      `${dissatisfied} of ${votes} votes of the last ${windowMinutes} minutes dissatisfied (limit: ${dissatisfiedPercent} %)`,
    silent: ({ heardAt }, { silentMinutes, hours }) =>
      `nothing heard since ${clockTime(heardAt, 'en', hours?.timeZone)}, in opening hours (limit: ${silentMinutes} minutes)`,
    stuck: ({ keys }) =>
      `stuck ${keys.length === 1 ? 'key' : 'keys'}: ${keys.map((key) => keyName(key, 'en')).join(', ')}; ignored until released`,
  },
}

const over: Record<ManagersLanguage, Record<Finding['alert'], string>> = {
  it: {
    dissatisfied: 'la quota di insoddisfatti è tornata sotto la soglia, o i voti recenti sono troppo pochi',
    silent: 'il terminale trasmette di nuovo',
    stuck: 'nessun tasto è più bloccato',
  },
  en: {
    dissatisfied: 'the share of dissatisfied is below the limit again, or there are too few recent votes',
    silent: 'the terminal speaks again',
    stuck: 'no key is stuck any more',
  },
}

const keyNames: Record<ManagersLanguage, Partial<Record<Key, string>>> = {
  it: { satisfied: 'verde', neutral: 'giallo', dissatisfied: 'rosso', skip: 'salta', language: 'lingua' },
  en: { satisfied: 'green', neutral: 'yellow', dissatisfied: 'red', skip: 'skip', language: 'language' },
}

function keyName(key: Key, language: ManagersLanguage): string {
  const reason = /^reason-(\d)$/.exec(key)?.[1]
  if (reason !== undefined) return language === 'it' ? `motivo ${reason}` : `reason ${reason}`
  return keyNames[language][key] ?? key
}

function clockTime(at: number, language: ManagersLanguage, timeZone = 'Europe/Rome'): string {
  const tag = language === 'it' ? 'it-IT' : 'en-GB'
  return new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', timeZone }).format(at)
}
