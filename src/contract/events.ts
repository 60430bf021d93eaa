import type { Survey } from '../domain/survey.ts'
import { surveyName } from '../domain/survey.ts'
import { iso, type WallMs } from '../domain/time.ts'
import type { Reckoned } from '../domain/timeline.ts'
import type { Gap, Summary, ToldVote, Totals } from '../domain/vote.ts'
import type { Face, Language } from '../domain/words.ts'
import type {
  CommissioningEvent,
  GapEvent,
  SummaryEvent,
  SurveyMessage,
  TotalsMessage,
  VoteEvent,
} from './schemas.ts'
import { nameOf } from './topics.ts'

/**
 * What MQTT 5 calls the payload of an event: without it a reader of CloudEvents would look for the attributes
 * in the properties (CloudEvents, MQTT Protocol Binding, 3).
 */
export const eventContentType = 'application/cloudevents+json'

/** The one and only event of a vote: the same bytes whenever it is sent. */
export function voteEvent(vote: ToldVote): VoteEvent {
  const {
    epoch,
    sequence,
    source,
    face,
    reason,
    outcome,
    survey,
    language,
    suppressed,
    corrected,
    withinHours,
    time,
    recordedAt,
    batch,
  } = vote
  return {
    specversion: '1.0',
    id: `${epoch}-${padded(sequence)}`,
    source,
    type: 'faccina.vote.v1',
    subject: nameOf(source).office,
    time: iso(time.wall),
    recordedtime: iso(recordedAt),
    sequence: padded(sequence),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/vote/1',
    data: {
      epoch,
      sequence,
      face,
      ...(reason && { reason }),
      outcome,
      survey,
      language,
      ...clockOf(time),
      suppressed,
      corrected,
      ...(withinHours !== undefined && { withinHours }),
      ...(batch && { batch: { votes: batch.votes, from: iso(batch.from), to: iso(batch.to) } }),
    },
  }
}

function clockOf(time: Reckoned): Pick<VoteEvent['data'], 'clock' | 'uncertaintySeconds' | 'backDated'> {
  if (time.clock === 'estimated') {
    return { clock: time.clock, uncertaintySeconds: Math.ceil(time.uncertaintyMs / 1000) }
  }
  return { clock: time.clock, ...(time.clock === 'synchronised' && time.backDated && { backDated: true }) }
}

/** A gap has no time of its own: it carries that of the first record behind it. */
export function gapEvent(gap: Gap): GapEvent {
  const { epoch, source, from, to, cause, at } = gap
  return {
    specversion: '1.0',
    id: `${epoch}-${padded(from)}-gap`,
    source,
    type: 'faccina.gap.v1',
    subject: nameOf(source).office,
    time: iso(at),
    recordedtime: iso(at),
    sequence: padded(from),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/gap/1',
    data: { epoch, from, to, cause },
  }
}

/** What is left of a range of votes; its id names the range, for a longer one may take its place. */
export function summaryEvent(summary: Summary): SummaryEvent {
  const { epoch, source, from, to, spans, lost, at } = summary
  return {
    specversion: '1.0',
    id: `${epoch}-${padded(from)}-${padded(to)}-summary`,
    source,
    type: 'faccina.summary.v1',
    subject: nameOf(source).office,
    time: iso(at),
    recordedtime: iso(at),
    sequence: padded(from),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/summary/1',
    data: {
      epoch,
      from,
      to,
      hours: spans.map(({ from, to, ...counts }) => ({
        ...(from !== undefined && { from: iso(from) }),
        ...(to !== undefined && { to: iso(to) }),
        ...counts,
      })),
      lost,
    },
  }
}

/** What a terminal found when it looked at itself, all but the signature. */
export type Unsigned = Omit<CommissioningEvent, 'signature'>

export function commissioningEvent(
  source: string,
  data: CommissioningEvent['data'],
  { startedAt, endedAt }: { startedAt: WallMs; endedAt: WallMs },
): Unsigned {
  return {
    specversion: '1.0',
    id: `commissioning-${data.key.fingerprint.slice(0, 12)}-${Math.round(startedAt)}`,
    source,
    type: 'faccina.commissioning.v1',
    subject: nameOf(source).office,
    time: iso(startedAt),
    recordedtime: iso(endedAt),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/commissioning/1',
    data,
  }
}

export function totalsMessage(epoch: string, totals: Totals): TotalsMessage {
  return { epoch, ...totals }
}

/** The survey in force with what a label needs, so that nobody needs our source to print one. */
export function surveyMessage(
  survey: Survey,
  asks: readonly Face[],
  languages: readonly Language[],
): SurveyMessage {
  const texts = Object.entries(survey.texts).map(([language, { name, question, faces, why, reasons }]) => [
    language,
    { name, question, faces, why, reasons },
  ])
  return {
    survey: surveyName(survey),
    faces: [...survey.faces],
    reasons: [...survey.reasons],
    asks: [...asks],
    languages: [...languages],
    texts: Object.fromEntries(texts),
  }
}

function padded(sequence: number): string {
  return String(sequence).padStart(12, '0')
}
