import { coarse, discloseBatch } from '../../domain/privacy.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Reckoned } from '../../domain/timeline.ts'
import type { ToldVote } from '../../domain/vote.ts'
import type { Key } from '../../domain/words.ts'
import { freeAgain, interrupted, type Visit, visit } from './citizen.ts'
import type { Slot } from './crowd.ts'
import { type Incident, incidentsOf } from './incidents.ts'
import type { Terminal } from './municipality.ts'
import { Random } from './random.ts'
import { Records } from './records.ts'
import type { Voice } from './voice.ts'

const survey = 'it-2009/1'
const minuteMs = 60_000
const hourMs = 3_600_000
/** What is on its way to the broker when a card dies is lost, though the totals had told of it. */
const inFlightMs = 5 * minuteMs
/** Of what had to wait while the journal reached its bound so much is left as counts only. */
const foldedShare = 0.7
/** An answer is cut off after so long, by a power cut that would have come soon. */
const answerMs = 3_000
const nearMs = 15 * minuteMs
const stuckKeys = ['satisfied', 'neutral', 'dissatisfied', 'reason-1', 'skip'] as const satisfies Key[]

/** Something begins, goes on otherwise, or ends. */
interface Turn {
  at: WallMs
  does: (at: WallMs) => void
  /** Whether the power goes, and with it an answer that is being given. */
  dark?: true
}

type PowerCut = Extract<Incident, { is: 'power-cut' }>

/** By what clock votes are taken. */
type Time =
  | { is: 'right' }
  | { is: 'told-later' }
  | { is: 'estimated'; errorMs: number; uncertaintyMs: number }
  | { is: 'unknown'; lateMs: number }

/** What happens to one terminal: presses, and all that goes wrong. */
export class Fate {
  readonly #terminal: Terminal
  readonly #voice: Voice
  readonly #random: Random
  readonly #records: Records
  readonly #turns: Turn[]
  /** From when on, next, nothing reaches the broker. */
  readonly #cuts: WallMs[]
  #turn = 0
  #cut = 0
  #boot: number
  #power: 'on' | 'off' = 'on'
  #line: 'up' | 'down' = 'up'
  #time: Time = { is: 'right' }
  #stuck: Key | undefined
  #ignored = 0
  /** Votes that wait for their batch. */
  #batch: { vote: ToldVote; trueHour: WallMs }[] = []

  constructor(terminal: Terminal, voice: Voice, random: Random) {
    this.#terminal = terminal
    this.#voice = voice
    this.#random = random
    this.#boot = random.whole(1, 40)
    this.#records = new Records(terminal.source, random.text(6))
    const incidents = incidentsOf(terminal, new Random(terminal.municipality.seed, 4, terminal.index))
    this.#turns = incidents.flatMap((incident) => this.#turnsOf(incident))
    this.#cuts = incidents
      .filter(({ is }) => is !== 'stuck-key')
      .map(({ is, from }) => (is === 'exchange' ? from - inFlightMs : from))
  }

  /** The terminal is switched on. */
  begin(at: WallMs): void {
    this.#voice.state(at, 'online', this.#name)
    this.#voice.survey(at)
    this.#tellAll(at)
  }

