import { readFile } from 'node:fs/promises'
import { MqttUplink } from '../broker/mqtt-uplink.ts'
import { type Clock, pause } from '../ports/clock.ts'
import { type Check, skipped } from '../ports/examiner.ts'
import type { Settings } from '../settings/index.ts'
import { openBoard } from '../system/board.ts'
import { addressOf, isThisComputer, lookAtMqtt, lookAtPort, lookAtTls } from '../system/doctor/broker.ts'
import { lookAtCertificate } from '../system/doctor/certificate.ts'
import { judgeClock, timeServices } from '../system/doctor/clock.ts'
import { judgeNode, judgeService, judgeSupply, judgeTemperature } from '../system/doctor/computer.ts'
import { judgeEndurance, readWear } from '../system/doctor/endurance.ts'
import { hasDefaultRoute, judgeNetwork, lookAtName } from '../system/doctor/network.ts'
import {
  addressesOf,
  readAccounts,
  routes,
  saidBy,
  shakeHands,
  storageLook,
  tryPort,
  upInterfaces,
} from '../system/doctor/real.ts'
import { lookAtStorage } from '../system/doctor/storage.ts'
import { type Account, terminalUser } from '../system/doctor/user.ts'
import { withOwnCertificate } from '../system/identity/own-files.ts'

/* What doctor and the commissioning look at, each on its own: composed of what the system says and what it means. */

/** How long chrony may take to say that the clock is synchronised. */
const clockMs = 2_000

/** A panel that needs root has a drop-in which says so. */
export async function whoRunsIt(signal: AbortSignal): Promise<Account> {
  const shown = await saidBy('systemctl', ['show', 'faccina', '-p', 'User'], signal)
  const [, service] = /^User=(.+)$/m.exec(shown ?? '') ?? []
  return terminalUser(await readAccounts(), service)
}

export function clockCheck(settings: Settings | undefined, clock: Clock): Check {
  return {
    name: 'clock',
    async look(signal) {
      if (!clock.now().synchronised) await untilChanged(clock, signal)
      const { wall, synchronised } = clock.now()
      return judgeClock({
        source: settings?.clock.source ?? 'auto',
        synchronised,
        wall,
        keeper: await keeperOfTime(signal),
      })
    },
  }
}

async function untilChanged(clock: Clock, signal: AbortSignal): Promise<void> {
  const changed = new AbortController()
  using _ = clock.onChange(() => changed.abort())
  await pause(clock, clockMs, AbortSignal.any([changed.signal, signal]))
}

async function keeperOfTime(signal: AbortSignal): Promise<string | undefined> {
  const said = await saidBy('systemctl', ['is-active', ...timeServices], signal)
  const states = (said ?? '').split('\n')
  return timeServices.find((_, i) => states[i] === 'active')
}

export function networkCheck(settings: Settings | undefined): Check {
  const { url } = settings?.broker ?? {}
  const needed = url !== undefined && !isThisComputer(addressOf(url).host)
  return {
    name: 'network',
    look: async () =>
      judgeNetwork({
        interfaces: await upInterfaces(),
        defaultRoute: hasDefaultRoute(...(await routes())),
        needed,
      }),
  }
}

/** Whether votes can be kept. */
export function storageCheck({ storage: { directory } }: Settings): Check {
  return {
    name: 'storage',
    look: async (signal) => lookAtStorage(directory, await whoRunsIt(signal), storageLook),
    slow: 'Exchange the card: it does not answer any more.',
  }
}

/** Each only where the one before it went well: there is one thing to mend at a time. */
export function brokerChecks(settings: Settings, clock: Clock): Check[] {
  const { broker, delivery } = withOwnCertificate(settings)
  const { url, certificate, key } = broker
  if (url === undefined)
    return [{ name: 'broker', look: async () => skipped('none is set: votes are only stored') }]
  const address = addressOf(url)
  const { wall } = clock.now()
  const uplink = new MqttUplink({
    ...broker,
    url,
    // Not the name of the terminal, whose own connection may stand.
    clientId: `${broker.clientId}-doctor`,
    acknowledgementMs: delivery.acknowledgementSeconds * 1000,
    connectMs: 4_000,
    clock,
  })
  let stuck: string | undefined
  const step = (name: string, look: Check['look']): Check => ({
    name,
    slow: 'Ask who runs the network whether the firewall lets this terminal through to the broker.',
    async look(signal) {
      if (stuck !== undefined) return skipped(`comes after ${stuck}`)
      stuck = name
      const told = await look(signal)
      if (told.result !== 'failed') stuck = undefined
      return told
    },
  })
  return [
    ...(certificate !== undefined && key !== undefined
      ? [
          {
            name: 'certificate',
            look: () => lookAtCertificate({ certificate, key }, wall, (path) => readFile(path)),
          },
        ]
      : []),
    step('name', () => lookAtName(address.host, addressesOf)),
    step('broker', (signal) => lookAtPort(address, () => tryPort(address, signal))),
    ...(address.tls
      ? [step('TLS', (signal) => lookAtTls(address, wall, () => shakeHands(address, broker, signal)))]
      : []),
    step('MQTT', (signal) =>
      lookAtMqtt(async () => {
        await using connection = await uplink.connect(undefined, signal)
        return connection.protocol
      }),
    ),
  ]
}

/** Supply, heat, and how worn the card is that the votes are on. */
export function hardwareChecks(settings: Settings | undefined): Check[] {
  const directory = settings?.storage.directory ?? '/'
  const reading = async () => (await openBoard(directory)).read()
  return [
    { name: 'endurance', look: async () => judgeEndurance(await readWear(directory)) },
    { name: 'supply', look: async () => judgeSupply(await reading()) },
    { name: 'temperature', look: async () => judgeTemperature(await reading()) },
  ]
}

export function computerChecks(): Check[] {
  const properties = 'LoadState,ActiveState,WatchdogUSec'
  return [
    { name: 'Node.js', look: async () => judgeNode(process.version) },
    {
      name: 'service',
      look: async (signal) =>
        judgeService(await saidBy('systemctl', ['show', 'faccina', '-p', properties], signal)),
    },
  ]
}
