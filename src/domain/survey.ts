import type { Face, Language, Reason } from './words.ts'

/** Everything a citizen reads, in one language. */
export interface SurveyTexts {
  /** The language's own name, as its speakers write it. */
  name: string
  question: string
  faces: Record<Face, string>
  /** Asked after a face that asks. */
  why: string
  reasons: Record<Reason, string>
  skip: string
  thanks: string
  recorded: string
  closed: string
  closedHint: string
  /** The vote in hand could not be kept. */
  notRecorded: string
  notRecordedHint: string
  /** The terminal cannot take votes at all. */
  outOfService: string
  outOfServiceHint: string
  /** The two outer faces are held down, which begins a technician's check. */
  held: string
  heldHint: string
}

/** A versioned set of question, faces, reasons and their texts. A published version never changes. */
export interface Survey {
  id: string
  version: number
  faces: readonly Face[]
  reasons: readonly Reason[]
  /** The faces after which a reason is asked, unless a setting says otherwise. */
  asks: readonly Face[]
  texts: Record<Language, SurveyTexts>
}

/** How a vote names its survey, e.g. `it-2009/1`. */
export function surveyName(survey: Pick<Survey, 'id' | 'version'>): string {
  return `${survey.id}/${survey.version}`
}
