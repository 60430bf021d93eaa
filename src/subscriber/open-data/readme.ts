import { type About, identifierOf, titleOf } from './about.ts'
import { all, type Column, type Text } from './columns.ts'

/** A table as the README tells of it. */
export interface Told {
  file: string
  title: Text
  columns: readonly Column[]
}

/** For who downloads the folder, in Italian and in English. */
export function readme(about: About, tables: readonly Told[]): string {
  const languages = about.language === 'it' ? (['it', 'en'] as const) : (['en', 'it'] as const)
  return `${languages.map((language) => parts[language](about, tables)).join('\n---\n\n')}`
}

function columnTable(language: 'it' | 'en', { columns }: Told): string {
  const head = { it: '| colonna | titolo | che cosa contiene |', en: '| column | title | what it holds |' }[
    language
  ]
  const rows = columns.map(
    ({ name, title, description }) => `| \`${name}\` | ${title[language]} | ${description[language]} |`,
  )
  return [head, '| --- | --- | --- |', ...rows].join('\n')
}

const parts: Record<'it' | 'en', (about: About, tables: readonly Told[]) => string> = {
  it: (about, tables) => `# ${titleOf(about).it}

Dati dal ${about.covers.from} al ${about.covers.to}, aggiornati il ${about.modified}. Titolare: ${about.publisher}
(codice IPA \`${about.ipa}\`). Identificativo: \`${identifierOf(about)}\`.

Allo sportello il cittadino preme una faccia verde, gialla o rossa; chi è insoddisfatto può dire perché. Non
si raccoglie alcun dato personale. Qui i voti sono sommati per periodi interi (${{ day: 'giorni', week: 'settimane da lunedì a domenica', month: 'mesi' }[about.step]}).

## I file

| file | che cosa contiene |
| --- | --- |
${tables.map(({ file, title }) => `| \`${file}\` | ${title.it} |\n| \`${file}-metadata.json\` | le sue colonne, secondo W3C CSV on the Web |`).join('\n')}
| \`dataset.ttl\`, \`dataset.jsonld\` | la descrizione per i cataloghi, secondo DCAT-AP_IT |

I file CSV sono in UTF-8, con virgola e righe CR LF (RFC 4180). Una riga riguarda un periodo e tutto il comune
(\`office\` è \`${all}\`)${about.by === 'counter' ? `, un ufficio (\`counter\` è \`${all}\`) o uno sportello` : ' o un ufficio'}. Se un ufficio non ha voti in un periodo, la riga non c’è.

${tables.map((table) => `### ${table.title.it} (\`${table.file}\`)\n\n${columnTable('it', table)}`).join('\n\n')}

## Il metodo

Indice = 100 × (soddisfatti + neutri ÷ 2) ÷ voti. Partecipazione = voti ÷ persone servite, agli sportelli che
hanno raccolto voti. Vota chi vuole: i voti non sono un campione casuale, e differenze piccole possono essere
dovute al caso. Un voto non è una persona: chi torna vota di nuovo.

## Che cosa è omesso, e perché

Un numero piccolo può far riconoscere chi ha votato, o chi lavorava allo sportello. Perciò:

- nessun conteggio sotto ${about.minimum} è pubblicato, nemmeno lo zero;
${about.by === 'office' ? `- un ufficio in cui, tolto lo sportello con più voti, ne restano meno di ${about.minimum} non è pubblicato: parlerebbe di un solo addetto;\n` : '- le righe degli sportelli possono riguardare un solo addetto: sono pubblicate per scelta del titolare;\n'}- sono omessi anche i valori da cui, con totali e differenze, si ricaverebbe un valore omesso: dalle somme un
  conteggio omesso si può restringere soltanto a un intervallo ampio almeno ${about.minimum}. Con una faccia è sempre omessa anche la gialla;
- indice e medie ci sono solo dove ci sono tutte e tre le facce, i motivi solo tutti e quattro insieme.

