/** Where a terminal stands; each part is a level of its topics. */
export interface TerminalName {
  /** Best the code of the public administration, e.g. `c_e506`. */
  municipality: string
  office: string
  counter: string
}

/** The CloudEvents source of a terminal, e.g. `faccina://c_e506/anagrafe/3`. */
export function sourceOf({ municipality, office, counter }: TerminalName): string {
  return `faccina://${municipality}/${office}/${counter}`
}

/** The terminal that a source names. */
export function nameOf(source: string): TerminalName {
  const [municipality = '', office = '', counter = ''] = source.replace('faccina://', '').split('/')
  return { municipality, office, counter }
}

/** The topics of one terminal. `root` is `faccina/1` unless a setting says otherwise: the version of the contract. */
export function topicsOf(root: string, source: string) {
  const base = baseOf(root, source)
  return {
    vote: `${base}/vote`,
    gap: `${base}/gap`,
    summary: `${base}/summary`,
    totals: `${base}/totals`,
    state: `${base}/state`,
    health: `${base}/health`,
    survey: `${base}/survey`,
    certificate: `${base}/certificate`,
    commissioning: `${base}/commissioning`,
    /** Written by a collector. */
    committed: `${base}/committed`,
    /** Written by a queue manager. */
    served: `${base}/served`,
    /** Written by a collector. */
    alert: (kind: string) => `${base}/alert/${kind}`,
    /** Requests to this terminal; the last level is the command. */
    commands: `${base}/command/+`,
    command: (name: string) => `${base}/command/${name}`,
    reply: (name: string) => `${base}/command/${name}/reply`,
  }
}

/** One of them: for those who publish thousands. */
export function topicOf(root: string, source: string, kind: 'vote' | 'gap' | 'summary'): string {
  return `${baseOf(root, source)}/${kind}`
}

function baseOf(root: string, source: string): string {
  return `${root}/${source.replace('faccina://', '')}`
}

export type Topics = ReturnType<typeof topicsOf>
