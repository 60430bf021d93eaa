import type { Condition, Display } from '../../../ports/panel.ts'
import type { PanelContext } from '../../drivers.ts'
import type { Mended } from '../../mended.ts'
import { drawnDisplay } from '../drawn-display.ts'
import type { ScreenSink } from '../screen-sink.ts'
import { type LineOptions, type NextionProfile, shareNextion } from './open-line.ts'
import { type NextionPicture, nextionPicture } from './picture.ts'

/** A Nextion touch display with Faccina's pages in it. */
export async function openNextionDisplay(
  own: NextionProfile,
  context: PanelContext,
  options: LineOptions = {},
): Promise<Display> {
  const line = await shareNextion(own, context, options)
  // Nobody puts anything into it, so a line may pass for a sink.
  const sink = line as unknown as Mended<ScreenSink<NextionPicture>>
  const display = drawnDisplay(sink, nextionPicture, context)
  return {
    show: (scene) => display.show(scene),
    // What is wrong with the page in the display is a trouble of the display alone: keys may work.
    condition(): Condition {
      const condition = display.condition()
      const problem = line.current?.problem
      return condition.is === 'good' && problem !== undefined ? { is: 'broken', problem } : condition
    },
    onCondition(listener) {
      const pages = line.onOpen((opened) => opened.onProblem(listener))
      const others = display.onCondition(listener)
      return {
        [Symbol.dispose]() {
          pages[Symbol.dispose]()
          others[Symbol.dispose]()
        },
      }
    },
    [Symbol.asyncDispose]: () => display[Symbol.asyncDispose](),
  }
}
