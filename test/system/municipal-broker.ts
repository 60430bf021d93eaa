import { freePort } from '../contracts/free-port.ts'
import { type Mosquitto, openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'

/**
 * A broker that knows its subscriber, so that it keeps for it what comes while it is away: whether the
 * terminal or the subscriber is the first to come back is then all one.
 */
export async function municipalBroker(
  directory: string,
  more: string[] = [],
): Promise<{ port: number; start: () => Promise<Mosquitto> }> {
  const port = await freePort()
  const settings = ['allow_anonymous true', 'persistence true', `persistence_location ${directory}/`, ...more]
  const start = () => openMosquitto(settings, {}, port)
  {
    await using _broker = await start()
    await using _subscriber = await Subscriber.open(port)
  }
  return { port, start }
}
