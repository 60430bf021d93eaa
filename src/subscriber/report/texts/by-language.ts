import { en } from './en.ts'
import { it } from './it.ts'
import type { ReportLanguage, Texts } from './texts.ts'

export const texts: Readonly<Record<ReportLanguage, Texts>> = { it, en }
