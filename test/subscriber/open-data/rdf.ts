/** A triple as a line of N-Triples. */
export type Triples = string[]

const where = 'https://dati.comune.example/votes/'

interface Quad {
  subject: { value: string }
  predicate: { value: string }
  object: { value: string; termType: string; language?: string; datatype?: { value: string } }
}

// Their types are those of older versions: what is used of them stands here.
const n3 = (await import('n3' as string)) as {
  Parser: new (options: { baseIRI: string }) => { parse(text: string): Quad[] }
}
const { default: jsonld } = (await import('jsonld' as string)) as {
  default: { toRDF(document: object, options: object): Promise<Quad[]> }
}

export function fromTurtle(text: string, baseIRI = `${where}dataset.ttl`): Triples {
  return sorted(new n3.Parser({ baseIRI }).parse(text))
}

/** Nothing is loaded: a context that is not in the document is an error. */
export async function fromJsonLd(text: string, base = `${where}dataset.jsonld`): Promise<Triples> {
  const documentLoader = (url: string) => Promise.reject(new Error(`${url} would be loaded`))
  return sorted(await jsonld.toRDF(JSON.parse(text), { base, documentLoader }))
}

function sorted(quads: Quad[]): Triples {
  const xsdString = 'http://www.w3.org/2001/XMLSchema#string'
  return quads
    .map(({ subject, predicate, object }) => {
      const type = object.datatype?.value ?? xsdString
      const literal = `${JSON.stringify(object.value)}${object.language ? `@${object.language}` : type === xsdString ? '' : `^^<${type}>`}`
      const term = object.termType === 'Literal' ? literal : `<${object.value}>`
      return `<${subject.value}> <${predicate.value}> ${term}`
    })
    .sort()
}

/** What triples say, to be asked. */
export class Known {
  readonly #triples: Triples

  constructor(triples: Triples) {
    this.#triples = triples
  }

  of(subject: string, predicate: string): string[] {
    const start = `<${subject}> <${predicate}> `
    return this.#triples
      .filter((triple) => triple.startsWith(start))
      .map((triple) => triple.slice(start.length))
  }

  /** Everything of this class. */
  all(type: string): string[] {
    const end = ` <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <${type}>`
    return this.#triples
      .filter((triple) => triple.endsWith(end))
      .map((triple) => triple.slice(1, -end.length - 1))
  }
}
