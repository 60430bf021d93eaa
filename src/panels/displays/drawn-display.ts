import { isDeepStrictEqual } from 'node:util'
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

/**
 * Draws scenes for whatever shows pictures of this kind: each as it comes, again when the display has been
 * opened, and while it moves. One write at a time, and of what waits only the newest picture.
 * @param draw a pure function; `since` is when these words began to stand there
 */
export function drawnDisplay<Picture>(
  piece: Mended<ScreenSink<Picture>>,
  draw: (scene: Scene, now: MonoMs, since: MonoMs) => Picture,
  { clock }: Pick<PanelContext, 'clock'>,
): Display {
  let scene: Scene | undefined
  let since: MonoMs = 0
  let wanted: { picture: Picture } | undefined
  let writing: Promise<void> | undefined
  let alarm: Disposable | undefined
  let disposed = false

  const look = () => {
    alarm?.[Symbol.dispose]()
    if (!scene || !piece.current || disposed) return
    const now = clock.now().mono
    const picture = draw(scene, now, since)
    wanted = { picture }
    send()
    const nextPage = now + pageMs - ((now - since) % pageMs)
    const turns = () => !isDeepStrictEqual(draw(scene!, nextPage, since), picture)
    alarm = clock.alarm(moves(scene) ? now + stepMs : turns() ? nextPage : now + stillMs, look)
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
      if (!scene || !sameWords(scene, shown)) since = clock.now().mono
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

/** Whether a reader may go on where he is. */
function sameWords(before: Scene, after: Scene): boolean {
  return (
    before.at === after.at &&
    before.screen.title === after.screen.title &&
    before.screen.hint === after.screen.hint
  )
}

function moves({ screen, identify }: Scene): boolean {
  return screen.countdown !== undefined || identify === true
}
