import { type Face, type Reason, reasonKeys, reasons } from '../../src/domain/words.ts'
import type { Evidence, Pressed } from './evidence.ts'
import type { TerminalChild } from './terminal-child.ts'

/** What one citizen is going to do. */
export interface Intent {
  face: Face
  /** Where the face asks: a reason, or none to skip. */
  reason?: Reason
  /** Presses after the thank-you, that do not count, each so many milliseconds after the last. */
  further: number[]
}

/** Where in a visit something is: the press has been sent, the answer has been sent, the thank-you was seen. */
export type Moment = 'pressed' | 'answered' | 'thanked'

/** Presses keys as people do, and notes what they were told. Ends when the terminal does, by rejecting. */
export class Citizen {
  readonly #terminal: TerminalChild
  readonly #evidence: Evidence
  readonly #round: number
  readonly #presses: Pressed[] = []
  #ended = false

  constructor(terminal: TerminalChild, evidence: Evidence, round: number) {
    this.#terminal = terminal
    this.#evidence = evidence
    this.#round = round
  }

  /** One visit, from the moment at which the panel is free. */
  async visit({ face, reason, further }: Intent, reached: (moment: Moment) => void): Promise<void> {
    const terminal = this.#terminal
    await terminal.scene(({ at }) => at === 'idle')
    const told = terminal.scene(({ at }) => at === 'asking' || at === 'thanking')
    const { press, answered } = this.#press(face)
    // What becomes of it is seen in the scenes.
    answered.catch(() => {})
    reached('pressed')
    const { at } = await told
    if (at === 'asking') {
      press.told = 'asked'
      const thanked = terminal.scene(({ at }) => at === 'thanking')
      if (reason !== undefined) press.reason = reason
      terminal.press(reason === undefined ? 'skip' : reasonKeys[reasons.indexOf(reason)]!).catch(() => {})
      reached('answered')
      await thanked
    }
    press.told = 'thanked'
    reached('thanked')
    for (const ms of further) {
      await new Promise((resolve) => setTimeout(resolve, ms))
      // It comes too soon to be a visit; should it be one after all, it may count. The next one waits for it.
      await this.#press('neutral').answered
    }
  }

  /** The terminal has ended: what is not answered now, never will be. */
  end(): void {
    this.#ended = true
    for (const press of this.#presses) close(press)
  }

  #press(face: Face): { press: Pressed; answered: Promise<void> } {
    if (this.#ended) throw new Error('the terminal has ended')
    const to = Number.POSITIVE_INFINITY
    const press: Pressed = { face, from: Date.now(), to, told: 'nothing', round: this.#round }
    this.#presses.push(press)
    this.#evidence.pressed(press)
    return { press, answered: this.#terminal.press(face).then(() => close(press)) }
  }
}

/** The terminal has taken it, or will not take it any more. */
function close(press: Pressed): void {
  press.to = Math.min(press.to, Date.now())
}
