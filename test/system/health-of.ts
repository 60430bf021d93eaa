import type { HealthMessage } from '../../src/contract/schemas.ts'
import type { Subscriber } from './subscriber.ts'

const topic = 'faccina/1/c_e506/anagrafe/3'

/** Asks the terminal how it is now. */
export async function healthOf(subscriber: Subscriber): Promise<HealthMessage> {
  // It hears requests from its first report on.
  await subscriber.until(() => subscriber.of('3/health').length > 0)
  subscriber.take('/3/health', '/health/reply')
  await subscriber.publish(`${topic}/command/health`, '{}')
  await subscriber.until(() => subscriber.of('health/reply').length > 0)
  return subscriber.of<HealthMessage>('3/health').at(-1)!
}
