import type { Texts } from './texts.ts'

/** Il rapporto in italiano. */
export const it: Texts = {
  locale: 'it-IT',
  title: 'Rapporto sulla soddisfazione',
  municipality: 'comune',
  office: 'ufficio',
  counter: 'sportello',
  everything: 'tutti i comuni',
  made: (at) => `Elaborato il ${at}`,
  votes: (count, written) => `${written} ${count === 1 ? 'voto' : 'voti'}`,
  ofHundred: (index) => `${index} su 100`,
  formula: 'Indice = 100 × (soddisfatti + neutrali / 2) / voti',
  headline: {
    none: 'In questo periodo non ci sono voti.',
    few: (minimum) => `In questo periodo ci sono meno di ${minimum} voti: troppo pochi per essere mostrati.`,
    better: (points, before) => `${points} punti in più rispetto ${before}.`,
    worse: (points, before) => `${points} punti in meno rispetto ${before}.`,
    unclear: (difference, interval, before) =>
      `Nessun cambiamento evidente rispetto ${before}: ${difference} punti (${interval}).`,
    before: (by, count, range) =>
      by === 'month'
        ? 'al mese precedente'
        : by === 'months'
          ? `ai ${count} mesi precedenti`
          : `al periodo precedente (${range})`,
    noCritical: 'Nessuna area risulta critica.',
    critical: (place, share, rest) =>
      `L’area da esaminare per prima è ${place}: ${share} di insoddisfatti, contro ${rest} nel resto`,
    moreCritical: (count) =>
      count === 1 ? 'Un’altra area è critica.' : `Altre ${count} aree sono critiche.`,
    mostly: (reason) => `motivo più frequente: «${reason}»`,
  },
  through: (counters, count) =>
    count === 1 ? `per lo sportello ${counters}` : `per gli sportelli ${counters}`,
  chart: {
    shares: (list) => `Barra delle quote dei voti: ${list}.`,
    reasons: (list) => `Barre dei motivi indicati: ${list}.`,
    hours: 'Mappa dell’indice di soddisfazione, ore per giorni della settimana.',
    trend: 'Linea dell’indice di soddisfazione nel periodo, con l’intervallo al 95%.',
    ranking: 'Indice di soddisfazione con l’intervallo al 95%, in ordine crescente.',
    critical: 'Quota di insoddisfatti con l’intervallo al 95%, e quota del resto.',
  },
  sections: {
    index: 'Indice di soddisfazione',
    faces: 'I voti',
    reasons: 'Perché si è insoddisfatti',
    hours: 'Quando va bene e quando no',
    trend: 'Come è cambiato',
    units: 'Dove va bene e dove no',
    municipalities: 'Comuni',
    offices: 'Uffici',
    counters: 'Sportelli',
    critical: 'Aree critiche',
    participation: 'Partecipazione',
    method: 'Come sono stati calcolati i dati',
  },
  heads: {
    face: 'Voto',
    votes: 'Voti',
    share: 'Quota',
    index: 'Indice',
    interval: 'intervallo al 95%',
    reason: 'Motivo',
    answers: 'Risposte',
    outcome: 'Esito della domanda',
    period: 'Periodo',
    dissatisfied: 'Insoddisfatti',
    difference: 'Differenza',
    before: 'Prima',
    now: 'Ora',
    measure: 'Misura',
    municipality: 'Comune',
    office: 'Ufficio',
    counter: 'Sportello',
    area: 'Area',
    rest: 'Resto',
    effect: 'Effetto',
    hour: 'Ora',
    participation: 'Partecipazione',
  },
  faces: { satisfied: 'Soddisfatti', neutral: 'Neutrali', dissatisfied: 'Insoddisfatti' },
  outcomes: {
    'not-asked': 'Non richiesto',
    selected: 'Motivo indicato',
    skipped: 'Ha preferito non rispondere',
    'timed-out': 'Nessuna risposta',
    interrupted: 'Interrotto da un calo di tensione',
  },
  sizes: { slight: 'lieve', moderate: 'moderato', large: 'ampio', 'very-large': 'molto ampio' },
  restOf: { municipality: 'resto del comune', office: 'altri orari dell’ufficio' },
  withheld: 'troppo pochi voti',
  nothing: 'nessun voto',
  range: (low, high) => `da ${low} a ${high}`,
  interval95: (low, high) => `intervallo al 95%: da ${low} a ${high}`,
  answered: (answered, asked, share) =>
    `Hanno indicato un motivo in ${answered} su ${asked} a cui è stato chiesto (${share}).`,
  fewReasons: 'Sono troppo pochi per essere mostrati uno per uno.',
  reasonsCaption: 'Motivi indicati, in quota delle risposte',
  noReasons: 'Nessuno ha indicato un motivo.',
  presses: (suppressed, corrected, share) =>
    `Voti corretti entro circa due secondi: ${corrected} (${share}); ulteriori pressioni non conteggiate: ${suppressed}.`,
  trendCaption: {
    day: 'Indice di soddisfazione per giorno',
    week: 'Indice di soddisfazione per settimana',
    month: 'Indice di soddisfazione per mese',
  },
  trendNone: 'Il periodo precedente ha troppo pochi voti per un confronto.',
  intervalBand: 'intervallo al 95%',
  hoursFew: 'La maggior parte delle ore della settimana ha troppo pochi voti per essere mostrata.',
  hoursCaption: 'Indice di soddisfazione per ora della settimana',
  hoursNote: (cell, minimum) =>
    `Le ore con meno di ${cell} voti (${minimum} se provengono da un solo sportello) sono segnate con un punto e non riportano dati.`,
  legend: { low: 'più basso', high: 'più alto', total: (index) => `nel complesso: ${index}` },
  further: (count, from, to) => `Altri ${count} si collocano nel mezzo, con un indice da ${from} a ${to}.`,
  furtherWithheld: (count, written) =>
    count === 1
      ? 'Uno non è mostrato: ha troppo pochi voti, oppure permetterebbe di ricavare i dati di chi ne ha troppo pochi.'
      : `${written} non sono mostrati: hanno troppo pochi voti, oppure permetterebbero di ricavare i dati di chi ne ha troppo pochi.`,
  ranked: 'In ordine di indice crescente; le barre indicano l’intervallo al 95%.',
  table: 'In forma di tabella',
  noCritical: (tested) =>
    `Uffici, sportelli e orari esaminati: ${tested}. Nessuno ha chiaramente più insoddisfatti del resto.`,
  furtherAreas: (count) => `Altre ${count} con un effetto minore.`,
  tested: (tested, rate) =>
    `Uffici, sportelli e orari esaminati insieme: ${tested}. Delle aree individuate al massimo il ${rate} circa è dovuto al caso. Una differenza indica dove guardare; non dice perché, né che qualcuno ne abbia colpa.`,
  participation: (rate, votes, served) =>
    `Tasso di partecipazione: ${rate} (${votes} voti su ${served} persone servite).`,
  participationRange: (low, high) =>
    `Alcune ore sono coperte solo in parte: il tasso è compreso tra ${low} e ${high}.`,
  covered: (votes, hours) =>
    `Quota delle ore con voti di cui è noto il numero di persone servite: ${hours}; quota dei voti che vi ricadono: ${votes}.`,
  leftOut: (count) => `Intervalli esclusi perché si sovrappongono ad altri o escono dal periodo: ${count}.`,
  moreThanServed: 'I voti sono più delle persone servite: i due dati non contano la stessa cosa.',
  noParticipation:
    'Il numero di persone servite in questo periodo non è noto: nessun sistema eliminacode lo ha comunicato.',
  unknownTime: (votes) => `Voti di ora ignota, non compresi in nessun dato di questo rapporto: ${votes}.`,
  unknownFew: 'Alcuni voti di ora ignota non sono compresi in nessun dato di questo rapporto.',
  method: ({ minimum, cell, rate, timeZone, unknown }) => [
    'Indice = 100 × (soddisfatti + neutrali / 2) / voti: un voto soddisfatto vale 1, uno neutrale 0,5, uno insoddisfatto 0. 100 significa che tutti sono soddisfatti.',
    'Chi vota lo fa per scelta: i voti rappresentano chi ha votato, non tutte le persone servite. La partecipazione dice quante sono.',
    'Gli intervalli sono al 95%: per le quote secondo Wilson (1927), per la differenza di due quote secondo il metodo 10 di Newcombe (1998), per l’indice dalla varianza dei punteggi, con un voto in più per ogni faccina.',
    `Aree critiche: la quota di insoddisfatti di ogni ufficio e sportello è confrontata con il resto del suo comune, quella di ogni fascia di due ore della settimana con gli altri orari dello stesso ufficio (test z a una coda). La procedura di Benjamini e Hochberg (1995) mantiene al ${rate} la quota attesa di risultati dovuti al caso. L’effetto è misurato con la h di Cohen: lieve sotto 0,2, moderato sotto 0,5, ampio sotto 0,8.`,
    `Non si mostra nulla che si basi su meno di ${minimum} voti; per le ore e i giorni di più sportelli ne bastano ${cell}. Se un dato omesso si potesse ricavare da un totale, se ne omette anche un altro.`,
    `Giorni e ore sono quelli del fuso orario ${timeZone}.`,
    ...(unknown === undefined ? [] : [unknown]),
  ],
  skip: 'Vai al contenuto',
  contents: 'Indice dei contenuti',
  live: { health: 'Terminali', alerts: 'Avvisi' },
}
