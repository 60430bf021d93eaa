import type { Database, HourCounts } from '../../src/subscriber/database/database.ts'

/** Counts by the hour as lines that can be compared, whatever the order of rows and fields. */
export function linesOf(hours: Iterable<HourCounts>): string[] {
  const sorted = (counts: object) => Object.fromEntries(Object.entries(counts).sort())
  return [...hours]
    .map(({ source, hour, votes, faces, reasons, outcomes, suppressed, corrected }) =>
      JSON.stringify([
        source,
        hour ?? null,
        votes,
        suppressed,
        corrected,
        ...[faces, reasons, outcomes].map(sorted),
      ]),
    )
    .sort()
}

/** What a database has, of the terminals that are asked for. */
export async function hoursIn(
  database: Database,
  isWanted: (source: string) => boolean = () => true,
): Promise<string[]> {
  const hours: HourCounts[] = []
  for await (const hour of database.hours({})) if (isWanted(hour.source)) hours.push(hour)
  return linesOf(hours)
}
