import type { Scene } from '../../domain/scene.ts'
import type { MonoMs } from '../../domain/time.ts'
import type { Condition, Display } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import type { Mended } from '../mended.ts'
import { pageMs } from './screen.ts'
import type { ScreenSink } from './screen-sink.ts'

/** How often a picture is drawn anew while its time runs, or while it asks for notice. */
const stepMs = 500
/** How often a picture that stands still is sent, so that a display that has gone is missed. */
const stillMs = 9_000

/** The smallest display has room for so many letters. */
const longTitle = 32

/** Draws scenes for whatever shows pictures of this kind. */
export function drawnDisplay<Picture>(
  piece: Mended<ScreenSink<Picture>>,
  draw: (scene: Scene, now: MonoMs) => Picture,
  { clock }: Pick<PanelContext, 'clock'>,
): Display {
  let scene: Scene | undefined
  let wanted: { picture: Picture } | undefined
  let writing: Promise<void> | undefined
  let alarm: Disposable | undefined
  let disposed = false

  const look = () => {
    alarm?.[Symbol.dispose]()
    if (!scene || !piece.current || disposed) return
    const now = clock.now().mono
    wanted = { picture: draw(scene, now) }
    send()
    alarm = clock.alarm(now + periodMs(scene, now), look)
  }
  // One write at a time; what comes meanwhile is forgotten but for the newest.
  const send = () => {
    const sink = piece.current
    if (writing || !sink || !wanted) return
    const { picture } = wanted
    wanted = undefined
    writing = sink
      .write(picture)
      .catch((error) => {
        if (piece.current === sink) piece.fail(error)
      })
      .then(() => {
        writing = undefined
        send()
      })
  }

  piece.onOpen(look)
  piece.start()
  return {
    show(shown) {
      scene = shown
      look()
    },
    condition: (): Condition => piece.condition(),
    onCondition: (listener) => piece.onCondition(listener),
    async [Symbol.asyncDispose]() {
      disposed = true
      wanted = undefined
      alarm?.[Symbol.dispose]()
      await writing
      await piece[Symbol.asyncDispose]()
    },
  }
}

/** Until the picture may be another one. */
function periodMs({ screen, identify }: Scene, now: MonoMs): number {
  if (screen.countdown !== undefined || identify === true) return stepMs
  // What has no room for both shows title and hint in turn.
  return screen.hint === undefined && screen.title.length < longTitle ? stillMs : pageMs - (now % pageMs)
}
