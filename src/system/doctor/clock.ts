import { failed, good, type Told, warning } from './finding.ts'

/** The services that keep the time, as systemd calls them. */
export const timeServices = ['systemd-timesyncd', 'chrony', 'ntpsec'] as const

/** Whether the time of a vote will be right. */
export function judgeClock(found: {
  source: 'auto' | 'system'
  synchronised: boolean
  wall: number
  keeper: string | undefined
}): Told {
  const { source, synchronised, wall, keeper } = found
  const time = new Date(wall)
    .toISOString()
    .replace(/\.\d+Z$/, ' UTC')
    .replace('T', ' ')
  if (source === 'system') return good(`${time}, trusted as the settings say (clock.source: system)`)
  if (synchronised) return good(`${time}, synchronised${keeper ? ` by ${keeper}` : ''}`)
  if (keeper) {
    const next = `Let the network pass NTP (UDP port 123), or name the time server of the office to ${keeper}.`
    return warning(`${time}, not synchronised yet; ${keeper} is at it`, next)
  }
  return failed(
    `${time}, not synchronised, and nothing here keeps the time`,
    'Install a time service: sudo apt install systemd-timesyncd',
  )
}
