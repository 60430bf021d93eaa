import type { Step } from '../report/calendar.ts'
import { type About, descriptionOf, identifierOf, titleOf } from './about.ts'
import type { Text } from './columns.ts'
import { type Graph, iri, literal, type Term } from './graph.ts'

/**
 * The description of the data set for catalogues: DCAT-AP_IT 2.0, the Italian profile of DCAT-AP (AgID,
 * http://dati.gov.it/onto/dcatapit, and its guidelines for data catalogues), with its controlled vocabularies.
 */

/** One file of the data set. */
export interface Distribution {
  file: string
  title: Text
  description: Text
  bytes: number
}

const authority = 'http://publications.europa.eu/resource/authority/'
const frequencies: Record<Step, string> = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY' }
const standard = 'https://www.w3.org/TR/tabular-data-model/'

export function describeDataset(about: About, distributions: readonly Distribution[]): Graph {
  // A fragment of the folder and not of the document, so that it is the same in each of its forms.
  const own = (name: string) => iri(`${about.baseUrl ?? './'}#${name}`)
  const file = (name: string) => iri(`${about.baseUrl ?? ''}${name}`)
  const owner = iri(`http://dati.gov.it/resource/Amministrazione/${about.ipa}`)
  const licence = iri(about.licence.uri)
  const modified = literal(about.modified, 'xsd:date')
  return [
    {
      subject: own('dataset'),
      types: ['dcatapit:Dataset', 'dcat:Dataset'],
      facts: [
        ['dct:identifier', literal(identifierOf(about))],
        ...texts('dct:title', titleOf(about)),
        ...texts('dct:description', descriptionOf(about)),
        ['dct:modified', modified],
        ['dcat:theme', iri(`${authority}data-theme/GOVE`)],
        ['dct:rightsHolder', owner],
        ['dct:publisher', owner],
        ['dct:creator', owner],
        ['dct:accrualPeriodicity', iri(`${authority}frequency/${frequencies[about.step]}`)],
        ['dct:language', iri(`${authority}language/ITA`)],
        ['dct:language', iri(`${authority}language/ENG`)],
        ['dct:temporal', own('period')],
        ['dct:conformsTo', iri(standard)],
        ...keywords.flatMap((text) => texts('dcat:keyword', text)),
        ['dcat:landingPage', iri(about.baseUrl ?? './')],
        ...distributions.map(({ file: name }): [string, Term] => ['dcat:distribution', own(name)]),
        ...(about.email === undefined
          ? []
          : [['dcat:contactPoint', own('contact')] satisfies [string, Term]]),
      ],
    },
    ...distributions.map(({ file: name, title, description, bytes }): Graph[number] => ({
      subject: own(name),
      types: ['dcatapit:Distribution', 'dcat:Distribution'],
      facts: [
        ...texts('dct:title', title),
        ...texts('dct:description', description),
        ['dct:format', iri(`${authority}file-type/CSV`)],
        ['dcat:mediaType', iri('https://www.iana.org/assignments/media-types/text/csv')],
        ['dct:license', licence],
        ['dcat:accessURL', file(about.baseUrl === undefined ? './' : '')],
        ['dcat:downloadURL', file(name)],
        ['dcat:byteSize', literal(String(bytes), 'xsd:decimal')],
        ['dct:modified', modified],
        ['dct:conformsTo', iri(standard)],
      ],
    })),
    {
      subject: owner,
      types: ['dcatapit:Agent', 'foaf:Agent'],
      facts: [
        ['dct:identifier', literal(about.ipa)],
        ['foaf:name', { is: 'literal', value: about.publisher, language: 'it' }],
      ],
    },
    {
      subject: licence,
      types: ['dcatapit:LicenseDocument', 'dct:LicenseDocument'],
      facts: [
        ['dct:type', iri(about.licence.type)],
        ...texts('foaf:name', about.licence.name),
        ['owl:versionInfo', literal(about.licence.version)],
        ['rdfs:seeAlso', iri(about.licence.page)],
      ],
    },
    {
      subject: own('period'),
      types: ['dct:PeriodOfTime'],
      facts: [
        ['dcatapit:startDate', literal(about.covers.from, 'xsd:date')],
        ['dcatapit:endDate', literal(about.covers.to, 'xsd:date')],
        ['dcat:startDate', literal(about.covers.from, 'xsd:date')],
        ['dcat:endDate', literal(about.covers.to, 'xsd:date')],
      ],
    },
    {
      subject: iri(standard),
      types: ['dcatapit:Standard', 'dct:Standard'],
      facts: [
        ['dct:identifier', literal('tabular-data-model')],
        ['dct:title', { is: 'literal', value: 'W3C CSV on the Web', language: 'en' }],
        ['dcatapit:referenceDocumentation', literal(standard, 'xsd:anyURI')],
      ],
    },
    ...(about.email === undefined
      ? []
      : [
          {
            subject: own('contact'),
            types: ['dcatapit:Organization', 'vcard:Organization', 'vcard:Kind'],
            facts: [
              ['vcard:fn', literal(about.publisher)],
              ['vcard:hasEmail', iri(`mailto:${about.email}`)],
            ] satisfies [string, Term][],
          },
        ]),
  ]
}

const keywords: readonly Text[] = [
  { it: 'soddisfazione dei cittadini', en: 'citizen satisfaction' },
  { it: 'sportelli pubblici', en: 'public counters' },
  { it: 'qualità dei servizi', en: 'quality of services' },
]

function texts(predicate: string, { it, en }: Text): [string, Term][] {
  return [
    [predicate, { is: 'literal', value: it, language: 'it' }],
    [predicate, { is: 'literal', value: en, language: 'en' }],
  ]
}
