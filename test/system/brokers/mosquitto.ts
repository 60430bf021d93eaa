import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../contracts/free-port.ts'
import { type BrokerRig, brokerFolder, runRecipe } from './rig.ts'

/** Debian's mosquitto; sessions and retained messages are saved at every change of either. */
export async function openMosquittoRig(): Promise<BrokerRig> {
  const directory = await brokerFolder('mosquitto')
  const port = await freePort()
  const configuration = join(directory, 'mosquitto.conf')
  const lines = [
    // Run by root it would change to a user who cannot read the folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_queued_messages 0',
    'persistence true',
    `persistence_location ${directory}/`,
    'autosave_on_changes true',
    'autosave_interval 1',
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)
  return runRecipe({
    name: 'mosquitto',
    port,
    directory,
    command: 'mosquitto',
    args: ['-c', configuration],
    startMs: 10_000,
  })
}
