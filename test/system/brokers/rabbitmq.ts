import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../contracts/free-port.ts'
import { type BrokerRig, brokerFolder, runGroup, runRecipe } from './rig.ts'

/** Beside Debian's own wrapper, which only root and the user rabbitmq may run. */
const server = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/**
 * Debian's RabbitMQ with its MQTT plugin and nothing else. Erlang's nodes find each other through a port
 * mapper: it has one of its own, so that nothing is left behind.
 */
export async function openRabbitmqRig(): Promise<BrokerRig> {
  const directory = await brokerFolder('rabbitmq')
  const [port, mapperPort, nodePort] = [await freePort(), await freePort(), await freePort()]
  const file = (name: string) => join(directory, name)
  const lines = [
    'listeners.tcp = none',
    `mqtt.listeners.tcp.default = 127.0.0.1:${port}`,
    'mqtt.allow_anonymous = true',
    // A nearly full disk blocks who publishes; here that would be the machine's business, not the test's.
    'disk_free_limit.absolute = 1MB',
    'log.file = false',
    'log.console = true',
  ]
  await writeFile(file('rabbitmq.conf'), `${lines.join('\n')}\n`)
  await writeFile(file('enabled_plugins'), '[rabbitmq_mqtt].\n')
  const mapper = runGroup({
    command: 'epmd',
    args: ['-port', String(mapperPort), '-address', '127.0.0.1'],
    directory,
  })
  const env = {
    HOME: directory,
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `faccina${port}@localhost`,
    RABBITMQ_DIST_PORT: String(nodePort),
    RABBITMQ_MNESIA_BASE: file('database'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 2:2',
  }
  const recipe = {
    name: 'rabbitmq',
    port,
    directory,
    command: server,
    args: [],
    env,
    startMs: 60_000,
  } as const
  const endMapper = { [Symbol.asyncDispose]: () => mapper.end('SIGKILL') }
  try {
    return await runRecipe({ ...recipe, args: [] }, [endMapper])
  } catch (error) {
    await endMapper[Symbol.asyncDispose]()
    throw error
  }
}
