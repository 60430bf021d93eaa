import { highestSequence } from '../../contract/incoming.ts'
import type { Item } from '../item.ts'

/**
 * What no schema says, but no database can hold: numbers beyond an event's room, times that there are not,
 * ranges that end before they begin. One such message must not keep a whole batch out for ever.
 * @returns what is wrong, in words; undefined where all is well
 */
export function impossible(item: Item): string | undefined {
  switch (item.is) {
    case 'vote': {
      const { time, recordedtime, data } = item.event
      const { batch } = data
      return (
        (item.event.id.includes('\0') ? 'id holds the character U+0000; allowed is text' : undefined) ??
        number('data.sequence', data.sequence) ??
        number('data.suppressed', data.suppressed) ??
        number('data.uncertaintySeconds', data.uncertaintySeconds ?? 0) ??
        number('data.batch.votes', batch?.votes ?? 0) ??
        moment('time', time) ??
        moment('recordedtime', recordedtime) ??
        (batch && (moment('data.batch.from', batch.from) ?? moment('data.batch.to', batch.to)))
      )
    }
    case 'gap':
      return range('data', item.event.data) ?? moment('time', item.event.time)
    case 'summary':
      return impossibleSummary(item.event)
    case 'totals':
      return number('sequence', item.totals.sequence)
    case 'served':
      return impossibleServed(item.served)
    default:
      return undefined
  }
}

function impossibleSummary({ time, data }: (Item & { is: 'summary' })['event']): string | undefined {
  let votes = 0
  for (const { from, to, ...counts } of data.hours) {
    votes += counts.votes
    const flat = [counts, counts.faces, counts.reasons, counts.outcomes].flatMap((part) =>
      Object.entries(part),
    )
    const wrong =
      (from === undefined ? undefined : moment('data.hours.from', from)) ??
      (to === undefined ? undefined : moment('data.hours.to', to)) ??
      first(flat, ([name, n]) => (typeof n === 'number' ? number(`data.hours.${name}`, n) : undefined))
    if (wrong) return wrong
  }
  const wrong = range('data', data) ?? moment('time', time)
  if (wrong) return wrong
  const size = data.to - data.from + 1
  if (votes > size) return `data.hours counts ${votes} votes; its range has room for ${size}`
  return first(data.lost, (lost) =>
    lost.from < data.from || lost.to > data.to
      ? `data.lost names ${lost.from} to ${lost.to}; allowed is within ${data.from} to ${data.to}`
      : range('data.lost', lost),
  )
}

function impossibleServed({ from, to, served }: (Item & { is: 'served' })['served']): string | undefined {
  const wrong = moment('from', from) ?? moment('to', to) ?? number('served', served)
  if (wrong) return wrong
  return Date.parse(from) < Date.parse(to) ? undefined : `to is ${to}; allowed is a time after from (${from})`
}

function range(where: string, { from, to }: { from: number; to: number }): string | undefined {
  const wrong = number(`${where}.from`, from) ?? number(`${where}.to`, to)
  return wrong ?? (from <= to ? undefined : `${where}.to is ${to}; allowed is ${from} (its from) or more`)
}

function number(where: string, value: number): string | undefined {
  return value <= highestSequence ? undefined : `${where} is ${value}; allowed is up to ${highestSequence}`
}

function moment(where: string, text: string): string | undefined {
  return Number.isNaN(Date.parse(text)) ? `${where} is ${text}; there is no such time` : undefined
}

function first<T>(all: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = look(one)
    if (found !== undefined) return found
  }
  return undefined
}
