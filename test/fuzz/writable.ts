import type { Shift } from '../../src/domain/hours.ts'

/** How opening hours, addresses and times stand in a file of settings. */
export function shiftText({ from, to }: Shift): string {
  return `${time(from)}-${time(to)}`
}

function time(minutes: number): string {
  return [minutes / 60, minutes % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')
}

export function listenText({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export function hoursWritten<H extends { week: Record<string, readonly Shift[]> }>(hours: H): object {
  const week = Object.entries(hours.week).map(([day, shifts]) => [day, shifts.map(shiftText)])
  return { ...hours, week: Object.fromEntries(week) }
}
