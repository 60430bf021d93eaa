import { gestureKeys } from '../../../domain/gesture.ts'
import type { Key, Language } from '../../../domain/words.ts'
import type { SceneEvent } from '../scene-feed.ts'
import { Holding } from './holding.ts'
import { sendPress } from './presses.ts'
import { SceneStream } from './scene-stream.ts'
import { firstOf, listenForPresses } from './touch.ts'
import { View } from './view.ts'

/** The panel's page: shows the terminal's scenes, and tells it what was touched. */

const root = document.querySelector<HTMLElement>('.panel')!
const view = new View(root)
const holding = new Holding((sent) => void sent.then(delivered))
const means = listenForPresses(root, press, (by) => (by === undefined ? holding.endAll() : holding.end(by)))
const stream = new SceneStream(receive, () => view.showLost())
/** The language somebody is on the way to, and how many steps they may still take. */
let wanted: { language: Language; steps: number } | undefined
let present: SceneEvent | undefined

view.onSettled = moveFocus
stream.connect()

function receive(scene: SceneEvent): void {
  const changed = present?.at !== scene.at
  const turned = present !== undefined && present.language !== scene.language
  present = scene
  if (wanted && turned) {
    turn()
    return
  }
  view.show(scene)
  if (changed) moveFocus()
}

function press(button: HTMLButtonElement, by?: string): void {
  const language = button.dataset.language as Language | undefined
  if (language) {
    choose(language)
    return
  }
  const key = button.dataset.key as Key
  view.preview(key)
  // Only those two mean something when they are held.
  if (by !== undefined && gestureKeys.some((one) => one === key)) holding.begin(by, key)
  else void deliver(key)
}

/** A terminal that does not take presses is as good as away: the new connection tells. */
async function deliver(key: Key): Promise<void> {
  delivered(await sendPress(key))
}

function delivered(taken: boolean): void {
  if (taken) return
  view.showLost()
  stream.connect()
}

/** The terminal knows one key, for the next language; the languages in between are not shown. */
function choose(language: Language): void {
  const idle = wanted === undefined
  wanted = { language, steps: present?.screen.languages.length ?? 0 }
  if (idle) turn()
}

/** One step further, or arrived. */
function turn(): void {
  if (!present || !wanted) return
  if (present.language === wanted.language || wanted.steps === 0) {
    wanted = undefined
    view.show(present)
    return
  }
  wanted.steps -= 1
  const asked = wanted
  const left = wanted.steps
  void deliver('language')
  // If the terminal does not turn any further, whatever it has is shown.
  window.setTimeout(() => {
    if (wanted !== asked || asked.steps !== left) return
    wanted = undefined
    if (present) view.show(present)
  }, 1000)
}

/** A keyboard goes on where the conversation does, unless it already is at something that can be used. */
function moveFocus(): void {
  if (means() !== 'keyboard') return
  const active = document.activeElement
  const stays = active instanceof HTMLButtonElement && !active.disabled && active.getClientRects().length > 0
  const target = firstOf(root)
  if (target && (!stays || !sameGroup(active, target))) target.focus({ preventScroll: true })
  else if (!target) document.querySelector<HTMLElement>('#title')!.focus({ preventScroll: true })
}

function sameGroup(one: Element, other: Element): boolean {
  return one.parentElement === other.parentElement || one.closest('.foot') !== null
}
