import type { Choice, Scene, Screen } from '../../../domain/scene.ts'
import { it2009 } from '../../../domain/surveys/it-2009.ts'
import { type Face, faces, isFace, type Key, type Language, reasonKeys } from '../../../domain/words.ts'
import type { SceneEvent } from '../scene-feed.ts'
import { Countdown } from './countdown.ts'
import { LanguageSwitch } from './language-switch.ts'

/** A second tap of the same finger must not land on what has just appeared under it. */
const settleMs = 400
/** A press that nothing answers: the light goes back. */
const previewMs = 1500

/** Draws scenes. It changes what is there and never builds anew, so that lights can fade. */
export class View {
  readonly root: HTMLElement
  readonly #countdown: Countdown
  readonly #languages: LanguageSwitch
  readonly #labels = new Map<string, string>()
  #scene: Scene | undefined
  #settled = true
  #settling: number | undefined
  #preview: number | undefined

  constructor(root: HTMLElement) {
    this.root = root
    this.#countdown = new Countdown(this.#find('.countdown'))
    this.#languages = new LanguageSwitch(this.#find('.languages'))
  }

  /** The scene as the terminal sent it. */
  show(scene: SceneEvent): void {
    this.#draw(scene)
    const { countdown } = scene.screen
    if (countdown) this.#countdown.run(countdown.until - scene.now, countdown.totalMs)
    else this.#countdown.hide()
  }

  /** The terminal does not answer: out of service, in the language that was shown last. */
  showLost(): void {
    const language = this.#scene?.language ?? it2009Language(document.documentElement.lang)
    const { outOfService, outOfServiceHint } = it2009.texts[language]
    this.#countdown.hide()
    this.#draw({
      at: 'fault',
      language,
      lights: { satisfied: 'off', neutral: 'off', dissatisfied: 'off' },
      screen: { title: outOfService, hint: outOfServiceHint, choices: [], languages: [] },
    })
    this.root.dataset.at = 'lost'
  }

  /** Answers the finger at once; the terminal's next scene has the last word. */
  preview(key: Key): void {
    const scene = this.#scene
    if (scene?.at === 'idle' && isFace(key)) {
      for (const face of faces) this.#button(face).dataset.light = face === key ? 'pressed' : 'resting'
    }
    if (scene?.at === 'asking' && !isFace(key) && key !== 'language') {
      this.root.dataset.answered = ''
      this.#button(key).dataset.chosen = ''
    }
    window.clearTimeout(this.#preview)
    this.#preview = window.setTimeout(() => {
      if (this.#scene === scene && scene) this.#draw(scene)
    }, previewMs)
  }

  #draw(scene: Scene): void {
    const before = this.#scene
    this.#scene = scene
    const layout = layoutOf(scene, this.root.dataset.layout)
    if (layout === 'reasons' && this.root.dataset.layout !== 'reasons') this.#settle()
    this.root.dataset.at = scene.at
    this.root.dataset.layout = layout
    this.root.toggleAttribute('data-identify', scene.identify === true)
    this.root.toggleAttribute('data-notice', scene.notice === true)
    document.documentElement.lang = scene.language
    setWords(this.#find('.title'), scene.screen.title)
    setText(this.#find('.hint'), scene.screen.hint ?? '')
    this.#drawFaces(scene)
    this.#drawReasons(scene, layout)
    this.#languages.show(scene.screen.languages, scene.language)
    if (before?.at !== scene.at || before?.language !== scene.language) this.#announce(scene.screen)
  }

  #drawFaces({ lights, screen, language }: Scene): void {
    for (const face of faces) {
      const button = this.#button(face)
      const label = screen.choices.find((choice) => choice.key === face)?.label
      if (label) this.#labels.set(`${language} ${face}`, label)
      button.dataset.light = lights[face]
      button.disabled = lights[face] === 'off'
      setText(button.querySelector('.label')!, label ?? '')
      // Without its label to read, a face still has to have a name.
      setAttribute(button, 'aria-label', label ? undefined : this.#faceName(language, face))
    }
  }

  #faceName(language: Language, face: Face): string {
    return this.#labels.get(`${language} ${face}`) ?? it2009.texts[language].faces[face]
  }

  #drawReasons({ at, screen }: Scene, layout: Layout): void {
    const reasons = this.#find('.reasons')
    const skip = this.#button('skip')
    reasons.hidden = skip.hidden = layout !== 'reasons'
    this.root.toggleAttribute('data-answered', at !== 'asking')
    const { steering } = screen
    this.root.toggleAttribute('data-steering', layout === 'reasons' && steering !== undefined)
    if (at === 'asking') {
      const taken =
        steering && [...screen.choices, ...(screen.skip ? [screen.skip] : [])][steering.chosen]?.key
      for (const key of reasonKeys)
        this.#drawChoice(
          key,
          screen.choices.find((choice) => choice.key === key),
          taken,
        )
      this.#drawChoice('skip', screen.skip, taken)
    }
    // While the answer is written, the reasons stay to be seen, and take no more.
    for (const key of [...reasonKeys, 'skip'] as const) {
      this.#button(key).disabled = at !== 'asking' || !this.#settled
    }
  }

  /** @param taken the key of the one that would be taken now, where the faces of the panel steer */
  #drawChoice(key: Key, choice: Choice | undefined, taken: Key | undefined): void {
    const button = this.#button(key)
    button.hidden = !choice
    if (key === taken) button.dataset.chosen = ''
    else delete button.dataset.chosen
    setText(button, choice?.label ?? '')
  }

  #settle(): void {
    this.#settled = false
    window.clearTimeout(this.#settling)
    this.#settling = window.setTimeout(() => {
      this.#settled = true
      if (this.#scene) this.#drawReasons(this.#scene, this.root.dataset.layout as Layout)
      this.onSettled()
    }, settleMs)
  }

  /** Called when new buttons can be used. */
  onSettled: () => void = () => {}

  #announce({ title, hint }: Screen): void {
    setText(this.#find('[role=status]'), hint ? `${title} ${hint}` : title)
  }

  #button(key: Key): HTMLButtonElement {
    return this.#find(`[data-key="${key}"]`) as HTMLButtonElement
  }

  #find(selector: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(selector)!
  }
}

type Layout = 'faces' | 'reasons'

/** While an answer is being written, what was asked stays on the screen. */
function layoutOf({ at, screen }: Scene, before: string | undefined): Layout {
  if (at === 'asking') return 'reasons'
  return at === 'recording' && screen.choices.length === 0 && !screen.hint && before === 'reasons'
    ? 'reasons'
    : 'faces'
}

function it2009Language(tag: string): Language {
  return tag in it2009.texts ? (tag as Language) : 'it'
}

function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** As `setText`, but a line never ends inside a word, not even at its hyphen. */
function setWords(element: Element, text: string): void {
  if (element.textContent === text) return
  const parts = text.split(/(\S+-\S+)/).map((part) => {
    if (!part.includes('-')) return part
    const whole = document.createElement('span')
    whole.className = 'whole'
    whole.textContent = part
    return whole
  })
  element.replaceChildren(...parts)
}

function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
