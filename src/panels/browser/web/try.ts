import { faces } from '../../../domain/words.ts'
import type { TryInfo, TryMessage } from '../try-routes.ts'
import { kindOf, Messages, voteOf } from './messages.ts'
import { Tally } from './tally.ts'

/** The page of `faccina try`: the panel in its housing, and what the broker received beside it. */

const find = (selector: string) => document.querySelector<HTMLElement>(selector)!
const frame = document.querySelector('iframe')!
const messages = new Messages(find('.messages'))
let tally = new Tally()

void showInfo()
follow()
fitPanel()
passKeysOn()
find('.copy').addEventListener('click', copyCommand)

async function showInfo(): Promise<void> {
  const response = await fetch('/try/info')
  if (!response.ok) return
  const info: TryInfo = await response.json()
  for (const name of ['broker', 'subscribe', 'journal'] as const) {
    for (const element of document.querySelectorAll(`[data-info="${name}"]`)) element.textContent = info[name]
  }
}

/** Each connection begins with the latest messages, so the page begins anew with each. */
function follow(): void {
  const source = new EventSource('/try/events')
  source.onopen = () => {
    messages.clear()
    tally = new Tally()
    showFigures()
    showLink('live', 'Live')
  }
  source.onmessage = (event) => receive(JSON.parse(event.data))
  source.onerror = () => {
    source.close()
    showLink('lost', 'Faccina has stopped. Waiting for it …')
    window.setTimeout(follow, 1000)
  }
}

function receive(message: TryMessage): void {
  const vote = voteOf(message)
  const again = vote !== undefined && !tally.addVote(vote)
  messages.add(message, vote, again)
  if (kindOf(message.topic) === 'totals') tally.setTotals(message.payload)
  showFigures()
}

function showFigures(): void {
  for (const face of faces) find(`.tally [data-face="${face}"] b`).textContent = String(tally.count(face))
  const { complete, sentence } = tally.proof()
  const proof = find('.proof')
  proof.dataset.complete = complete
  if (proof.textContent !== sentence) proof.textContent = sentence
  find('.empty').hidden = find('.messages').childElementCount > 0
}

function showLink(state: 'live' | 'lost', text: string): void {
  find('.link').dataset.state = state
  find('[data-info="link"]').textContent = text
}

/** The panel keeps its 800 by 480, and is made smaller as a picture of itself. */
function fitPanel(): void {
  const screen = find('.screen')
  const fit = () => screen.style.setProperty('--scale', String(screen.clientWidth / 800))
  new ResizeObserver(fit).observe(screen)
  fit()
}

/** Who has clicked beside the panel still means it with 1, 2 and 3. */
function passKeysOn(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    if (!/^([1-4]|l|Escape)$/i.test(event.key)) return
    frame.contentDocument?.dispatchEvent(new KeyboardEvent('keydown', { key: event.key }))
  })
}

async function copyCommand(): Promise<void> {
  const button = find('.copy')
  const command = find('[data-info="subscribe"]')
  try {
    await navigator.clipboard.writeText(command.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    // Where the clipboard is not ours, the text is marked for the keyboard.
    window.getSelection()?.selectAllChildren(command)
    button.textContent = 'Press Ctrl+C'
  }
  window.setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}
