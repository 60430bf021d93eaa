import fc from 'fast-check'
import t from 'tap'
import {
  type Draft,
  firstVisit,
  type Service,
  type Step,
  step,
  type Visit,
  type VisitEffect,
  type VisitEvent,
  type VisitRules,
} from '../../src/domain/visit.ts'
import { type Face, faces, isFace, type Key, keys, type Language } from '../../src/domain/words.ts'

const rules: VisitRules = {
  correctionMs: 2000,
  togetherMs: 150,
  lockoutMs: 3000,
  thanksMs: 1500,
  askMs: 20_000,
  askLimitMs: 60_000,
  recordMs: 4000,
  faultMs: 5000,
  languageMs: 30_000,
  gestureMs: 10_000,
  gestureBriefMs: 2_000,
  asks: ['dissatisfied'],
  // One fewer than there are keys: the fourth reason key means nothing here.
  reasons: ['waiting-time', 'staff-behaviour', 'must-return'],
  languages: ['it', 'de', 'en'],
}

t.test('the table: what every event does in every state', async (t) => {
  // The states. All visits are the seventh, and began at 0.

  const open = { language: 'it', service: 'open', visits: 7 } as const
  const red: Draft = {
    visit: 7,
    face: 'dissatisfied',
    pressedAt: 0,
    lockedUntil: 3000,
    suppressed: 0,
    suppressedWritten: 0,
    kept: false,
  }
  const kept: Draft = { ...red, kept: true }
  const green: Draft = { ...kept, face: 'satisfied' }
  const recording: Visit = { ...open, at: 'recording', draft: red, writing: 1, until: 4000 }
  /** Green at 0, red at 1000, neither yet on the disk. */
  const correcting: Visit = {
    ...open,
    at: 'recording',
    draft: { ...red, lockedUntil: 4000, suppressed: 1 },
    writing: 2,
    until: 5000,
  }
  /** The green press is on the disk, the correction to red not yet. */
  const keeping: Visit = {
    ...open,
    at: 'recording',
    draft: { ...kept, lockedUntil: 4000 },
    writing: 1,
    until: 5000,
  }
  /** A reason chosen at 800, so that the correction window is still open. */
  const answered: Draft = {
    ...kept,
    lockedUntil: 3800,
    answer: 'selected',
    suppressed: 1,
    suppressedWritten: 1,
  }
  const answering: Visit = { ...open, at: 'recording', draft: answered, writing: 1, until: 4800 }
  const asking: Visit = { ...open, at: 'asking', draft: kept, limit: 60_300, until: 20_300 }
  const thanking: Visit = { ...open, at: 'thanking', draft: { ...green, suppressed: 2 }, until: 3000 }
  const thankingAnswered: Visit = { ...open, at: 'thanking', draft: answered, until: 3800 }
  const notRecorded: Visit = { ...open, at: 'fault', why: 'not-recorded', until: 6000 }
  const closed: Visit = { ...open, service: 'closed', at: 'closed' }
  const outOfService: Visit = { ...open, service: 'fault', at: 'fault', why: 'out-of-service' }
  const held = {
    ...open,
    at: 'held',
    phase: 'brief',
    since: 900,
    until: 2900,
    draft: kept,
    writing: 0,
  } as const satisfies Visit
  const heldLong: Visit = { ...held, phase: 'long', until: 10_900 }
  const heldClosed = {
    ...open,
    service: 'closed',
    at: 'held',
    phase: 'long',
    since: 900,
    until: 10_900,
    writing: 0,
  } as const satisfies Visit
  const withdrawing: Visit = { ...open, at: 'withdrawing', draft: kept, writing: 2, until: 14_900 }
  const german = { language: 'de', until: 30_000 } as const

  /** Each state, and the moment of the event; `over` is the moment at which the state ends by itself. */
  const states: Record<string, [Visit, number]> = {
    idle: [{ ...open, at: 'idle' }, 9000],
    'idle-de': [{ ...open, ...german, at: 'idle' }, 9000],
    'idle-de/over': [{ ...open, ...german, at: 'idle' }, 30_000],
    'recording/together': [recording, 149],
    'recording/early': [recording, 150],
    'recording/late': [recording, 2000],
    'recording/over': [recording, 4000],
    'correcting/together': [correcting, 1149],
    'correcting/early': [correcting, 1999],
    'correcting/late': [correcting, 2000],
    'correcting/over': [correcting, 5000],
    keeping: [keeping, 2500],
    'keeping/over': [keeping, 5000],
    answering: [answering, 1000],
    'answering/over': [answering, 4800],
    'asking/early': [asking, 1000],
    asking: [asking, 6000],
    'asking/limit': [{ ...asking, until: 60_000 }, 59_000],
    'asking/over': [{ ...asking, draft: { ...kept, suppressed: 3 } }, 20_300],
    'thanking/early': [thanking, 1000],
    'thanking/late': [thanking, 2000],
    'thanking/over': [thanking, 3000],
    'thanking-answered': [thankingAnswered, 1200],
    'thanking-answered/over': [thankingAnswered, 3800],
    closed: [closed, 9000],
    'closed-de': [{ ...closed, ...german }, 9000],
    'closed-de/over': [{ ...closed, ...german }, 30_000],
    'not-recorded': [notRecorded, 5000],
    'not-recorded/over': [notRecorded, 6000],
    'out-of-service': [outOfService, 9000],
    'out-of-service-de': [{ ...outOfService, ...german }, 9000],
    'out-of-service-de/over': [{ ...outOfService, ...german }, 30_000],
    held: [held, 1500],
    'held/over': [held, 2900],
    'held-writing': [{ ...held, draft: red, writing: 2 }, 1500],
    'held-last': [{ ...held, draft: red, writing: 1 }, 1500],
    'held-long': [heldLong, 5000],
    'held-long/over': [heldLong, 10_900],
    'held-closed': [{ ...heldClosed, phase: 'brief', until: 2900 }, 1500],
    'held-closed/over': [heldClosed, 10_900],
    withdrawing: [withdrawing, 11_000],
    'withdrawing-last': [{ ...withdrawing, writing: 1 }, 11_000],
    'withdrawing/over': [withdrawing, 14_900],
  }

  // The events. A key with a star is a repeat; `recorded/6` is the disk's answer to an earlier visit.

  const events: Record<string, VisitEvent> = {
    green: { on: 'press', key: 'satisfied' },
    yellow: { on: 'press', key: 'neutral' },
    red: { on: 'press', key: 'dissatisfied' },
    'green*': { on: 'press', key: 'satisfied', repeat: true },
    'yellow*': { on: 'press', key: 'neutral', repeat: true },
    'red*': { on: 'press', key: 'dissatisfied', repeat: true },
    'reason-1': { on: 'press', key: 'reason-1' },
    'reason-2': { on: 'press', key: 'reason-2' },
    'reason-3': { on: 'press', key: 'reason-3' },
    'reason-4': { on: 'press', key: 'reason-4' },
    'reason-1*': { on: 'press', key: 'reason-1', repeat: true },
    skip: { on: 'press', key: 'skip' },
    'skip*': { on: 'press', key: 'skip', repeat: true },
    language: { on: 'press', key: 'language' },
    'language*': { on: 'press', key: 'language', repeat: true },
    recorded: { on: 'recorded', visit: 7 },
    'recorded/6': { on: 'recorded', visit: 6 },
    refused: { on: 'refused', visit: 7 },
    'refused/6': { on: 'refused', visit: 6 },
    open: { on: 'service', service: 'open' },
    closed: { on: 'service', service: 'closed' },
    fault: { on: 'service', service: 'fault' },
    alarm: { on: 'alarm' },
    together: { on: 'together', since: [0, 700] },
    'together/later': { on: 'together', since: [500, 700] },
    apart: { on: 'apart' },
  }

  // The cells: `·` does nothing, `end,begin` does one and then the other. `+1` counts a suppressed press,
  // `↑` gives the question more time, `de` changes the language, `de…` for a while, `later` notes the
  // service for when the visit is over, `lost` says that the vote is not safe. `hold` lets all wait while the two
  // outer keys are held, `long` says so, `let-go` goes on, `take-back` is the end of the gesture, `hand-over`
  // that of the taking back.

  const tables = [
    `                        green     yellow    red       green*    yellow*   red*
    idle                    begin     begin     begin     ·         ·         ·
    idle-de                 begin     begin     begin     ·         ·         ·
    idle-de/over            it,begin  it,begin  it,begin  it        it        it
    recording/together      +1        +1        +1        +1        +1        +1
    recording/early         correct   correct   +1        +1        +1        +1
    recording/late          +1        +1        +1        +1        +1        +1
    recording/over          lost      lost      lost      lost      lost      lost
    correcting/together     +1        +1        +1        +1        +1        +1
    correcting/early        correct   correct   +1        +1        +1        +1
    correcting/late         +1        +1        +1        +1        +1        +1
    correcting/over         lost      lost      lost      lost      lost      lost
    keeping                 +1        +1        +1        +1        +1        +1
    keeping/over            lost      lost      lost      lost      lost      lost
    answering               +1        +1        +1        +1        +1        +1
    answering/over          lost      lost      lost      lost      lost      lost
    asking/early            correct   correct   +1↑       +1↑       +1↑       +1↑
    asking                  +1↑       +1↑       +1↑       +1↑       +1↑       +1↑
    asking/limit            +1↑       +1↑       +1↑       +1↑       +1↑       +1↑
    asking/over             silent,+1 silent,+1 silent,+1 silent,+1 silent,+1 silent,+1
    thanking/early          +1        correct   correct   +1        +1        +1
    thanking/late           +1        +1        +1        +1        +1        +1
    thanking/over           end,begin end,begin end,begin end       end       end
    thanking-answered       +1        +1        +1        +1        +1        +1
    thanking-answered/over  end,begin end,begin end,begin end       end       end
    closed                  ·         ·         ·         ·         ·         ·
    closed-de               ·         ·         ·         ·         ·         ·
    closed-de/over          it        it        it        it        it        it
    not-recorded            ·         ·         ·         ·         ·         ·
    not-recorded/over       it,begin  it,begin  it,begin  it        it        it
    out-of-service          ·         ·         ·         ·         ·         ·
    out-of-service-de       ·         ·         ·         ·         ·         ·
    out-of-service-de/over  it        it        it        it        it        it
    held                    +1               +1               +1               +1               +1               +1
    held/over               long,+1          long,+1          long,+1          long,+1          long,+1          long,+1
    held-writing            +1               +1               +1               +1               +1               +1
    held-last               +1               +1               +1               +1               +1               +1
    held-long               +1               +1               +1               +1               +1               +1
    held-long/over          take-back        take-back        take-back        take-back        take-back        take-back
    held-closed             ·                ·                ·                ·                ·                ·
    held-closed/over        commission       commission       commission       commission       commission       commission
    withdrawing             ·                ·                ·                ·                ·                ·
    withdrawing-last        ·                ·                ·                ·                ·                ·
    withdrawing/over        hand-over,begin  hand-over,begin  hand-over,begin  hand-over        hand-over        hand-over`,

    `                        reason-1  reason-2  reason-3  reason-4  reason-1* skip    skip*   language   language*
    idle                    ·         ·         ·         ·         ·         ·       ·       de…        ·
    idle-de                 ·         ·         ·         ·         ·         ·       ·       en…        ·
    idle-de/over            it        it        it        it        it        it      it      it,de…     it
    recording/together      ·         ·         ·         ·         ·         ·       ·       de         ·
    recording/early         ·         ·         ·         ·         ·         ·       ·       de         ·
    recording/late          ·         ·         ·         ·         ·         ·       ·       de         ·
    recording/over          lost      lost      lost      lost      lost      lost    lost    lost,de    lost
    correcting/together     ·         ·         ·         ·         ·         ·       ·       de         ·
    correcting/early        ·         ·         ·         ·         ·         ·       ·       de         ·
    correcting/late         ·         ·         ·         ·         ·         ·       ·       de         ·
    correcting/over         lost      lost      lost      lost      lost      lost    lost    lost,de    lost
    keeping                 ·         ·         ·         ·         ·         ·       ·       de         ·
    keeping/over            lost      lost      lost      lost      lost      lost    lost    lost,de    lost
    answering               ·         ·         ·         ·         ·         ·       ·       de         ·
    answering/over          lost      lost      lost      lost      lost      lost    lost    lost,de    lost
    asking/early            answer    answer    answer    ↑         ↑         skip    ↑       de↑        ↑
    asking                  answer    answer    answer    ↑         ↑         skip    ↑       de↑        ↑
    asking/limit            answer    answer    answer    ↑         ↑         skip    ↑       de↑        ↑
    asking/over             silent    silent    silent    silent    silent    silent  silent  silent,de  silent
    thanking/early          ·         ·         ·         ·         ·         ·       ·       de         ·
    thanking/late           ·         ·         ·         ·         ·         ·       ·       de         ·
    thanking/over           end       end       end       end       end       end     end     end,de…    end
    thanking-answered       ·         ·         ·         ·         ·         ·       ·       de         ·
    thanking-answered/over  end       end       end       end       end       end     end     end,de…    end
    closed                  ·         ·         ·         ·         ·         ·       ·       de…        ·
    closed-de               ·         ·         ·         ·         ·         ·       ·       en…        ·
    closed-de/over          it        it        it        it        it        it      it      it,de…     it
    not-recorded            ·         ·         ·         ·         ·         ·       ·       de         ·
    not-recorded/over       it        it        it        it        it        it      it      it,de…     it
    out-of-service          ·         ·         ·         ·         ·         ·       ·       de…        ·
    out-of-service-de       ·         ·         ·         ·         ·         ·       ·       en…        ·
    out-of-service-de/over  it        it        it        it        it        it      it      it,de…     it
    held                    ·                ·                ·                ·                ·                ·                ·                de               ·
    held/over               long             long             long             long             long             long             long             long,de          long
    held-writing            ·                ·                ·                ·                ·                ·                ·                de               ·
    held-last               ·                ·                ·                ·                ·                ·                ·                de               ·
    held-long               ·                ·                ·                ·                ·                ·                ·                de               ·
    held-long/over          take-back        take-back        take-back        take-back        take-back        take-back        take-back        take-back,de     take-back
    held-closed             ·                ·                ·                ·                ·                ·                ·                de               ·
    held-closed/over        commission       commission       commission       commission       commission       commission       commission       commission,de…   commission
    withdrawing             ·                ·                ·                ·                ·                ·                ·                de               ·
    withdrawing-last        ·                ·                ·                ·                ·                ·                ·                de               ·
    withdrawing/over        hand-over        hand-over        hand-over        hand-over        hand-over        hand-over        hand-over        hand-over,de…    hand-over`,

    `                        recorded     recorded/6  refused      refused/6  open     closed        fault         alarm
    idle                    ·            ·           ·            ·          ·        rest          rest          ·
    idle-de                 ·            ·           ·            ·          ·        rest          rest          ·
    idle-de/over            it           it          it           it         it       it,rest       it,rest       it
    recording/together      ask          ·           lost         ·          ·        later         later         ·
    recording/early         ask          ·           lost         ·          ·        later         later         ·
    recording/late          ask          ·           lost         ·          ·        later         later         ·
    recording/over          lost         lost        lost         lost       lost     lost,later    lost,later    lost
    correcting/together     wait         ·           lost         ·          ·        later         later         ·
    correcting/early        wait         ·           lost         ·          ·        later         later         ·
    correcting/late         wait         ·           lost         ·          ·        later         later         ·
    correcting/over         lost         lost        lost         lost       lost     lost,later    lost,later    lost
    keeping                 ask          ·           lost         ·          ·        later         later         ·
    keeping/over            lost         lost        lost         lost       lost     lost,later    lost,later    lost
    answering               thank        ·           lost         ·          ·        later         later         ·
    answering/over          lost         lost        lost         lost       lost     lost,later    lost,later    lost
    asking/early            ·            ·           ·            ·          ·        later         later         ·
    asking                  ·            ·           ·            ·          ·        later         later         ·
    asking/limit            ·            ·           ·            ·          ·        later         later         ·
    asking/over             silent,thank silent      silent,lost  silent     silent   silent,later  silent,later  silent
    thanking/early          ·            ·           ·            ·          ·        later         later         ·
    thanking/late           ·            ·           ·            ·          ·        later         later         ·
    thanking/over           end          end         end          end        end      end,rest      end,rest      end
    thanking-answered       ·            ·           ·            ·          ·        later         later         ·
    thanking-answered/over  end          end         end          end        end      end,rest      end,rest      end
    closed                  ·            ·           ·            ·          rest     ·             rest          ·
    closed-de               ·            ·           ·            ·          rest     ·             rest          ·
    closed-de/over          it           it          it           it         it,rest  it            it,rest       it
    not-recorded            ·            ·           ·            ·          ·        later         later         ·
    not-recorded/over       it           it          it           it         it       it,rest       it,rest       it
    out-of-service          ·            ·           ·            ·          rest     rest          ·             ·
    out-of-service-de       ·            ·           ·            ·          rest     rest          ·             ·
    out-of-service-de/over  it           it          it           it         it,rest  it,rest       it            it
    held                    ·                ·                ·                ·                ·                later            later            ·
    held/over               long             long             long             long             long             long,later       long,later       long
    held-writing            wait             ·                lost             ·                ·                later            later            ·
    held-last               wait             ·                lost             ·                ·                later            later            ·
    held-long               ·                ·                ·                ·                ·                later            later            ·
    held-long/over          take-back,hand-over take-back        take-back,hand-over take-back        take-back        take-back,later  take-back,later  take-back
    held-closed             ·                ·                ·                ·                later            ·                later            ·
    held-closed/over        commission       commission       commission       commission       commission,rest  commission       commission,rest  commission
    withdrawing             wait             ·                hand-over        ·                ·                later            later            ·
    withdrawing-last        hand-over        ·                hand-over        ·                ·                later            later            ·
    withdrawing/over        hand-over        hand-over        hand-over        hand-over        hand-over        hand-over,rest   hand-over,rest   hand-over`,

    `                        together         together/later   apart
    idle                    ·                ·                ·
    idle-de                 ·                ·                ·
    idle-de/over            it               it               it
    recording/together      hold             ·                ·
    recording/early         hold             ·                ·
    recording/late          hold             ·                ·
    recording/over          lost             lost             lost
    correcting/together     hold             ·                ·
    correcting/early        hold             ·                ·
    correcting/late         hold             ·                ·
    correcting/over         lost             lost             lost
    keeping                 hold             ·                ·
    keeping/over            lost             lost             lost
    answering               ·                ·                ·
    answering/over          lost             lost             lost
    asking/early            hold             ·                ·
    asking                  hold             ·                ·
    asking/limit            hold             ·                ·
    asking/over             silent           silent           silent
    thanking/early          hold             ·                ·
    thanking/late           hold             ·                ·
    thanking/over           end              end              end
    thanking-answered       ·                ·                ·
    thanking-answered/over  end              end              end
    closed                  hold             hold             ·
    closed-de               hold             hold             ·
    closed-de/over          it,hold          it,hold          it
    not-recorded            ·                ·                ·
    not-recorded/over       it               it               it
    out-of-service          hold             hold             ·
    out-of-service-de       hold             hold             ·
    out-of-service-de/over  it,hold          it,hold          it
    held                    ·                ·                let-go
    held/over               long             long             long,let-go
    held-writing            ·                ·                let-go
    held-last               ·                ·                let-go
    held-long               ·                ·                let-go
    held-long/over          take-back        take-back        take-back
    held-closed             ·                ·                it
    held-closed/over        commission,hold  commission,hold  commission
    withdrawing             ·                ·                ·
    withdrawing-last        ·                ·                ·
    withdrawing/over        hand-over        hand-over        hand-over`,
  ]

  // What the cells mean, by the rules of the design.

  type Move = (visit: Visit, event: VisitEvent, now: number) => Step
  const quiet = (visit: Visit): Step => ({ visit, effects: [] })
  const faceOf = (event: VisitEvent) => (event as { key: Face }).key
  const standing = ({ language, service, visits }: Visit) => ({ language, service, visits })
  const atRest = (service: Service): Visit => {
    const standing = { language: 'it', service, visits: 7 } as const
    if (service === 'open') return { ...standing, at: 'idle' }
    if (service === 'closed') return { ...standing, at: 'closed' }
    return { ...standing, at: 'fault', why: 'out-of-service' }
  }
  const more = (visit: Visit, now: number): Visit => {
    const { limit } = visit as { limit: number }
    return { ...(visit as Visit & { at: 'asking' }), until: Math.min(limit, now + 20_000) }
  }
  const plusOne = (visit: Visit): Visit & { draft: Draft } => {
    const inHand = visit as Visit & { draft: Draft }
    return { ...inHand, draft: { ...inHand.draft, suppressed: inHand.draft.suppressed + 1 } }
  }
  /** The end of asking joins the vote, and with it what was suppressed so far. Only a touch locks anew. */
  const conclude = (
    visit: Visit,
    now: number,
    end: Pick<Required<Draft>, 'answer'> & Partial<Draft>,
    reason = {},
  ): Step => {
    const { draft } = visit as Visit & { draft: Draft }
    const { suppressed } = draft
    const joined = { ...draft, suppressedWritten: suppressed, ...end }
    const language = visit.language
    const change = { outcome: end.answer, language, ...reason, ...(suppressed > 0 ? { suppressed } : {}) }
    return {
      visit: { ...standing(visit), at: 'recording', draft: joined, writing: 1, until: now + 4000 },
      effects: [{ do: 'amend', visit: 7, change }],
    }
  }
  /** What was suppressed and not yet written joins the vote last. */
  const finished = (visit: Visit): VisitEffect[] => {
    const { suppressed, suppressedWritten } = (visit as Visit & { draft: Draft }).draft
    const rest: VisitEffect[] =
      suppressed === suppressedWritten ? [] : [{ do: 'amend', visit: 7, change: { suppressed } }]
    return [...rest, { do: 'settle', visit: 7 }]
  }
  const reasonOf = { 'reason-1': 'waiting-time', 'reason-2': 'staff-behaviour', 'reason-3': 'must-return' }

  const moves: Record<string, Move> = {
    '·': quiet,
    begin: (visit, event, now) => {
      const face = faceOf(event)
      const draft = { ...red, visit: 8, face, pressedAt: now, lockedUntil: now + 3000 }
      const { language } = visit
      return {
        visit: { ...standing(visit), visits: 8, at: 'recording', draft, writing: 1, until: now + 4000 },
        effects: [{ do: 'record', visit: 8, face, asks: face === 'dissatisfied', language }],
      }
    },
    correct: (visit, event, now) => {
      const face = faceOf(event)
      const draft = { ...(visit as Visit & { draft: Draft }).draft, face, lockedUntil: now + 3000 }
      const writing = visit.at === 'recording' ? visit.writing + 1 : 1
      return {
        visit: { ...standing(visit), at: 'recording', draft, writing, until: now + 4000 },
        effects: [
          { do: 'amend', visit: 7, change: { face, asks: face === 'dissatisfied', corrected: true } },
        ],
      }
    },
    '+1': (visit) => quiet(plusOne(visit)),
    '+1↑': (visit, _event, now) => quiet(more(plusOne(visit), now)),
    '↑': (visit, _event, now) => quiet(more(visit, now)),
    answer: (visit, event, now) =>
      conclude(
        visit,
        now,
        { answer: 'selected', lockedUntil: now + 3000 },
        { reason: reasonOf[(event as { key: keyof typeof reasonOf }).key] },
      ),
    skip: (visit, _event, now) => conclude(visit, now, { answer: 'skipped', lockedUntil: now + 3000 }),
    silent: (visit, _event, now) => conclude(visit, now, { answer: 'timed-out' }),
    wait: (visit) => {
      const writing = visit as Visit & { at: 'recording' }
      return quiet({ ...writing, draft: { ...writing.draft, kept: true }, writing: writing.writing - 1 })
    },
    ask: (visit, _event, now) => {
      const draft = { ...(visit as Visit & { draft: Draft }).draft, kept: true }
      return quiet({ ...standing(visit), at: 'asking', draft, limit: now + 60_000, until: now + 20_000 })
    },
    thank: (visit, _event, now) => {
      const { draft } = visit as Visit & { draft: Draft }
      const until = Math.max(draft.lockedUntil, now + 1500)
      return quiet({ ...standing(visit), at: 'thanking', draft, until })
    },
    lost: (visit, _event, now) => {
      const why = (visit as Visit & { draft: Draft }).draft.kept ? 'not-changed' : 'not-recorded'
      const fault: Visit = { ...standing(visit), at: 'fault', why, until: now + 5000 }
      return { visit: fault, effects: finished(visit) }
    },
    hold: (visit, _event, now) => {
      const { draft, writing = 0 } = visit as Visit & { at: 'recording' }
      const when = { phase: 'brief', since: now, until: now + 2000 } as const
      return quiet({ ...standing(visit), at: 'held', ...when, ...(draft && { draft }), writing })
    },
    long: (visit) => quiet({ ...(visit as Visit & { at: 'held' }), phase: 'long', until: 10_900 }),
    'let-go': (visit, event, now) => {
      const { draft, writing } = visit as Visit & { at: 'held'; draft: Draft }
      if (writing === 0) return moves.ask!(visit, event, now)
      return quiet({ ...standing(visit), at: 'recording', draft, writing, until: now + 4000 })
    },
    'take-back': (visit, _event, now) => {
      const { draft, writing } = visit as Visit & { at: 'held'; draft: Draft }
      const until = now + 4000
      return {
        visit: { ...standing(visit), at: 'withdrawing', draft, writing: writing + 1, until },
        effects: [{ do: 'withdraw', visit: 7 }],
      }
    },
    'hand-over': (visit) => ({
      visit: atRest(visit.service),
      effects: [
        { do: 'settle', visit: 7 },
        { do: 'commission', visit: 7 },
      ],
    }),
    commission: (visit) => ({ visit: atRest(visit.service), effects: [{ do: 'commission', visit: 7 }] }),
    end: (visit) => ({ visit: atRest(visit.service), effects: finished(visit) }),
    rest: (_visit, event) => quiet(atRest((event as { service: Service }).service)),
    later: (visit, event) => quiet({ ...visit, service: (event as { service: Service }).service }),
    it: (visit) => quiet(atRest(visit.service)),
    ...Object.fromEntries(
      (['de', 'en'] as Language[]).flatMap((language): [string, Move][] => [
        [language, (visit) => quiet({ ...visit, language })],
        [`${language}↑`, (visit, _event, now) => quiet(more({ ...visit, language }, now))],
        [`${language}…`, (visit, _event, now) => quiet({ ...visit, language, until: now + 30_000 } as Visit)],
      ]),
    ),
  }

  const cells = new Map<string, string>()
  for (const table of tables) {
    const [head, ...rows] = table.split('\n').map((line) => line.trim().split(/\s+/))
    for (const [state, ...row] of rows) {
      t.equal(row.length, head!.length, `row ${state} of ${head![0]}… has as many cells as there are events`)
      for (const [i, cell] of row.entries()) cells.set(`${state} × ${head![i]}`, cell)
    }
  }

  t.test('is complete', async (t) => {
    const wanted = Object.keys(states).flatMap((s) => Object.keys(events).map((e) => `${s} × ${e}`))
    t.same([...cells.keys()].sort(), wanted.sort(), 'a cell for every state and event, and no other')

    const kinds = new Set(Object.values(states).map(([visit]) => visit.at))
    const every: Record<Visit['at'], true> = {
      idle: true,
      recording: true,
      asking: true,
      thanking: true,
      held: true,
      withdrawing: true,
      closed: true,
      fault: true,
    }
    t.same([...kinds].sort(), Object.keys(every).sort(), 'every kind of state')

    const pressed = Object.values(events).flatMap((event) => (event.on === 'press' ? [event.key] : []))
    t.same(new Set(pressed), new Set(keys), 'every key')
    for (const [name, [visit, now]] of Object.entries(states)) {
      const over = visit.until !== undefined && now >= visit.until
      t.equal(over, name.endsWith('/over'), `${name} is what its name says`)
      const at = Object.values(states).filter(([other]) => other.at === visit.at && other.until)
      t.ok(
        at.length === 0 || at.some(([other, n]) => n >= other.until!),
        `${visit.at} is also seen when over`,
      )
    }
  })

  for (const [state, [visit, now]] of Object.entries(states)) {
    t.test(state, async (t) => {
      for (const [name, event] of Object.entries(events)) {
        const cell = cells.get(`${state} × ${name}`) ?? 'missing'
        let expected: Step = quiet(visit)
        for (const word of cell.split(',')) {
          const next = moves[word]!(expected.visit, event, now)
          expected = { visit: next.visit, effects: [...expected.effects, ...next.effects] }
        }
        t.strictSame(step(visit, event, now, rules), expected, `${name}: ${cell}`)
      }
    })
  }
})

