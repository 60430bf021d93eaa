import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core has to say against this page, by the rules of WCAG 2.2 AA and best practice. */
export function axeFinds(page: Page): Promise<string[]> {
  return page.evaluate(
    `${axe};axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})
      .then(({violations}) => violations.map(({id, nodes}) => id + ': ' + nodes.map(({html}) => html).join(' ')))`,
  )
}

/** Runs in the page. */
export function misplaced(): string[] {
  const found: string[] = []
  const name = (element: Element) => `${element.className} ${element.textContent?.trim()}`
  const root = document.documentElement
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push('the page scrolls')
  const shown = [
    ...document.querySelectorAll(
      '.title, .hint, .face, .label, .reason, .skip, .countdown, .languages button',
    ),
  ]
    .filter(
      (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible',
    )
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.height > 0)
  for (const { element, box } of shown) {
    if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) {
      found.push(`outside: ${name(element)}`)
    }
    const range = document.createRange()
    range.selectNodeContents(element)
    const text = element.matches('.face, .languages button, .countdown') ? box : range.getBoundingClientRect()
    if (text.left < box.left - 1 || text.right > box.right + 1) found.push(`cut: ${name(element)}`)
    if (element.matches('.reason, .skip') && text.height > box.height)
      found.push(`too high: ${name(element)}`)
    for (const text of element.matches('.face') ? [] : [...element.childNodes]) {
      for (const word of text instanceof Text ? text.data.matchAll(/[^\s-]+/g) : []) {
        range.setStart(text, word.index)
        range.setEnd(text, word.index + word[0].length)
        if (range.getClientRects().length > 1) found.push(`broken: ${word[0]}`)
      }
    }
    if (element.matches('button') && (box.width < 63.9 || box.height < 63.9))
      found.push(`small: ${name(element)}`)
  }
  for (const [i, { element: one, box: a }] of shown.entries()) {
    for (const { element: other, box: b } of shown.slice(i + 1)) {
      if (one.contains(other)) continue
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) {
        found.push(`overlap: ${name(one)} and ${name(other)}`)
      }
    }
  }
  return found
}

/** How much of the countdown's bar is left. */
export function barShare(page: Page): Promise<number> {
  return page.evaluate(() => {
    const [bar, left] = ['.countdown', '.left'].map((name) =>
      document.querySelector(name)!.getBoundingClientRect(),
    )
    return left!.width / bar!.width
  })
}

/** Waits until all that fades has faded; the countdown goes on. */
export async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const fading = document
      .getAnimations()
      .filter((animation) => !(animation.effect as KeyframeEffect).target?.matches('.left'))
    await Promise.all(fading.map((animation) => animation.finished.catch(() => {})))
  })
}
