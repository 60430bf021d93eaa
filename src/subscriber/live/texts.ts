import type { ManagersLanguage } from '../alerts/words.ts'

/** What the live page says besides the report. */
export interface LiveTexts {
  none: string
  noTerminals: string
  columns: {
    terminal: string
    state: string
    lastVote: string
    votes: string
    waiting: string
    health: string
  }
  state: Record<'online' | 'offline' | 'unknown', string>
  good: string
  unknown: string
  disk: string
  keys: string
  stuck: string
  lights: string
  display: string
  clock: string
  power: string
  missing: (count: number) => string
  more: (count: number) => string
  caption: string
  noTrouble: string
  inOrder: (count: number) => string
  since: string
  says: string
  quarantine: (count: number) => string
  periods: Record<'today' | 'week' | 'month', string>
  period: string
}

export const liveTexts: Readonly<Record<ManagersLanguage, LiveTexts>> = {
  it: {
    none: 'Nessun avviso.',
    noTerminals: 'Nessun terminale si è ancora fatto sentire.',
    columns: {
      terminal: 'Terminale',
      state: 'Stato',
      lastVote: 'Ultimo voto',
      votes: 'Voti',
      waiting: 'In attesa',
      health: 'Salute',
    },
    state: { online: 'collegato', offline: 'non collegato', unknown: 'sconosciuto' },
    good: 'tutto bene',
    unknown: 'non nota',
    disk: 'disco non scrivibile',
    keys: 'tasti guasti',
    stuck: 'tasto bloccato',
    lights: 'luci guaste',
    display: 'display guasto',
    clock: 'ora non sincronizzata',
    power: 'alimentazione insufficiente',
    missing: (count) => (count === 1 ? 'manca 1 voto' : `mancano ${count} voti`),
    more: (count) => (count === 1 ? 'e un altro terminale' : `e altri ${count} terminali`),
    caption: 'Terminali che hanno un problema',
    noTrouble: 'Nessun terminale ha problemi.',
    inOrder: (count) => (count === 1 ? '1 terminale in ordine' : `${count} terminali in ordine`),
    since: 'Da quando',
    says: 'Avviso',
    quarantine: (count) =>
      count === 1
        ? 'Un messaggio non conforme al contratto è in quarantena.'
        : `${count} messaggi non conformi al contratto sono in quarantena.`,
    periods: { today: 'Oggi', week: 'Ultimi 7 giorni', month: 'Ultimi 30 giorni' },
    period: 'Periodo',
  },
  en: {
    none: 'No alerts.',
    noTerminals: 'Nothing has been heard of any terminal yet.',
    columns: {
      terminal: 'Terminal',
      state: 'State',
      lastVote: 'Last vote',
      votes: 'Votes',
      waiting: 'Waiting',
      health: 'Health',
    },
    state: { online: 'online', offline: 'offline', unknown: 'unknown' },
    good: 'good',
    unknown: 'not known',
    disk: 'disk not writable',
    keys: 'keys broken',
    stuck: 'key stuck',
    lights: 'lights broken',
    display: 'display broken',
    clock: 'clock not synchronised',
    power: 'under-voltage',
    missing: (count) => (count === 1 ? '1 vote missing' : `${count} votes missing`),
    more: (count) => (count === 1 ? 'and one more terminal' : `and ${count} more terminals`),
    caption: 'Terminals with a problem',
    noTrouble: 'No terminal has a problem.',
    inOrder: (count) => (count === 1 ? '1 terminal in order' : `${count} terminals in order`),
    since: 'Since',
    says: 'Alert',
    quarantine: (count) =>
      count === 1
        ? 'One message that breaks the contract is in quarantine.'
        : `${count} messages that break the contract are in quarantine.`,
    periods: { today: 'Today', week: 'Last 7 days', month: 'Last 30 days' },
    period: 'Period',
  },
}