/** Plays a story: one panel, and everything that had to be written. */
function story(own: Partial<VisitRules> = {}, service: Service = 'open') {
  const told = { ...rules, ...own }
  let visit = firstVisit(told, service)
  const written: VisitEffect[] = []
  const send = (now: number, event: VisitEvent): Visit => {
    const { visit: next, effects } = step(visit, event, now, told)
    visit = next
    written.push(...effects)
    return visit
  }
  return {
    press: (now: number, key: Key, repeat = false) => send(now, { on: 'press', key, repeat }),
    recorded: (now: number, number = visit.visits) => send(now, { on: 'recorded', visit: number }),
    refused: (now: number, number = visit.visits) => send(now, { on: 'refused', visit: number }),
    serve: (now: number, service: Service) => send(now, { on: 'service', service }),
    /** The alarm rings when the state is over. */
    over: () => send(visit.until ?? Number.NaN, { on: 'alarm' }),
    together: (now: number, ...since: number[]) => send(now, { on: 'together', since }),
    apart: (now: number) => send(now, { on: 'apart' }),
    visit: () => visit,
    written,
  }
}

t.test('stories', async (t) => {
  t.test('press, thank you', async (t) => {
    const s = story()
    t.match(s.press(0, 'satisfied'), { at: 'recording', draft: { face: 'satisfied' } })
    t.same(s.written, [{ do: 'record', visit: 1, face: 'satisfied', asks: false, language: 'it' }])
    t.match(s.recorded(20), { at: 'thanking', until: 3000 }, 'until the lock-out is over')
    t.strictSame(s.over(), { at: 'idle', language: 'it', service: 'open', visits: 1 })
    t.same(s.written.slice(1), [{ do: 'settle', visit: 1 }])
    t.match(s.press(3001, 'satisfied'), { at: 'recording', draft: { visit: 2 } }, 'the next citizen')
  })

  t.test('press red, reason, thank you', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    t.match(s.recorded(20), { at: 'asking', until: 20_020 })
    t.match(s.press(7000, 'reason-2'), { at: 'recording' }, 'no thank-you before the reason is on the disk')
    t.match(s.recorded(7020), { at: 'thanking', until: 10_000 })
    t.match(s.over(), { at: 'idle' })
    t.same(s.written, [
      { do: 'record', visit: 1, face: 'dissatisfied', asks: true, language: 'it' },
      {
        do: 'amend',
        visit: 1,
        change: { reason: 'staff-behaviour', outcome: 'selected', language: 'it' },
      },
      { do: 'settle', visit: 1 },
    ])
  })

  t.test('green corrected to red is asked', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    t.match(s.recorded(20), { at: 'thanking' })
    t.match(s.press(1200, 'dissatisfied'), { at: 'recording', draft: { visit: 1, face: 'dissatisfied' } })
    t.match(s.recorded(1220), { at: 'asking', until: 21_220 })
    s.press(4000, 'reason-1')
    s.recorded(4020)
    s.over()
    t.same(
      s.written.map((effect) => effect.do),
      ['record', 'amend', 'amend', 'settle'],
    )
    t.match(s.written[1], { change: { face: 'dissatisfied', asks: true, corrected: true } })
  })

  t.test('red corrected to green while asked is asked no more', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    s.recorded(20)
    s.press(1500, 'satisfied')
    t.match(s.recorded(1520), { at: 'thanking', until: 4500 })
    t.match(s.written[1], { change: { face: 'satisfied', asks: false, corrected: true } })
  })

  t.test('the correction window begins with the first press, and no correction lengthens it', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    s.press(1500, 'neutral')
    t.match(s.press(2000, 'dissatisfied'), { draft: { face: 'neutral', suppressed: 1 } })
    s.recorded(2010)
    s.recorded(2020)
    t.match(s.press(90_000, 'satisfied'), { draft: { visit: 2 } })
    t.match(s.press(91_999, 'neutral'), { draft: { visit: 2, face: 'neutral' } }, 'each visit has its own')
  })

  t.test('two corrections and a slow disk: thanked once all three are written', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    s.press(500, 'dissatisfied')
    s.press(1000, 'neutral')
    t.match(s.recorded(1100), { at: 'recording' })
    t.match(s.recorded(1200), { at: 'recording' })
    t.match(s.recorded(1300), { at: 'thanking', until: 4000, draft: { face: 'neutral' } })
  })

  t.test('hammering: one vote, the rest is counted', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    s.recorded(10)
    for (let i = 1; i <= 29; i++) s.press(i * 100, 'satisfied', i > 5)
    t.match(s.over(), { at: 'idle' })
    t.same(s.written.slice(1), [
      { do: 'amend', visit: 1, change: { suppressed: 29 } },
      { do: 'settle', visit: 1 },
    ])
    t.match(s.press(3100, 'satisfied', true), { at: 'idle', visits: 1 }, 'who hammers on begins no visit')
    t.equal(s.written.length, 3)
  })

  t.test('suppressed presses go with the answer, later ones follow', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    s.recorded(10)
    s.press(500, 'dissatisfied')
    s.press(3500, 'skip')
    s.press(3600, 'dissatisfied')
    s.recorded(3700)
    s.press(3800, 'neutral')
    s.over()
    t.same(s.written.slice(1), [
      { do: 'amend', visit: 1, change: { outcome: 'skipped', language: 'it', suppressed: 1 } },
      { do: 'amend', visit: 1, change: { suppressed: 3 } },
      { do: 'settle', visit: 1 },
    ])
  })

  t.test('skip', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    s.recorded(20)
    s.press(5000, 'skip')
    t.match(s.recorded(5020), { at: 'thanking', until: 8000 })
    t.match(s.written[1], { change: { outcome: 'skipped', reason: undefined } })
  })

  t.test('time-out: touches extend the question, but not for ever', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    s.recorded(0)
    t.match(s.press(15_000, 'dissatisfied'), { until: 35_000 })
    t.match(s.press(30_000, 'language'), { until: 50_000 })
    t.match(s.press(49_000, 'dissatisfied', true), { until: 60_000 }, 'the limit')
    t.match(s.press(59_000, 'dissatisfied'), { until: 60_000 }, 'the limit')
    t.match(s.over(), { at: 'recording', draft: { answer: 'timed-out' } })
    t.match(s.written.at(-1), { change: { outcome: 'timed-out', reason: undefined } })
    t.match(s.recorded(60_020), { at: 'thanking' })
  })

  t.test('after a time-out nobody is locked out longer than the thank-you takes', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    s.recorded(0)
    s.over()
    t.match(s.recorded(20_020), { at: 'thanking', until: 21_520 }, 'the last press was 20 s ago')
    t.match(s.press(21_600, 'satisfied'), { at: 'recording', draft: { visit: 2 } }, 'the next citizen')
  })

  t.test('language: chosen, used, and gone with its citizen', async (t) => {
    const s = story()
    t.match(s.press(0, 'language'), { at: 'idle', language: 'de', until: 30_000 })
    t.match(s.press(100, 'dissatisfied'), { language: 'de' })
    t.match(s.written[0], { language: 'de' })
    s.recorded(120)
    t.match(s.press(4000, 'language'), { at: 'asking', language: 'en' })
    s.press(5000, 'reason-1')
    t.match(s.written[1], { change: { language: 'en' } }, 'the language in which the answer was given')
    t.match(s.recorded(5020), { at: 'thanking', language: 'en' })
    t.match(s.over(), { at: 'idle', language: 'it' })
  })

  t.test('language: chosen and left', async (t) => {
    const s = story()
    s.press(0, 'language')
    t.match(s.press(10_000, 'language'), { language: 'en', until: 40_000 })
    t.match(s.press(20_000, 'language'), { language: 'it' }, 'all round')
    s.press(25_000, 'language')
    t.strictSame(s.over(), { at: 'idle', language: 'it', service: 'open', visits: 0 })
    t.same(s.written, [])
  })

  t.test('two faces under one hand: the first counts', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    t.match(s.press(60, 'neutral'), { draft: { face: 'satisfied', suppressed: 1 } })
    t.match(s.press(80, 'dissatisfied'), { draft: { face: 'satisfied', suppressed: 2 } })
    t.equal(s.written.length, 1)
  })

  t.test('two faces under one hand as a correction: the first counts', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    s.recorded(20)
    t.match(s.press(1000, 'dissatisfied'), { draft: { face: 'dissatisfied' } })
    t.match(s.press(1050, 'neutral'), { draft: { face: 'dissatisfied', suppressed: 1 } })
  })

  t.test('a disk that refuses: no thank-you, and the next try is a new visit', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    t.match(s.refused(30), { at: 'fault', why: 'not-recorded', until: 5030 })
    t.match(s.press(1000, 'satisfied'), { at: 'fault' })
    t.match(s.over(), { at: 'idle' })
    t.match(s.press(6000, 'satisfied'), { at: 'recording', draft: { visit: 2 } })
    t.same(
      s.written.map((effect) => effect.do),
      ['record', 'settle', 'record'],
    )
  })

  t.test('a disk that stalls: told so, and its late answer changes nothing', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    t.match(s.over(), { at: 'fault', why: 'not-recorded', until: 9000 })
    t.match(s.recorded(5000, 1), { at: 'fault' })
    t.match(s.over(), { at: 'idle' })
    s.press(9500, 'neutral')
    t.match(s.recorded(9600, 1), { at: 'recording', writing: 1 }, 'not the answer to this visit')
    t.match(s.recorded(9700, 2), { at: 'thanking' })
  })

  t.test('a disk that needs longer than the lock-out: the thank-you can still be read', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    t.match(s.recorded(3900), { at: 'thanking', until: 5400 })
  })

  t.test('no keys beside the reasons: the faces move through them and take one', async (t) => {
    const s = story({ steered: true })
    s.press(0, 'dissatisfied')
    t.match(s.recorded(20), { at: 'asking', chosen: 0, until: 20_020 })
    t.match(s.press(1000, 'dissatisfied'), {
      at: 'asking',
      chosen: 1,
      until: 21_000,
      draft: { suppressed: 0 },
    })
    t.match(s.press(3000, 'dissatisfied'), { chosen: 2, until: 23_000 })
    t.match(s.press(4000, 'satisfied'), { chosen: 1 }, 'too late to correct: back')
    t.match(
      s.press(4100, 'satisfied', true),
      { chosen: 1, draft: { suppressed: 1 } },
      'hammering moves nothing',
    )
    t.match(s.press(5000, 'neutral'), { at: 'recording' })
    t.match(s.recorded(5020), { at: 'thanking' })
    t.same(s.written[1], {
      do: 'amend',
      visit: 1,
      change: { reason: 'staff-behaviour', outcome: 'selected', language: 'it', suppressed: 1 },
    })
  })

  t.test('no keys beside the reasons: skip stands behind the last one', async (t) => {
    const s = story({ steered: true })
    s.press(0, 'dissatisfied')
    s.recorded(20)
    t.match(s.press(3000, 'satisfied'), { chosen: rules.reasons.length }, 'round to the end')
    s.press(3500, 'neutral')
    t.same(s.written[1], { do: 'amend', visit: 1, change: { outcome: 'skipped', language: 'it' } })
  })

  t.test('no keys beside the reasons: another face corrects as long as it may', async (t) => {
    const s = story({ steered: true })
    s.press(0, 'dissatisfied')
    s.recorded(20)
    t.match(s.press(1999, 'neutral'), { at: 'recording', draft: { face: 'neutral' } })
    t.match(s.written[1], { change: { face: 'neutral', asks: false, corrected: true } })
  })

  t.test('closing time in the middle of a visit: it ends in peace', async (t) => {
    const s = story()
    s.press(0, 'dissatisfied')
    t.match(s.serve(10, 'closed'), { at: 'recording' })
    t.match(s.recorded(20), { at: 'asking' })
    s.press(4000, 'reason-3')
    t.match(s.recorded(4020), { at: 'thanking' })
    t.strictSame(s.over(), { at: 'closed', language: 'it', service: 'closed', visits: 1 })
    t.same(s.written.at(-1), { do: 'settle', visit: 1 })
    t.match(s.press(9000, 'satisfied'), { at: 'closed' })
    t.match(s.serve(9999, 'open'), { at: 'idle' })
  })

  t.test('a late alarm: what is over ends first, then the press counts', async (t) => {
    const s = story()
    s.press(0, 'satisfied')
    s.recorded(20)
    t.match(s.press(60_000, 'neutral'), { at: 'recording', draft: { visit: 2, pressedAt: 60_000 } })
    t.same(
      s.written.map((effect) => [effect.do, effect.visit]),
      [
        ['record', 1],
        ['settle', 1],
        ['record', 2],
      ],
    )
  })

  t.test('starts as it is served', async (t) => {
    t.match(story().visit(), { at: 'idle', language: 'it', visits: 0 })
    t.match(story({}, 'closed').visit(), { at: 'closed' })
    t.match(story({}, 'fault').visit(), { at: 'fault', why: 'out-of-service' })
  })

  t.test(
    'nothing is asked where the rules ask nothing; every face is asked where they ask all',
    async (t) => {
      const none = story({ asks: [] })
      none.press(0, 'dissatisfied')
      t.match(none.written[0], { asks: false })
      t.match(none.recorded(10), { at: 'thanking' })
      const all = story({ asks: faces })
      all.press(0, 'satisfied')
      t.match(all.written[0], { asks: true })
      t.match(all.recorded(10), { at: 'asking' })
    },
  )
})

