import type { Survey } from '../survey.ts'
import { it2009 } from './it-2009.ts'

/** Every survey a terminal can be set to, by its id. */
export const surveys = { 'it-2009': it2009 } as const satisfies Record<string, Survey>
export type SurveyId = keyof typeof surveys
