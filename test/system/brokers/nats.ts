import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../contracts/free-port.ts'
import { type BrokerRig, brokerFolder, runRecipe } from './rig.ts'

/** Debian's NATS server: its MQTT needs JetStream, where sessions, messages and what is retained live. */
export async function openNatsRig(): Promise<BrokerRig> {
  const directory = await brokerFolder('nats')
  const [port, own] = [await freePort(), await freePort()]
  const configuration = join(directory, 'nats.conf')
  const lines = [
    'host: "127.0.0.1"',
    `port: ${own}`,
    'server_name: "faccina"',
    `jetstream { store_dir: ${JSON.stringify(join(directory, 'jetstream'))} }`,
    `mqtt { host: "127.0.0.1", port: ${port} }`,
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  return runRecipe({
    name: 'nats',
    port,
    directory,
    command: 'nats-server',
    args: ['-c', configuration],
    startMs: 15_000,
  })
}