t.test('invariants', async (t) => {
  type Act =
    | { act: 'press'; key: Key; repeat: boolean }
    /** Time passes; the alarm may be late. */
    | { act: 'wait'; ms: number; rings: boolean }
    | { act: 'disk'; says: 'recorded' | 'refused' }
    | { act: 'serve'; service: Service }
    /** Both outer faces are held: one as long as the vote in hand, give or take some. */
    | { act: 'hold'; besideMs: number }
    | { act: 'let go' }

  const acts = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          act: fc.constant('press' as const),
          key: fc.constantFrom(...faces),
          repeat: fc.constant(false),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          act: fc.constant('press' as const),
          key: fc.constantFrom(...keys),
          repeat: fc.boolean(),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          act: fc.constant('wait' as const),
          ms: fc.oneof(fc.nat(500), fc.nat(8000), fc.nat(80_000)),
          rings: fc.boolean(),
        }),
      },
      { weight: 5, arbitrary: fc.constant({ act: 'disk' as const, says: 'recorded' as const }) },
      { weight: 1, arbitrary: fc.constant({ act: 'disk' as const, says: 'refused' as const }) },
      {
        weight: 1,
        arbitrary: fc.record({
          act: fc.constant('serve' as const),
          service: fc.constantFrom<Service>('open', 'closed', 'fault'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          act: fc.constant('hold' as const),
          besideMs: fc.integer({ min: -600, max: 600 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ act: 'let go' as const }) },
    ) satisfies fc.Arbitrary<Act>,
    { maxLength: 60, size: 'max' },
  )

  const windows = fc
    .record({
      correctionMs: fc.nat(4000),
      togetherMs: fc.nat(300),
      lockoutMs: fc.nat(6000),
      thanksMs: fc.integer({ min: 1, max: 5000 }),
      askMs: fc.integer({ min: 1, max: 30_000 }),
      askMoreMs: fc.nat(60_000),
      recordMs: fc.integer({ min: 1, max: 5000 }),
      faultMs: fc.integer({ min: 1, max: 5000 }),
      languageMs: fc.integer({ min: 1, max: 60_000 }),
      asks: fc.subarray([...faces]),
    })
    .map(({ askMoreMs, ...own }): VisitRules => ({ ...rules, ...own, askLimitMs: own.askMs + askMoreMs }))

  /** Everything that happened, for the properties to look at. */
  interface Run {
    /** After each event. */
    moments: { visit: Visit; now: number; unwritten: number[] }[]
    effects: VisitEffect[]
    /** Face presses that each visit has seen. */
    presses: Map<number, number>
    /** Whose writes failed, or were to be taken back. */
    lost: Set<number>
  }

  function run(acts: Act[], rules: VisitRules, begin = 0): Run {
    let visit = firstVisit(rules)
    let now = begin
    const out: Run = { moments: [], effects: [], presses: new Map(), lost: new Set() }
    /** The visits whose writes the disk has not answered, or refused. */
    const pending: number[] = []
    const failed: number[] = []
    const send = (event: VisitEvent) => {
      const { visit: next, effects } = step(visit, event, now, rules)
      visit = next
      const written = effects.filter((effect) => effect.do !== 'commission')
      out.effects.push(...written)
      for (const effect of written) {
        if (effect.do === 'withdraw') out.lost.add(effect.visit)
        if (effect.do !== 'settle') pending.push(effect.visit)
        else if (visit.at === 'fault' && visit.why !== 'out-of-service') out.lost.add(effect.visit)
      }
      if (event.on === 'press' && isFace(event.key) && 'draft' in visit && visit.draft) {
        const number = visit.draft.visit
        out.presses.set(number, (out.presses.get(number) ?? 0) + 1)
      }
      out.moments.push({ visit, now, unwritten: [...pending, ...failed] })
    }
    const disk = (says: 'recorded' | 'refused') => {
      const number = pending.shift()
      if (number === undefined) return
      if (says === 'refused') failed.push(number)
      send({ on: says, visit: number })
    }
    for (const act of acts) {
      if (act.act === 'press') send({ on: 'press', key: act.key, repeat: act.repeat })
      else if (act.act === 'serve') send({ on: 'service', service: act.service })
      else if (act.act === 'disk') disk(act.says)
      else if (act.act === 'let go') send({ on: 'apart' })
      else if (act.act === 'hold') {
        const pressedAt = 'draft' in visit && visit.draft ? visit.draft.pressedAt : now
        send({ on: 'together', since: [pressedAt + act.besideMs, now] })
      } else {
        now += act.ms
        if (act.rings && visit.until !== undefined && visit.until <= now) send({ on: 'alarm' })
      }
    }
    while (pending.length > 0) disk('recorded')
    for (let i = 0; visit.until !== undefined && i < 10; i++) {
      now = Math.max(now, visit.until)
      send({ on: 'alarm' })
      while (pending.length > 0) disk('recorded')
    }
    return out
  }

  const holds = (what: string, check: (run: Run, rules: VisitRules) => void) =>
    t.test(what, async (t) => {
      fc.assert(
        fc.property(acts, fc.oneof(fc.constant(rules), windows), (acts, rules) =>
          check(run(acts, rules), rules),
        ),
        { numRuns: 500 },
      )
      t.pass('in every run')
    })
  const check = (ok: boolean, why: string) => {
    if (!ok) throw new Error(why)
  }

  holds('every visit begins with one record, and with nothing else', ({ effects, moments }) => {
    const begun = effects.filter((effect) => effect.do === 'record').map((effect) => effect.visit)
    const numbers = Array.from({ length: moments.at(-1)?.visit.visits ?? 0 }, (_, i) => i + 1)
    check(begun.join() === numbers.join(), `recorded ${begun}, there were ${numbers}`)
    const seen = new Set<number>()
    for (const effect of effects) {
      check(effect.do === 'record' || seen.has(effect.visit), 'a change to a vote that is not there')
      seen.add(effect.visit)
    }
  })

  holds('left alone, everything ends at rest in the own language', ({ moments }) => {
    const { visit } = moments.at(-1) ?? { visit: firstVisit(rules) }
    const rest = visit.at === 'idle' || visit.at === 'closed' || visit.at === 'fault'
    check(rest && visit.until === undefined && visit.language === 'it', JSON.stringify(visit))
    const at = { open: 'idle', closed: 'closed', fault: 'fault' }[visit.service]
    check(visit.at === at, `${visit.at} while ${visit.service}`)
  })

  holds('each visit is settled once, and nothing is written after that', ({ effects }) => {
    const settled = new Set<number>()
    const begun = new Set<number>()
    for (const effect of effects) {
      check(!settled.has(effect.visit), `${effect.do} after the settle of ${effect.visit}`)
      if (effect.do === 'settle') settled.add(effect.visit)
      else begun.add(effect.visit)
    }
    check(settled.size === begun.size, 'a visit without its settle')
  })

  holds('one visit at a time writes', ({ effects }) => {
    let open: number | undefined
    for (const effect of effects) {
      check(effect.do === 'record' ? open === undefined : open === effect.visit, 'two visits at once')
      open = effect.do === 'settle' ? undefined : effect.visit
    }
  })

  holds('thanks are given only when every write of the visit is on the disk', ({ moments }) => {
    for (const { visit, unwritten } of moments) {
      if (visit.at === 'thanking') check(!unwritten.includes(visit.draft.visit), 'thanked for nothing')
    }
  })

  holds('no state is over when it begins', ({ moments }) => {
    for (const { visit, now } of moments) {
      // The gesture is measured from where it began, however late an alarm is.
      if (visit.at === 'held') continue
      check(visit.until === undefined || visit.until >= now, `until ${visit.until} at ${now}`)
    }
  })

  holds('every press of a thanked visit is the vote, a correction, or suppressed', (run) => {
    for (const [visit, presses] of run.presses) {
      if (run.lost.has(visit)) continue
      const changes = run.effects.flatMap((e) => (e.do === 'amend' && e.visit === visit ? [e.change] : []))
      const corrections = changes.filter((change) => change.face !== undefined).length
      const suppressed = changes.map((change) => change.suppressed ?? -1).filter((n) => n >= 0)
      const told = 1 + corrections + (suppressed.at(-1) ?? 0)
      check(presses === told, `${presses} presses, but ${told} in what was written`)
    }
  })

  t.test('nothing hangs on when the clock began', async (t) => {
    const moments = new Set(['until', 'limit', 'since', 'pressedAt', 'lockedUntil'])
    const later = (visit: Visit, ms: number) =>
      JSON.parse(JSON.stringify(visit), (key, value) => (moments.has(key) ? value + ms : value))
    fc.assert(
      fc.property(acts, fc.integer({ min: 1, max: 1e9 }), (acts, ms) => {
        const [early, late] = [run(acts, rules), run(acts, rules, ms)]
        t.same(late.effects, early.effects)
        t.same(
          late.moments.map(({ visit }) => visit),
          early.moments.map(({ visit }) => later(visit, ms)),
        )
      }),
    )
  })

  holds('what asks is asked, and answered once', ({ effects, lost }, { asks }) => {
    for (const visit of new Set(effects.map((effect) => effect.visit))) {
      if (lost.has(visit)) continue
      const own = effects.filter((effect) => effect.visit === visit)
      const face = own.flatMap((e) => {
        if (e.do === 'record') return [e.face]
        return e.do === 'amend' && e.change.face ? [e.change.face] : []
      })
      const answers = own.filter((effect) => effect.do === 'amend' && effect.change.outcome !== undefined)
      check(answers.length === (asks.includes(face.at(-1)!) ? 1 : 0), `${answers.length} answers to ${face}`)
    }
  })
})
