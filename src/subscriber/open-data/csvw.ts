import { type About, descriptionOf, titleOf } from './about.ts'
import { type Column, primaryKey, type Text } from './columns.ts'

/**
 * Describes a table as W3C “CSV on the Web” has it (Metadata Vocabulary for Tabular Data, Recommendation of 17
 * December 2015): a client that finds `votes.csv` looks for `votes.csv-metadata.json` beside it.
 */
export function csvwMetadata(file: string, title: Text, columns: readonly Column[], about: About): object {
  const { language, licence, publisher, baseUrl = '', covers, modified, by } = about
  return {
    '@context': ['http://www.w3.org/ns/csvw', { '@language': language }],
    url: `${baseUrl}${file}`,
    'dc:title': both({ it: `${titleOf(about).it}: ${title.it}`, en: `${titleOf(about).en}: ${title.en}` }),
    'dc:description': both(descriptionOf(about)),
    'dc:publisher': { 'foaf:name': publisher, 'dc:identifier': about.ipa },
    'dc:license': { '@id': licence.page },
    'dc:modified': { '@value': modified, '@type': 'xsd:date' },
    'dc:temporal': `${covers.from}/${covers.to}`,
    'dc:language': ['it', 'en'],
    dialect: {
      encoding: 'utf-8',
      delimiter: ',',
      quoteChar: '"',
      doubleQuote: true,
      header: true,
      headerRowCount: 1,
      lineTerminators: ['\r\n'],
      trim: false,
    },
    tableSchema: {
      columns: columns.map(columnMetadata),
      primaryKey: primaryKey(by),
    },
  }
}

function columnMetadata({ name, title, description, datatype, required }: Column): object {
  return {
    name,
    // What stands at the head of the column belongs to no language.
    titles: { und: name, it: title.it, en: title.en },
    'dc:description': both(description),
    datatype,
    null: '',
    ...(required && { required }),
  }
}

function both({ it, en }: Text): object[] {
  return [
    { '@value': it, '@language': 'it' },
    { '@value': en, '@language': 'en' },
  ]
}