Le celle omesse sono vuote, e le colonne \`status\`, \`reasons_status\` e \`served_status\` dicono \`suppressed\`.
Un voto giunto in ritardo può cambiare un periodo già pubblicato.

## Le stelle

I siti e i servizi digitali dei comuni chiedono un giudizio da 1 a 5 stelle (modello dei comuni di Designers
Italia: «Quanto sono chiare le informazioni su questa pagina?»; 4 e 5 valgono come positive). In \`ratings.csv\`
la faccia verde vale 5, la gialla 3, la rossa 1. La corrispondenza perde informazione: tre facce non dicono
cinque cose, 2 e 4 restano sempre a 0, e la domanda è un’altra (la visita a uno sportello, non una pagina).
\`mean_lowest\` e \`mean_highest\` dicono tra quali medie sarebbe quella vera, se il verde valesse 4 o 5 e il rosso
1 o 2. Le medie non vanno confrontate con quelle di un sito senza questa avvertenza.

## Licenza e citazione

${about.licence.name.it}: <${about.licence.page}>

> ${about.publisher}, «${titleOf(about).it}», ${about.covers.from}/${about.covers.to}, aggiornamento del ${about.modified}, ${about.licence.short}${about.baseUrl === undefined ? '' : `, ${about.baseUrl}`}.
${about.email === undefined ? '' : `\nPer domande: <mailto:${about.email}>\n`}`,

  en: (about, tables) => `# ${titleOf(about).en}

Data from ${about.covers.from} to ${about.covers.to}, updated on ${about.modified}. Rights holder: ${about.publisher}
(IPA code \`${about.ipa}\`). Identifier: \`${identifierOf(about)}\`.

At the counter a citizen presses a green, yellow or red face; who is dissatisfied can say why. No personal
data are collected. Here the votes are summed up by whole ${{ day: 'days', week: 'weeks from Monday to Sunday', month: 'months' }[about.step]}.

## The files

| file | what it holds |
| --- | --- |
${tables.map(({ file, title }) => `| \`${file}\` | ${title.en} |\n| \`${file}-metadata.json\` | its columns, as W3C CSV on the Web |`).join('\n')}
| \`dataset.ttl\`, \`dataset.jsonld\` | the description for catalogues, as DCAT-AP_IT |

The CSV files are in UTF-8, with commas and lines that end with CR LF (RFC 4180). A row is about one period and all of
the municipality (\`office\` is \`${all}\`)${about.by === 'counter' ? `, one office (\`counter\` is \`${all}\`) or one counter` : ' or one office'}. An office without votes in a period has no row.

${tables.map((table) => `### ${table.title.en} (\`${table.file}\`)\n\n${columnTable('en', table)}`).join('\n\n')}

## Method

Index = 100 × (satisfied + neutral ÷ 2) ÷ votes. Participation = votes ÷ people served, at the counters that
took votes. Who likes to votes: the votes are no random sample, and small differences can be chance. A vote is
not a person: who comes back votes again.

## What is left out, and why

A small number can tell who voted, or who worked at the counter. Therefore:

- no count below ${about.minimum} is published, zero neither;
${about.by === 'office' ? `- an office where fewer than ${about.minimum} votes are left without its busiest counter is not published: it would tell of a single worker;\n` : '- rows of counters can tell of a single worker: they are published by the decision of the rights holder;\n'}- values are left out, too, from which, with totals and differences, another one could be worked out: a
  count that is left out can be narrowed from the sums only to a range at least ${about.minimum} wide. With any face the yellow one always goes;
- index and means are there only with all three faces, reasons only all four together.

Cells that are left out are empty, and the columns \`status\`, \`reasons_status\` and \`served_status\` say \`suppressed\`.
A vote that comes late can change a period that is already published.

## The stars

Sites and digital services of Italian municipalities ask for 1 to 5 stars (Designers Italia’s model for municipalities:
“How clear is the information on this page?”; 4 and 5 count as positive). In \`ratings.csv\` the green face is 5,
the yellow one 3, the red one 1. The mapping loses: three faces cannot say five things, 2 and 4 are always 0, and the
question is another one (a visit to a counter, not a page). \`mean_lowest\` and \`mean_highest\` say between which
means the real one would lie, if green stood for 4 or 5, and red for 1 or 2. Do not compare the means with those
of a site without saying so.

## Licence and how to cite

${about.licence.name.en}: <${about.licence.page}>

> ${about.publisher}, “${titleOf(about).en}”, ${about.covers.from}/${about.covers.to}, updated on ${about.modified}, ${about.licence.short}${about.baseUrl === undefined ? '' : `, ${about.baseUrl}`}.
${about.email === undefined ? '' : `\nQuestions: <mailto:${about.email}>\n`}`,
}