  /** @returns when the next one can press; undefined if nobody can */
  press(at: WallMs, { weather, open }: Slot): WallMs | undefined {
    this.upTo(at)
    if (this.#power === 'off') return undefined
    let citizen = visit(weather, this.#random)
    if (citizen.face === this.#stuck) {
      this.#ignored++
      return undefined
    }
    if (citizen.outcome !== 'not-asked' && this.#cutsOff(at)) citizen = interrupted(citizen)
    const vote = this.#voteOf(citizen, at, open)
    if (this.#terminal.office.service.batch === undefined)
      this.#keep(vote, at + citizen.lastsMs + this.#random.whole(15, 90))
    else this.#batch.push({ vote, trueHour: coarse(at, 'hour') })
    return freeAgain(at, citizen)
  }

  /** A power cut that is near comes in the middle of an answer, for that is what there is to try. */
  #cutsOff(press: WallMs): boolean {
    const next = this.#turns[this.#turn]
    if (!next?.dark || next.at - press > nearMs) return false
    next.at = press + answerMs
    this.#cuts[this.#cut] = next.at
    return true
  }

  /** Whatever has its turn until then. */
  upTo(at: WallMs): void {
    for (let turn = this.#turns[this.#turn]; turn && turn.at <= at; turn = this.#turns[this.#turn]) {
      this.#turn++
      turn.does(turn.at)
    }
  }

  /** What is told every hour. */
  report(at: WallMs): void {
    this.#releaseBatches(at)
    if (this.#line === 'up') this.#tellAll(at)
  }

  end(at: WallMs): void {
    this.upTo(at)
    this.report(at)
  }

  get #name() {
    return { epoch: this.#records.epoch, boot: this.#boot }
  }

  /** Built field by field: spreading costs several times as much, and there are millions. */
  #voteOf(visit: Visit, at: WallMs, open: boolean): ToldVote {
    const time = this.#reckoned(at)
    const vote: ToldVote = {
      epoch: '',
      sequence: 0,
      source: this.#terminal.source,
      survey,
      face: visit.face,
      outcome: visit.outcome,
      language: visit.language,
      suppressed: visit.suppressed,
      corrected: visit.corrected,
      boot: 0,
      bootId: '',
      time,
      recordedAt: time.wall + visit.lastsMs,
    }
    if (visit.reason) vote.reason = visit.reason
    if (this.#time.is === 'right') vote.withinHours = open
    return vote
  }

  #reckoned(at: WallMs): Reckoned {
    const time = this.#time
    if (time.is === 'right') return { clock: 'synchronised', wall: at }
    if (time.is === 'told-later') return { clock: 'synchronised', wall: at, backDated: true }
    if (time.is === 'unknown') return { clock: 'unknown', wall: at - time.lateMs }
    return { clock: 'estimated', wall: at + time.errorMs, uncertaintyMs: time.uncertaintyMs }
  }

  /** Sequences are given in the order in which votes are kept; `ready` is when one could be told. */
  #keep(vote: ToldVote, ready: WallMs): void {
    const told = this.#records.vote(vote)
    const cut = this.#cuts[this.#cut] ?? Number.POSITIVE_INFINITY
    if (this.#line === 'up' && ready < cut) this.#voice.tell(ready, told)
    else this.#records.held.push(told)
  }

  #releaseBatches(at: WallMs): void {
    const size = this.#terminal.office.service.batch
    if (size === undefined) return
    while (this.#batch.length >= size && this.#batch[size - 1]!.trueHour + hourMs <= at) {
      const votes = this.#batch.splice(0, size).map(({ vote }) => vote)
      for (const vote of this.#random.shuffled(discloseBatch(votes, 'hour'))) this.#keep(vote, at)
    }
  }

  #turnsOf(incident: Incident): Turn[] {
    const { from, to } = incident
    const turn = (at: WallMs, does: Turn['does']): Turn => ({ at, does })
    switch (incident.is) {
      case 'outage':
        return [turn(from, (at) => this.#lose(at)), turn(to, (at) => this.#return(at))]
      case 'fold':
        return [turn(from, (at) => this.#loseAndTear(at)), turn(to, (at) => this.#return(at, 'folded'))]
      case 'power-cut':
        return [
          { at: from, does: (at) => this.#blackOut(at, incident), dark: true },
          turn(incident.back, (at) => this.#boots(at, incident)),
          turn(to, (at) => this.#synchronised(at)),
        ]
      case 'exchange':
        return [turn(from, (at) => this.#dies(at)), turn(to, (at) => this.#exchanged(at))]
      case 'stuck-key':
        return [turn(from, (at) => this.#sticks(at)), turn(to, (at) => this.#comesLoose(at))]
    }
  }

  #lose(at: WallMs): void {
    this.#line = 'down'
    this.#voice.state(at, 'lost', this.#name)
  }

  #loseAndTear(at: WallMs): void {
    this.#lose(at)
    this.#records.tear(at)
  }

  #return(at: WallMs, how: 'whole' | 'folded' = 'whole'): void {
    this.#voice.state(at, 'online', this.#name)
    if (how === 'folded') {
      const count = Math.ceil(this.#records.held.length * foldedShare)
      const summary = this.#records.fold(count, this.#voice.recent, at)
      if (summary) this.#voice.say(summary)
    }
    this.#catchUp(at)
  }

  /** The line is up again, and all that waited goes. */
  #catchUp(at: WallMs): void {
    this.#line = 'up'
    this.#cut++
    this.#voice.drain(this.#records, at)
    this.#tellAll(at)
  }

  #blackOut(at: WallMs, { torn }: PowerCut): void {
    this.#lose(at)
    this.#power = 'off'
    if (torn) this.#records.tear(at)
  }

  #boots(back: WallMs, { from, clock }: PowerCut): void {
    this.#power = 'on'
    // Its time can only be estimated where another boot came in between.
    this.#boot += clock === 'estimated' ? 2 : 1
    this.#time = this.#timeOf(clock, from, back)
    this.#voice.state(back, 'online', this.#name)
    this.#tellHealth(back)
  }

  #timeOf(clock: PowerCut['clock'], from: WallMs, back: WallMs): Time {
    const random = this.#random
    if (clock === 'back-dated') return { is: 'told-later' }
    // A Pi goes on from the time that it saved last, every hour.
    if (clock === 'unknown') return { is: 'unknown', lateMs: back - coarse(from, 'hour') }
    const uncertaintyMs = back - from + random.whole(1_000, 20 * minuteMs)
    return { is: 'estimated', uncertaintyMs, errorMs: Math.round(uncertaintyMs * random.between(-0.9, 0.9)) }
  }

  #synchronised(at: WallMs): void {
    this.#time = { is: 'right' }
    this.#catchUp(at)
  }

  /** Its last totals have got through; what was on its way has not. */
  #dies(at: WallMs): void {
    this.#voice.totals(at, this.#records)
    this.#lose(at)
    this.#power = 'off'
    this.#batch = []
  }

  #exchanged(at: WallMs): void {
    const lost = this.#records.held.length
    const gap = this.#records.exchange(this.#random.text(6), this.#random.whole(lost > 0 ? 0 : 1, 4), at)
    this.#boot = 1
    this.#power = 'on'
    this.#voice.recent.length = 0
    this.#voice.state(at, 'online', this.#name)
    this.#voice.survey(at)
    if (gap) this.#voice.tell(at, gap)
    this.#catchUp(at)
  }

  #sticks(at: WallMs): void {
    this.#stuck = this.#random.pick(stuckKeys)
    this.#tellHealth(at)
  }

  #comesLoose(at: WallMs): void {
    this.#stuck = undefined
    this.#tellHealth(at)
  }

  #tellAll(at: WallMs): void {
    this.#voice.totals(at, this.#records)
    this.#tellHealth(at)
  }

  #tellHealth(at: WallMs): void {
    const { held, totals } = this.#records
    const oldest = held.find((item) => item.is === 'vote')
    const since = oldest?.is === 'vote' ? Date.parse(oldest.event.time) : undefined
    this.#voice.health({
      at,
      waiting: held.filter(({ is }) => is === 'vote').length,
      oldestAgeSeconds: since === undefined ? undefined : Math.max(0, Math.round((at - since) / 1000)),
      synchronised: this.#time.is === 'right',
      votes: totals.votes,
      stuck: this.#stuck === undefined ? [] : [this.#stuck],
      ignored: this.#ignored,
      temperatureCelsius: Math.round(this.#random.between(41, 58) * 1000) / 1000,
      underVoltage: this.#random.chance(0.002),
    })
  }
}
