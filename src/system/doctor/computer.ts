import type { BoardReading } from '../../ports/board.ts'
import { failed, good, skipped, type Told, warning } from './finding.ts'

/** Whether the supply is strong enough. */
export function judgeSupply({ underVoltage }: BoardReading): Told {
  if (underVoltage === undefined) return skipped('this computer does not measure it')
  if (!underVoltage) return good('no under-voltage')
  return failed('under-voltage: less than 4.63 V', 'Take the original power supply and a short, thick cable.')
}

/** From 80 °C on a Pi slows down (Raspberry Pi documentation, "Frequency management and thermal control"). */
const hotCelsius = 80

export function judgeTemperature({ temperatureCelsius: celsius }: BoardReading): Told {
  if (celsius === undefined) return skipped('this computer does not measure it')
  const found = `${celsius.toFixed(0)} °C`
  return celsius < hotCelsius
    ? good(found)
    : warning(`${found}: it slows down`, 'Give the case air, or a heat sink, and keep it out of the sun.')
}

const leastNode = 20

export function judgeNode(version: string): Told {
  const major = Number(/^v(\d+)/.exec(version)?.[1])
  if (major >= leastNode) return good(`Node.js ${version}`)
  return failed(
    `Node.js ${version}; at least ${leastNode} is needed`,
    'Install a newer one: sudo apt install nodejs',
  )
}

/**
 * The service, as `systemctl show` tells of it.
 * @param shown lines of `LoadState=`, `ActiveState=`, `WatchdogUSec=`; undefined where there is no systemd
 */
export function judgeService(shown: string | undefined): Told {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown ?? '')?.[1] ?? ''
  const load = value('LoadState')
  if (load === '') return skipped('there is no systemd here')
  if (load === 'not-found') return skipped('no service “faccina” is installed')
  if (load === 'masked') return failed('the service is masked', 'Run: sudo systemctl unmask faccina')
  const active = value('ActiveState')
  if (active === 'failed')
    return failed('the service has failed', 'Read what it said last: journalctl -u faccina -n 50')
  if (active !== 'active')
    return warning(`the service is ${active}`, 'Start it: sudo systemctl start faccina')
  const watchdog = value('WatchdogUSec')
  if (/^(0|infinity|)$/.test(watchdog))
    return warning(
      'running, without a watchdog',
      'Install the unit that comes with Faccina again: it has WatchdogSec.',
    )
  return good(`running, with a watchdog of ${watchdog}`)
}
