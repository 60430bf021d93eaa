import type { Scene } from '../../src/domain/scene.ts'
import { type Face, type Key, type Reason, reasonKeys, reasons } from '../../src/domain/words.ts'
import type { Pressed } from './evidence.ts'
import { SceneWatch } from './scene-watch.ts'
import type { TerminalChild } from './terminal-child.ts'

/** What one citizen does: a face, the key that answers the question, and whether the face is pressed again. */
interface Citizen {
  face: Face
  answer?: Key
  again?: true
}

const at =
  (...wanted: Scene['at'][]) =>
  (scene: Scene) =>
    wanted.includes(scene.at)

/** Who comes after n presses: by turns one who is content, one with a reason, one who presses twice, one who skips. */
function citizen(n: number): Citizen {
  switch (n % 5) {
    case 0:
      return { face: 'satisfied' }
    case 1:
      return { face: 'dissatisfied', answer: reasonKeys[Math.floor(n / 5) % reasonKeys.length]! }
    case 2:
      return { face: 'neutral', again: true }
    default:
      return { face: 'dissatisfied', answer: 'skip' }
  }
}

/** Longer than a time can be off by its rounding: with this between them, presses are told apart. */
const apartMs = 10

/** Citizens come one after the other until there were so many, and each press is written down. */
export async function comeAndPress(
  terminal: TerminalChild,
  presses: Pressed[],
  visits: number,
): Promise<void> {
  using watch = new SceneWatch(terminal.address)
  for (let n = 0; n < visits; n++) {
    await watch.until(at('idle'))
    await visit(terminal, watch, presses, citizen(presses.length))
  }
  // The last vote is settled when its visit is over.
  await watch.until(at('idle'))
}

async function visit(
  terminal: TerminalChild,
  watch: SceneWatch,
  presses: Pressed[],
  { face, answer, again }: Citizen,
): Promise<void> {
  await noting(presses, face, async (press) => {
    const [{ at: told }] = await Promise.all([tellsOf(watch, face), terminal.press(face)])
    // The question, too, is shown only when the press is on the disk.
    if (told === 'asking') press.told = 'asked'
    if (told === 'thanking') press.told = 'thanked'
  })
  if (again) await noting(presses, face, () => terminal.press(face))
  const asked = presses.at(-1)!
  if (asked.told !== 'asked' || !answer) return
  const reason = reasonOf(answer)
  if (reason) asked.reason = reason
  const thanked = watch.until(at('thanking', 'fault'))
  const [{ at: end }] = await Promise.all([thanked, terminal.press(answer)])
  if (end === 'thanking') asked.told = 'thanked'
}

/** Writes down when a face was pressed, at the earliest and at the latest, however that ended. */
async function noting(
  presses: Pressed[],
  face: Face,
  work: (press: Pressed) => Promise<unknown>,
): Promise<void> {
  await apart(presses.at(-1)?.to ?? 0)
  const press: Pressed = { face, from: Date.now(), to: Number.POSITIVE_INFINITY, told: 'nothing' }
  presses.push(press)
  try {
    await work(press)
  } finally {
    press.to = Date.now()
  }
}

async function apart(last: number): Promise<void> {
  const left = last + apartMs - Date.now()
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
}

/**
 * What the panel has to say to the press of a face that follows: a thank-you only if that very key was lit
 * before. A press that came too late for the visit before, and too early for its own, ends with `idle`.
 */
function tellsOf(watch: SceneWatch, face: Face): Promise<Scene> {
  const { scene: before } = watch
  let lit = false
  return watch.until((scene) => {
    lit ||= scene.lights[face] === 'pressed'
    return scene !== before && (at('idle', 'fault')(scene) || (lit && at('thanking', 'asking')(scene)))
  })
}

function reasonOf(key: Key): Reason | undefined {
  return reasons[(reasonKeys as readonly Key[]).indexOf(key)]
}
