import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { freePort } from '../contracts/free-port.ts'
import { type BrokerRig, runRecipe } from './brokers/rig.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const recipe = readFileSync(join(repository, 'hardware/image/certificates.md'), 'utf8')

/** The lines of a step of hardware/image/certificates.md. */
function linesOf(step: string): string {
  const found = recipe.split(`<!-- ${step} -->`)[1]?.match(/^\s*```\w*\n([\s\S]+?)\n```/)?.[1]
  if (found === undefined) throw new Error(`no step ${step} in certificates.md`)
  return found
}

/** A municipality that did what certificates.md says, line by line, but for places and the broker's name. */
export class Municipality implements AsyncDisposable {
  readonly directory: string
  readonly port: number
  readonly authority: string
  broker: BrokerRig | undefined

  private constructor(directory: string, port: number) {
    this.directory = directory
    this.port = port
    this.authority = join(directory, 'ca')
  }

  static async open(): Promise<Municipality> {
    const directory = mkdtempSync(join(tmpdir(), 'faccina-municipality-'))
    const municipality = new Municipality(directory, await freePort())
    mkdirSync(join(directory, 'safe'))
    municipality.follow('root', 'safe')
    municipality.follow('issuing')
    execFileSync('cp', [
      join(municipality.authority, 'issuing.csr'),
      join(municipality.authority, 'openssl.cnf'),
      join(directory, 'safe'),
    ])
    municipality.follow('root signs', 'safe')
    execFileSync(
      'cp',
      ['issuing.pem', 'root.pem'].map((name) => join(directory, 'safe', name)).concat(municipality.authority),
    )
    municipality.follow('bundle')
    municipality.follow('broker')
    mkdirSync(join(municipality.authority, 'requests/terminals'))
    await municipality.#startBroker()
    return municipality
  }

  /** Runs the lines of a step; `change` may put other words for some of them. */
  follow(step: string, folder = '.', change: (lines: string) => string = (lines) => lines): string {
    const lines = change(this.#here(linesOf(step)))
    return execFileSync('bash', ['-euc', lines], {
      cwd: join(this.directory, folder),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ROOT_PASSPHRASE: 'a passphrase of the test' },
    })
  }

  /** Places, names and ports of the test. */
  #here(lines: string): string {
    return lines
      .replaceAll('/srv/faccina-ca', this.authority)
      .replaceAll('/etc/mosquitto', join(this.directory, 'mosquitto'))
      .replaceAll('/opt/faccina', repository.replace(/\/$/, ''))
      .replace('DNS:broker.comune.example', 'IP:127.0.0.1')
      .replace('listener 8883', `listener ${this.port} 127.0.0.1`)
      .replace('--broker broker.comune.example --port 8883', `--broker 127.0.0.1 --port ${this.port}`)
  }

  /** With one more than in the recipe: `eye`, who may read everything. */
  async #startBroker(): Promise<void> {
    const place = join(this.directory, 'mosquitto')
    const acl = readFileSync(join(repository, 'src/contract/access/mosquitto.acl'), 'utf8')
    writeFileSync(join(place, 'faccina.acl'), `${acl}\nuser eye\ntopic read #\n`)
    this.follow('broker', '.', (lines) => `${lines.split('client broker')[0]}client eye client`)
    const user = process.getuid?.() === 0 ? 'user root\n' : ''
    const patient = 'max_queued_messages 100000\n'
    writeFileSync(
      join(place, 'mosquitto.conf'),
      `${user}${patient}${this.#here(linesOf('mosquitto.conf'))}\n`,
    )
    this.broker = await runRecipe({
      name: 'mosquitto',
      port: this.port,
      directory: place,
      command: 'mosquitto',
      args: ['-c', join(place, 'mosquitto.conf')],
      startMs: 10_000,
    })
  }

  /** `systemctl restart mosquitto`, as the recipe says. */
  async restartBroker(): Promise<void> {
    await this.broker?.kill()
    await this.broker?.start()
  }

  get url(): string {
    return `mqtts://127.0.0.1:${this.port}`
  }

  get ca(): string {
    return join(this.authority, 'ca.pem')
  }

  /** Somebody of the municipality, by the name in their certificate. */
  who(name: string): IClientOptions {
    const file = (ending: string) => readFileSync(join(this.authority, `${name}.${ending}`))
    return { ca: readFileSync(this.ca), cert: file('pem'), key: file('key') }
  }

  connect(options: IClientOptions): Promise<MqttClient> {
    return mqtt.connectAsync(this.url, { protocolVersion: 5, reconnectPeriod: 0, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker?.[Symbol.asyncDispose]()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
