/** Which way the panel was used last; the focus is only moved for those who see it. */
export type Means = 'touch' | 'keyboard'

/**
 * Turns touches, clicks and keystrokes into presses. A finger counts when it lands, not when it leaves;
 * the click that the browser makes of the same touch does not count again.
 * @param press `by` names the finger or the key of the keyboard, where it can be told when it leaves
 * @param release that one has left; without a name all have
 */
export function listenForPresses(
  root: HTMLElement,
  press: (button: HTMLButtonElement, by?: string) => void,
  release: (by?: string) => void = () => {},
): () => Means {
  let means: Means = 'touch'
  let touched: HTMLButtonElement | undefined
  root.addEventListener('pointerdown', (event) => {
    means = 'touch'
    const button = buttonOf(event)
    touched = button
    if (button && event.button === 0) press(button, fingerOf(event))
  })
  for (const name of ['pointerup', 'pointercancel'] as const)
    window.addEventListener(name, (event) => release(fingerOf(event)))
  document.addEventListener('keyup', (event) => release(event.key))
  window.addEventListener('blur', () => release())
  // A screen reader clicks without touching.
  root.addEventListener('click', (event) => {
    const button = buttonOf(event)
    if (button && button !== touched) press(button)
    touched = undefined
  })
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    means = 'keyboard'
    touched = undefined
    // A key that is held would click again and again.
    if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault()
    if (event.repeat) return
    if (event.key.startsWith('Arrow')) return moveFocus(root, event)
    const button = shortcut(root, event.key)
    if (button) press(button, event.key)
  })
  keepStill()
  return () => means
}

function fingerOf({ pointerId }: PointerEvent): string {
  return `pointer ${pointerId}`
}

/** 1, 2, 3 are the faces, or 1 to 4 the reasons while they are asked; Escape skips, L changes the language. */
function shortcut(root: HTMLElement, key: string): HTMLButtonElement | undefined {
  const find = (selector: string) =>
    [...root.querySelectorAll<HTMLButtonElement>(selector)].filter((button) => usable(button))
  if (key === 'Escape') return find('.skip')[0]
  if (key === 'l' || key === 'L') {
    const buttons = find('.languages button')
    const current = buttons.findIndex((button) => button.getAttribute('aria-pressed') === 'true')
    return buttons[(current + 1) % buttons.length]
  }
  if (!/^[1-4]$/.test(key)) return undefined
  const name =
    root.dataset.layout === 'reasons'
      ? `reason-${key}`
      : ['', 'satisfied', 'neutral', 'dissatisfied'][Number(key)]
  return find(`[data-key="${name}"]`)[0]
}

/** Right and down go on among the buttons that can be used, left and up go back. */
function moveFocus(root: HTMLElement, event: KeyboardEvent): void {
  const buttons = [...root.querySelectorAll<HTMLButtonElement>('button')].filter(usable)
  if (buttons.length === 0) return
  event.preventDefault()
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
  const back = event.key === 'ArrowLeft' || event.key === 'ArrowUp'
  const next = at < 0 ? firstOf(root) : buttons[(at + (back ? -1 : 1) + buttons.length) % buttons.length]
  next?.focus()
}

/** Where a keyboard starts in what is shown. */
export function firstOf(root: HTMLElement): HTMLButtonElement | undefined {
  const group = root.dataset.layout === 'reasons' ? '.reasons' : '.faces'
  return [...root.querySelectorAll<HTMLButtonElement>(`${group} button`)].find(usable)
}

function usable(button: HTMLButtonElement): boolean {
  return !button.disabled && button.getClientRects().length > 0
}

function buttonOf(event: Event): HTMLButtonElement | undefined {
  const button = event.target instanceof Element ? event.target.closest('button') : null
  return button && !button.disabled ? button : undefined
}

/** A thing has no context menu, no zoom and nothing to drag. */
function keepStill(): void {
  const stop = (event: Event) => event.preventDefault()
  for (const name of ['contextmenu', 'dragstart', 'selectstart', 'gesturestart', 'dblclick']) {
    document.addEventListener(name, stop)
  }
  document.addEventListener('wheel', (event) => event.ctrlKey && event.preventDefault(), { passive: false })
}
