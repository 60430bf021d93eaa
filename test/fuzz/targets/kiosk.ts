import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { type Key, keys } from '../../../src/domain/words.ts'
import { Kiosk } from '../../../src/terminal/kiosk.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeJournal } from '../../fakes/fake-journal.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FakePanel } from '../../fakes/fake-panel.ts'
import { filterRules, visitRules } from '../../terminal/rules.ts'
import { must, type Target } from '../engine/target.ts'

const target: Target = {
  holds:
    'whatever keys do and however slow the disk is: no more votes than presses, one at most for each visit; the thank-you only when all of its vote is written; each press is a vote, a correction, suppressed or ignored, and never two of them; left alone it comes to rest within a minute and a half, in its own language',
  covers: [
    'src/domain/gesture.ts',
    'src/domain/press-filter.ts',
    'src/domain/visit.ts',
    'src/terminal/kiosk.ts',
    'src/terminal/visit-writer.ts',
  ],
  maxBytes: 160,
  words: [
    Uint8Array.of(0x10, 0x20),
    Uint8Array.of(0x10, 0x12, 0x65, 0x65),
    Uint8Array.of(0x71, 0x10, 0x20, 0x64, 0x70),
  ],
  *corpus() {
    yield acts('+0 -0 w3')
    yield acts('+2 -2 w1 +3 -3 w3')
    yield acts('s +0 -0 w4 r w3')
    yield acts('f +1 -1 w3 +1 -1 w3')
    yield acts('+0 -0 w2 +1 -1 w2 +1 -1 w3')
    yield acts('+0 +2 w5 w5 -0 -2 w3')
    yield acts('+0 w6 w6 -0 w3')
    yield acts('c +0 -0 o w3 d +2 -2 e w4')
    yield acts('+2 -2 w1 +8 -8 w1 +9 -9 w3')
  },
  async check(script) {
    const world = new World()
    for (const byte of script) await world.act(byte >> 4, byte & 15)
    await world.end()
  },
}
export default target

/** How long a `w` is: from a bounce to more than any question lasts. */
const waits = [5, 30, 90, 500, 1_900, 3_100, 8_000, 30_000, 70_000] as const

/** `+0` presses the first key, `-0` lets it go, `w3` waits; s, r: the disk stands still, goes on; f: it refuses. */
function acts(text: string): Uint8Array {
  const codes: Record<string, number> = { '+': 1, '-': 2, s: 3, r: 4, f: 5, w: 6, c: 7, o: 8, d: 9, e: 10 }
  return Uint8Array.from(text.split(' '), (word) => (codes[word[0]!]! << 4) | Number(word[1] ?? 0))
}

/** A terminal whose citizens, disk and office a script moves. */
class World {
  readonly #clock = new FakeClock()
  readonly #panel = new FakePanel(this.#clock)
  readonly #journal = new FakeJournal()
  readonly #kiosk: Kiosk
  /** Edges that went down. */
  #downs = 0
  #open = true
  #release: (() => void) | undefined
  /** Writes that were asked for, and those that the disk has answered well. */
  #asked = 0
  #written = 0
  #refused = 0

  constructor() {
    const journal = this.#watched()
    this.#kiosk = new Kiosk({
      panel: this.#panel,
      survey: it2009,
      visitRules,
      filterRules,
      isOpen: () => this.#open,
      openOutsideHours: false,
      clock: this.#clock,
      log: new FakeLog(),
    })
    this.#kiosk.start()
    this.#kiosk.attach(journal)
    const shown = this.#panel.display.show.bind(this.#panel.display)
    this.#panel.display.show = (scene) => {
      must(
        scene.at !== 'thanking' || this.#written + this.#refused === this.#asked,
        'thanked before all was written',
      )
      shown(scene)
    }
  }

  /** The journal, and what it has been asked and has answered. */
  #watched(): FakeJournal {
    const journal = this.#journal
    for (const name of ['record', 'amend', 'withdraw'] as const) {
      const write = (journal[name] as (...all: unknown[]) => Promise<unknown>).bind(journal)
      ;(journal as unknown as Record<string, unknown>)[name] = async (...all: unknown[]) => {
        this.#asked++
        try {
          const result = await write(...all)
          this.#written++
          return result
        } catch (error) {
          this.#refused++
          throw error
        }
      }
    }
    return journal
  }

  async act(code: number, value: number): Promise<void> {
    const key = keys[value % keys.length]!
    if (code === 1) this.#down(key)
    else if (code === 2) this.#panel.edge(key, 'up')
    else if (code === 3) this.#release ??= this.#journal.stall()
    else if (code === 4) this.#goOn()
    else if (code === 5) this.#journal.failNext(new Error('the disk says no'))
    else if (code === 6) this.#clock.advance(waits[value % waits.length]!)
    else if (code === 7 || code === 8) {
      this.#open = code === 8
      this.#clock.set({})
    } else if (code === 9)
      this.#panel.become(value % 2 === 0 ? 'display' : 'keys', { is: 'broken', problem: 'no wire' })
    else if (code === 10)
      for (const part of ['display', 'keys'] as const) this.#panel.become(part, { is: 'good' })
    await settle()
    this.#mustAddUp()
  }

  #down(key: Key): void {
    this.#downs++
    this.#panel.edge(key, 'down')
  }

  #goOn(): void {
    this.#release?.()
    this.#release = undefined
  }

  #mustAddUp(): void {
    const { asked } = this.#journal
    const records = asked.filter(({ to }) => to === 'record').length
    must(records + this.#kiosk.ignored <= this.#downs, () => `${records} votes of ${this.#downs} presses`)
    const { at, overdueMs } = this.#kiosk.condition
    must(overdueMs === 0, () => `${at}, and ${overdueMs} ms over its time`)
  }

  /** Everybody goes home, and the disk works again. */
  async end(): Promise<void> {
    this.#goOn()
    for (const key of keys) this.#panel.edge(key, 'up')
    for (const part of ['display', 'keys', 'lights'] as const) this.#panel.become(part, { is: 'good' })
    this.#open = true
    this.#clock.set({})
    for (let second = 0; second < 90; second++) {
      await settle()
      this.#clock.advance(1_000)
    }
    await settle()
    const { at, stuck, writingMs } = this.#kiosk.condition
    must(at === 'idle', () => `left alone it is ${at}`)
    must(stuck.length === 0, () => `${stuck} are stuck, and let go`)
    must(writingMs === 0, 'a write has no end')
    must(this.#panel.scene.language === 'it', 'it speaks the language of who has gone')
    this.#mustHaveOneVoteEach()
  }

  /** Each vote was settled or refused, and nothing was written of it after that. */
  #mustHaveOneVoteEach(): void {
    const settled = new Set<number>()
    let suppressed = 0
    let corrected = 0
    const last = new Map<number, number>()
    for (const one of this.#journal.asked) {
      if (one.to === 'settle') settled.add(one.sequence)
      if (one.to !== 'amend') continue
      must(!settled.has(one.sequence), () => `${one.sequence} changes after it was settled`)
      if (one.change.face !== undefined) corrected++
      if (one.change.suppressed !== undefined) last.set(one.sequence, one.change.suppressed)
    }
    for (const count of last.values()) suppressed += count
    const records = this.#journal.asked.filter(({ to }) => to === 'record').length
    const told = records + corrected + suppressed + this.#kiosk.ignored
    must(told <= this.#downs, () => `${told} presses told of ${this.#downs}`)
    const { votes } = this.#journal.totals()
    must(votes <= records, () => `${votes} votes of ${records} visits`)
    must(settled.size <= records, 'settled more than was recorded')
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve()
}
