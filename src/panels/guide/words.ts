import type { Mood } from '../lights/animation.ts'

/** The languages that technicians of an Italian town hall read. */
export const guideLanguages = ['it', 'en'] as const
export type GuideLanguage = (typeof guideLanguages)[number]

/** What the pictures of the technicians' guide say. */
export interface GuideWords {
  lightsTitle: string
  /** What a face that is lit so means: a name, how it looks, and what to do. */
  lights: Record<Mood, { name: string; looks: string; means: string }>
  stepsTitle: string
  steps: { title: string; lines: readonly string[] }[]
}

export const guideWords: Readonly<Record<GuideLanguage, GuideWords>> = {
  it: {
    lightsTitle: 'Che cosa dicono le luci',
    lights: {
      ready: {
        name: 'Pronto',
        looks: 'Le tre faccine respirano piano, ciascuna nel suo colore.',
        means: 'Tutto bene: si può premere.',
      },
      pressed: {
        name: 'Premuta',
        looks: 'La faccina premuta si accende del tutto, le altre si abbassano.',
        means: 'Il voto va sulla scheda. Se respira per più di un secondo, la scheda è lenta.',
      },
      resting: {
        name: 'Domanda',
        looks: 'Le tre faccine sono basse.',
        means: 'Il display chiede il motivo; risponde chi ha premuto.',
      },
      steering: {
        name: 'Domanda, si sceglie con le faccine',
        looks: 'Le tre faccine sono accese e ferme.',
        means: 'Sinistra e destra scorrono i motivi, quella in mezzo conferma.',
      },
      thanks: {
        name: 'Grazie',
        looks: 'Due onde calme azzurre, uguali per ogni faccina.',
        means: 'Il voto è sulla scheda: questa luce ne è la prova.',
      },
      dark: {
        name: 'Chiuso',
        looks: 'Tutto spento.',
        means: 'Fuori orario. In orario: manca la corrente delle luci, o il terminale.',
      },
      fault: {
        name: 'Fuori servizio',
        looks: 'Un barlume azzurro, fermo.',
        means: 'Non si possono salvare voti: leggere il display, poi faccina doctor.',
      },
      identify: {
        name: 'Eccomi',
        looks: 'Un’onda azzurra corre di faccina in faccina.',
        means: 'Qualcuno, da lontano, chiede quale terminale è questo. Dura 10 secondi.',
      },
    },
    stepsTitle: 'Dalla scheda allo sportello',
    steps: [
      { title: 'Scrivere', lines: ['Raspberry Pi Imager', 'scrive l’immagine', 'sulla scheda.'] },
      { title: 'Copiare', lines: ['faccina.yaml', 'nel disco che', 'compare.'] },
      { title: 'Accendere', lines: ['Scheda nel terminale,', 'rete, per ultima', 'la corrente.'] },
      { title: 'Provare', lines: ['Premere ogni faccina', 'quando si accende:', 'il terminale si prova.'] },
    ],
  },
  en: {
    lightsTitle: 'What the lights say',
    lights: {
      ready: {
        name: 'Ready',
        looks: 'The three faces breathe slowly, each in its colour.',
        means: 'All is well: press.',
      },
      pressed: {
        name: 'Pressed',
        looks: 'The pressed face is fully lit, the others are low.',
        means: 'The vote goes to the card. If it breathes for more than a second, the card is slow.',
      },
      resting: {
        name: 'Question',
        looks: 'The three faces are low.',
        means: 'The display asks for the reason; whoever pressed answers.',
      },
      steering: {
        name: 'Question, answered with the faces',
        looks: 'The three faces are lit and still.',
        means: 'Left and right move through the reasons, the middle one takes one.',
      },
      thanks: {
        name: 'Thank you',
        looks: 'Two calm blue swells, the same on each face.',
        means: 'The vote is on the card: this light is the proof.',
      },
      dark: {
        name: 'Closed',
        looks: 'All dark.',
        means: 'Outside opening hours. Within them: the lights, or the terminal, have no power.',
      },
      fault: {
        name: 'Out of service',
        looks: 'A still, blue glimmer.',
        means: 'Votes cannot be kept: read the display, then faccina doctor.',
      },
      identify: {
        name: 'Here I am',
        looks: 'A blue wave runs from face to face.',
        means: 'Somebody asks, from afar, which terminal this is. It lasts for 10 seconds.',
      },
    },
    stepsTitle: 'From the card to the counter',
    steps: [
      { title: 'Write', lines: ['Raspberry Pi Imager', 'writes the image', 'to the card.'] },
      { title: 'Copy', lines: ['faccina.yaml', 'to the drive that', 'appears.'] },
      { title: 'Switch on', lines: ['Card into the terminal,', 'network, and power', 'last.'] },
      { title: 'Try', lines: ['Press each face', 'when it lights:', 'the terminal tests itself.'] },
    ],
  },
}
