import { join } from 'node:path'
import { sourceOf } from '../contract/topics.ts'
import { isOpen } from '../domain/hours.ts'
import type { FilterRules } from '../domain/press-filter.ts'
import { surveyName } from '../domain/survey.ts'
import { surveys } from '../domain/surveys/index.ts'
import type { Instant } from '../domain/time.ts'
import type { VisitRules } from '../domain/visit.ts'
import { reasonKeys } from '../domain/words.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Panel } from '../ports/panel.ts'
import type { Problem, Settings } from '../settings/index.ts'
import { openStore } from '../storage/store.ts'
import { openBoard, readBootId } from '../system/board.ts'
import { noticeOf, refusedWords } from '../terminal/refusal.ts'
import { Terminal } from '../terminal/terminal.ts'
import { composeBroker } from './compose-broker.ts'
import { composeCommissioning } from './compose-commissioning.ts'
import { version } from './version.ts'

const dayMs = 86_400_000

/** A terminal from its settings: the one place where ports and drivers meet. */
export async function composeTerminal(
  settings: Settings,
  { panel, clock, log, refused }: { panel: Panel; clock: Clock; log: Log; refused?: readonly Problem[] },
): Promise<Terminal> {
  const { storage, delivery, broker, terminal } = settings
  const source = sourceOf(terminal)
  const survey = surveys[settings.survey]
  const bootId = await readBootId()
  return new Terminal({
    source,
    version,
    survey,
    panel,
    clock,
    log,
    topicRoot: broker.topicRoot,
    window: delivery.window,
    confirmation: delivery.confirmation,
    recommitMs: delivery.recommitSeconds * 1000,
    clockWaitMs: settings.clock.waitSeconds * 1000,
    healthPeriodMs: settings.health.periodSeconds * 1000,
    visitRules: visitRulesOf(settings, panel),
    filterRules: filterRulesOf(settings, panel),
    isOpen: openingOf(settings),
    openOutsideHours: settings.hours?.outside === 'open',
    openStore: () =>
      openStore({ directory: storage.directory, bootId, ...journalRules(settings), clock, log }),
    ...(broker.url !== undefined && composeBroker(settings, broker.url, { clock, log })),
    commissioning: composeCommissioning(settings, clock),
    board: await openBoard(storage.directory),
    ...(refused && { notice: noticeOf(refused), refused: refusedWords(refused) }),
    random: Math.random,
  })
}

/** What the settings say of the journal, wherever it lies. */
export function journalRules({ terminal, survey, storage, delivery, privacy }: Settings) {
  return {
    source: sourceOf(terminal),
    survey: surveyName(surveys[survey]),
    version,
    maxBytes: storage.maxMebibytes * 1024 * 1024,
    keepMs: delivery.keepDays * dayMs,
    privacy: { precision: privacy.timePrecision, batch: privacy.batch },
  }
}

/** Where the votes of a storage directory are. */
export function journalDirectory(storageDirectory: string): string {
  return join(storageDirectory, 'journal')
}

/** The rhythm of a visit; where no key lies beside each reason the faces move through them. */
export function visitRulesOf({ visit, survey, asks, languages }: Settings, { keys }: Panel): VisitRules {
  const beside = surveys[survey].reasons.every((_, place) => keys.keys.includes(reasonKeys[place]!))
  const askMs = visit.reasonSeconds * 1000
  return {
    correctionMs: visit.correctionSeconds * 1000,
    togetherMs: 100,
    lockoutMs: visit.lockoutSeconds * 1000,
    thanksMs: 1_500,
    askMs,
    askLimitMs: 3 * askMs,
    recordMs: 10_000,
    faultMs: 5_000,
    languageMs: 20_000,
    gestureMs: 10_000,
    gestureBriefMs: 2_000,
    asks,
    reasons: surveys[survey].reasons,
    languages,
    ...(!beside && { steered: true }),
  }
}

function filterRulesOf({ keys }: Settings, panel: Panel): FilterRules {
  return {
    debounceMs: panel.keys.debounceMs,
    stuckMs: keys.stuckSeconds * 1000,
    burstPresses: 8,
    burstMs: 2_000,
    quietMs: 1_000,
    fingerPresses: 40,
    restMs: 5_000,
  }
}

/** While the clock is not to be trusted nobody knows whether the office is open. */
function openingOf({ hours }: Settings): (now: Instant) => boolean | undefined {
  if (!hours) return () => true
  return ({ wall, synchronised }) => (synchronised ? isOpen(hours, wall) : undefined)
}
