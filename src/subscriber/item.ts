import type {
  CommissioningEvent,
  GapEvent,
  HealthMessage,
  ServedMessage,
  StateMessage,
  SummaryEvent,
  SurveyMessage,
  TotalsMessage,
  VoteEvent,
} from '../contract/schemas.ts'

/** What came from the broker, validated; `source` is the terminal that its topic names, e.g. `faccina://c_e506/anagrafe/3`. */
export type Item = { source: string } & (
  | { is: 'vote'; event: VoteEvent }
  | { is: 'gap'; event: GapEvent }
  | { is: 'summary'; event: SummaryEvent }
  | { is: 'totals'; totals: TotalsMessage }
  | { is: 'state'; state: StateMessage }
  | { is: 'health'; health: HealthMessage }
  | { is: 'survey'; survey: SurveyMessage }
  | { is: 'commissioning'; record: CommissioningEvent }
  | { is: 'served'; served: ServedMessage }
)

/** A message that is not what the contract says. */
export interface Rejected {
  is: 'rejected'
  topic: string
  /** What came, cut off at 4,096 bytes. */
  payload: Uint8Array
  /** In words: where, what was found, what is allowed. */
  why: string
}
