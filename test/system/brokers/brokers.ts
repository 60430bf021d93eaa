import { openAedesRig } from './aedes.ts'
import { openMosquittoRig } from './mosquitto.ts'
import { openNatsRig } from './nats.ts'
import { openRabbitmqRig } from './rabbitmq.ts'
import type { BrokerName, BrokerRig } from './rig.ts'

/** Every broker that the house is tried on. */
export const brokerRigs: Readonly<Record<BrokerName, () => Promise<BrokerRig>>> = {
  mosquitto: openMosquittoRig,
  rabbitmq: openRabbitmqRig,
  nats: openNatsRig,
  aedes: openAedesRig,
}
