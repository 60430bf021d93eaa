import { isIP } from 'node:net'
import { codeOf, failed, good, type Told, warning } from './finding.ts'

export interface NetworkFacts {
  /** Interfaces that are up, with an address, and no loopback. */
  interfaces: readonly string[]
  /** Whether there is a way out: /proc/net/route, /proc/net/ipv6_route. */
  defaultRoute: boolean
  /** Whether the broker is on this very computer, or there is none. */
  needed: boolean
}

/** Whether there is a network at all. */
export function judgeNetwork({ interfaces, defaultRoute, needed }: NetworkFacts): Told {
  const bad = needed ? failed : warning
  if (interfaces.length === 0) {
    return bad('no interface has an address', 'Plug in the network cable, or set up the Wi-Fi.')
  }
  const found = interfaces.join(', ')
  if (defaultRoute) return good(`${found}, with a way out`)
  return bad(
    `${found}, but no way out (no default route)`,
    'Ask who runs the network for the address of the gateway, or whether DHCP gives one here.',
  )
}

/** @param route /proc/net/route  @param route6 /proc/net/ipv6_route */
export function hasDefaultRoute(route: string, route6: string): boolean {
  const up = 1
  const four = route.split('\n').some((line) => {
    const [, destination, , flags = '', , , , mask] = line.split(/\s+/)
    return destination === '00000000' && mask === '00000000' && (Number.parseInt(flags, 16) & up) !== 0
  })
  return (
    four ||
    route6.split('\n').some((line) => {
      const [destination = '', length, , , , , , , , device] = line.trim().split(/\s+/)
      return /^0{32}$/.test(destination) && length === '00' && device !== 'lo'
    })
  )
}

/** The interfaces that routes lead to, but for the loopback; parameters as above. */
export function interfacesIn(route: string, route6: string): string[] {
  const four = route.split('\n').slice(1)
  const names = [
    ...four.map((line) => line.split(/\s+/)[0] ?? ''),
    ...route6.split('\n').map((line) => line.trim().split(/\s+/)[9] ?? ''),
  ]
  return [...new Set(names.filter((name) => name !== '' && name !== 'lo'))]
}

/** Whether the name of the broker means something here. */
export async function lookAtName(host: string, resolve: (host: string) => Promise<string[]>): Promise<Told> {
  if (isIP(host) !== 0) return good(`${host} is an address; no name has to be known`)
  try {
    return good(`${host} is ${(await resolve(host)).join(', ')}`)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EAI_AGAIN')
      return failed(
        `the name server does not answer for ${host}`,
        'Ask who runs the network for the name server, and whether it may be asked from here.',
      )
    return failed(
      `the name ${host} is not known (${code})`,
      'Correct the name in broker.url, or have it entered into the name server.',
    )
  }
}
