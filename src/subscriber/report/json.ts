import type { Report } from './report.ts'

/** The report for machines; its schema is `report-schema.generated.json`. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`
}
