import type { TryMessage } from '../try-routes.ts'
import { inner, isFaceName, type VoteData } from './tally.ts'

/** Rows on the page at the same time. */
const maxRows = 200

const words: Record<string, string> = {
  'waiting-time': 'waiting time',
  'staff-behaviour': 'staff behaviour',
  'must-return': 'must return',
  'negative-outcome': 'negative outcome',
  'not-asked': 'not asked',
  'timed-out': 'no answer in time',
  skipped: 'would rather not say',
  interrupted: 'interrupted',
}

/** The list of messages, newest first. */
export class Messages {
  readonly #list: HTMLElement

  constructor(list: HTMLElement) {
    this.#list = list
  }

  /** @param again the same vote had come before */
  add(message: TryMessage, vote: VoteData | undefined, again: boolean): void {
    const row = vote ? voteRow(vote, again) : otherRow(message)
    const time = row.querySelector('time')!
    time.dateTime = message.receivedAt
    time.textContent = new Date(message.receivedAt).toLocaleTimeString('en-GB')
    row.querySelector('.topic')!.textContent = message.topic + (message.retained ? '  (retained)' : '')
    const { payload } = message
    row.querySelector('pre')!.textContent =
      typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2)
    this.#list.prepend(row)
    while (this.#list.childElementCount > maxRows) this.#list.lastElementChild!.remove()
  }

  clear(): void {
    this.#list.replaceChildren()
  }
}

/** What a topic is about: its level after municipality, office and counter. */
export function kindOf(topic: string): string {
  const levels = topic.split('/')
  const command = levels.lastIndexOf('command')
  return command > 0 ? levels.slice(command).join('/') : levels.at(-1)!
}

/** The vote in a message, when it is one. */
export function voteOf(message: TryMessage): VoteData | undefined {
  if (kindOf(message.topic) !== 'vote') return undefined
  const data = inner(message.payload)
  return isFaceName(data.face) && typeof data.sequence === 'number'
    ? (data as unknown as VoteData)
    : undefined
}

function voteRow(vote: VoteData, again: boolean): HTMLElement {
  const row = copyOf('vote')
  row.dataset.face = vote.face
  row.querySelector('.mark')!.append(document.importNode(template(`mark-${vote.face}`).content, true))
  row.querySelector('b')!.textContent = vote.face
  row.querySelector('.sequence')!.textContent = `#${vote.sequence}`
  const answer = vote.outcome === 'selected' ? vote.reason : vote.outcome
  const details = [
    again ? 'received again' : '',
    answer && answer !== 'not-asked' ? (words[answer] ?? answer) : '',
    vote.corrected ? 'corrected' : '',
    vote.suppressed > 0 ? `${vote.suppressed} suppressed` : '',
  ]
  row.querySelector('.detail')!.textContent = details.filter((detail) => detail !== '').join(' · ')
  return row
}

function otherRow({ topic, payload }: TryMessage): HTMLElement {
  const row = copyOf('other')
  row.querySelector('.kind')!.textContent = kindOf(topic)
  row.querySelector('.detail')!.textContent = gist(kindOf(topic), payload)
  return row
}

/** A few words for those who do not unfold the row. */
function gist(kind: string, payload: unknown): string {
  if (typeof payload === 'string') return payload.slice(0, 60) || '(empty)'
  const data = inner(payload)
  if (kind === 'totals')
    return `${data.votes ?? '?'} ${data.votes === 1 ? 'vote' : 'votes'}, up to #${data.sequence ?? '?'}`
  if (kind === 'survey') return [data.id, data.version].filter((part) => part !== undefined).join('/')
  if (kind === 'gap' || kind === 'summary') return `#${data.from ?? '?'} to #${data.to ?? '?'}`
  const simple = Object.entries(data).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return simple
    .slice(0, 3)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ')
}

function copyOf(id: string): HTMLElement {
  return document.importNode(template(id).content, true).firstElementChild as HTMLElement
}

function template(id: string): HTMLTemplateElement {
  return document.getElementById(id) as HTMLTemplateElement
}
