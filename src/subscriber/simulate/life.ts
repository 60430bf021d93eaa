import { surveyMessage } from '../../contract/events.ts'
import type { VoteEvent } from '../../contract/schemas.ts'
import { surveys } from '../../domain/surveys/index.ts'
import type { WallMs } from '../../domain/time.ts'
import { languages } from '../../domain/words.ts'
import { type Slot, slotsOf } from './crowd.ts'
import { Fate } from './fate.ts'
import type { Terminal } from './municipality.ts'
import { Random } from './random.ts'
import type { Said } from './said.ts'
import { Voice } from './voice.ts'

const minuteMs = 60_000
const survey = surveyMessage(surveys['it-2009'], ['dissatisfied'], languages)

/**
 * All that a terminal says from the first day to the last, in pieces, in order. The same terminal says the
 * same whenever it is asked; nothing of what it said is kept.
 */
export function* lifeOf(terminal: Terminal): Generator<readonly Said[], void, undefined> {
  const { office, municipality, index } = terminal
  const random = new Random(municipality.seed, 3, index)
  const voice = new Voice(terminal, survey)
  const fate = new Fate(terminal, voice, random)
  fate.begin(municipality.from + random.whole(0, minuteMs))
  yield voice.take()
  for (const opening of office.openings) {
    let served = 0
    let hour = opening.from
    for (const slot of slotsOf(terminal, opening, random)) {
      served += slot.people
      spend(slot, fate)
      if (slot.endsHour) {
        fate.report(slot.to)
        if (office.service.counts) voice.served(hour, slot.to, served)
        served = 0
        hour = slot.to
      }
      yield voice.take()
    }
  }
  fate.end(municipality.to)
  yield voice.take()
}

/** The presses of a quarter of an hour, or of the minutes after closing. */
function spend(slot: Slot, fate: Fate): void {
  let free: WallMs = slot.from
  for (const wanted of slot.presses) {
    const at = Math.max(wanted, free)
    // Who has to wait too long for the one in front does not press.
    if (at >= slot.to) break
    free = fate.press(at, slot) ?? free
  }
  fate.upTo(slot.to)
}

/** The votes of a terminal that reach the broker as such, in their order. */
export function* votesOf(terminal: Terminal): Generator<VoteEvent, void, undefined> {
  for (const said of lifeOf(terminal)) for (const { item } of said) if (item.is === 'vote') yield item.event
}
