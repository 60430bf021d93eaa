/** A graph of RDF, small and without blank nodes, and how it is written. Pure. */

export type Graph = readonly Node[]

interface Node {
  subject: Iri
  types: readonly string[]
  /** Predicates and types are names with a prefix, as `dct:title`. */
  facts: readonly (readonly [predicate: string, object: Term])[]
}

export interface Iri {
  is: 'iri'
  /** Absolute, or relative to where the document is; without the characters that RFC 3987 shuts out. */
  value: string
}

export interface Literal {
  is: 'literal'
  value: string
  language?: string
  /** A name with a prefix; a plain string without it. */
  datatype?: string
}

export type Term = Iri | Literal

export function iri(value: string): Iri {
  return { is: 'iri', value }
}

export function literal(value: string, datatype?: string): Literal {
  return { is: 'literal', value, ...(datatype !== undefined && { datatype }) }
}

const prefixes = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatapit: 'http://dati.gov.it/onto/dcatapit#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  owl: 'http://www.w3.org/2002/07/owl#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const

/** RDF 1.1 Turtle. */
export function turtle(graph: Graph): string {
  const head = Object.entries(prefixes).map(([name, value]) => `@prefix ${name}: <${value}> .\n`)
  const nodes = graph.map(({ subject, types, facts }) => {
    const lines = [`a ${types.join(', ')}`, ...facts.map(([name, term]) => `${name} ${turtleTerm(term)}`)]
    return `\n${turtleTerm(subject)}\n    ${lines.join(' ;\n    ')} .\n`
  })
  return [...head, ...nodes].join('')
}

/** JSON-LD 1.1 with its context inside, so that nothing is fetched to read it. */
export function jsonLd(graph: Graph): object {
  return {
    '@context': prefixes,
    '@graph': graph.map(({ subject, types, facts }) => {
      const node: Record<string, unknown> = { '@id': subject.value, '@type': types }
      for (const [name, term] of facts) {
        const value = jsonLdTerm(term)
        const there = node[name]
        node[name] = there === undefined ? value : [there, value].flat()
      }
      return node
    }),
  }
}

function turtleTerm(term: Term): string {
  if (term.is === 'iri') return `<${term.value}>`
  const text = `"${term.value.replace(/["\\\n\r\t]/g, (character) => escapes[character]!)}"`
  if (term.language !== undefined) return `${text}@${term.language}`
  return term.datatype === undefined ? text : `${text}^^${term.datatype}`
}

const escapes: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function jsonLdTerm(term: Term): object {
  if (term.is === 'iri') return { '@id': term.value }
  const { value, language, datatype } = term
  return {
    ...(language !== undefined && { '@language': language }),
    ...(datatype !== undefined && { '@type': datatype }),
    '@value': value,
  }
}
