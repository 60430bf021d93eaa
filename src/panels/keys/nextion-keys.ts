import type { Edge } from '../../domain/press-filter.ts'
import { type Key, keys } from '../../domain/words.ts'
import type { Condition, Keys } from '../../ports/panel.ts'
import type { NextionLine } from '../displays/nextion/line.ts'
import { type LineOptions, type NextionProfile, shareNextion } from '../displays/nextion/open-line.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'

/** The areas that a Nextion display draws. A display that breaks while one is held lets go of it. */
export async function openNextionKeys(
  own: NextionProfile,
  context: PanelContext,
  options: LineOptions = {},
): Promise<Keys> {
  return new NextionKeys(await shareNextion(own, context, options), context)
}

class NextionKeys implements Keys {
  readonly keys: readonly Key[] = keys
  /** A touch panel reports each touch once. */
  readonly debounceMs = 0
  readonly #line: Mended<NextionLine>
  #listener: (edge: Edge) => void = () => {}

  constructor(line: Mended<NextionLine>, { clock }: PanelContext) {
    this.#line = line
    // A line that ends tells of the release of what is held.
    line.onOpen((opened) => {
      opened.onTouch((touch) => this.#listener({ ...touch, at: clock.now().mono }))
    })
  }

  listen(listener: (edge: Edge) => void): void {
    this.#listener = listener
    this.#line.start()
  }

  condition(): Condition {
    return this.#line.condition()
  }

  onCondition(listener: () => void): Disposable {
    return this.#line.onCondition(listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#line[Symbol.asyncDispose]()
  }
}
