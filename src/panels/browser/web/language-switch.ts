import type { Screen } from '../../../domain/scene.ts'
import type { Language } from '../../../domain/words.ts'

/** One button for each language on offer, in its speakers' own name for it. */
export class LanguageSwitch {
  readonly #root: HTMLElement
  #offered = ''

  constructor(root: HTMLElement) {
    this.#root = root
  }

  show(languages: Screen['languages'], current: Language): void {
    this.#root.hidden = languages.length === 0
    const offered = languages.map(({ language, name }) => `${language} ${name}`).join()
    if (offered !== this.#offered) {
      this.#offered = offered
      this.#root.replaceChildren(...languages.map(({ language, name }) => languageButton(language, name)))
      this.#root.dataset.many = String(languages.length > 3)
    }
    for (const button of this.#root.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(button.lang === current))
    }
  }
}

/** Where there is no room for the name, its code stands for it. */
function languageButton(language: Language, name: string): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.lang = language
  button.dataset.language = language
  const code = document.createElement('span')
  code.className = 'code'
  code.textContent = language.toUpperCase()
  const full = document.createElement('span')
  full.className = 'name'
  full.textContent = name
  button.append(code, ' ', full)
  return button
}
