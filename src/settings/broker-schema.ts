import * as v from 'valibot'
import { about, besideSettings, fileName, text } from './kinds.ts'

/** What the descriptions say of whoever connects. */
interface Who {
  /** `terminal`. */
  name: string
  /** What becomes of it while there is no address. */
  withoutUrl: string
  url: string
  username: string
  clientId: string
  clientIdOtherwise: string
  certificateOtherwise?: string
  description: string
}

const terminal: Who = {
  name: 'terminal',
  withoutUrl: 'votes are only stored',
  url: 'The broker that the votes go to.',
  username: 'anagrafe-3',
  clientId: 'faccina-c_e506-anagrafe-3',
  clientIdOtherwise: 'faccina-{municipality}-{office}-{counter}',
  certificateOtherwise: 'the terminal’s own, once it has one: see `faccina certificate`',
  description:
    'The municipality’s MQTT broker. The terminal takes votes without it, too, and delivers them later.',
}

const collector: Who = {
  name: 'collector',
  withoutUrl: 'it must be given by --broker',
  url: 'The broker that the votes come from.',
  username: 'collector',
  clientId: 'faccina-collect-1',
  clientIdOtherwise: 'faccina-collect-{computer}',
  description: 'The municipality’s MQTT broker.',
}

const url = (who: Who) =>
  text(
    /^mqtts?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?\/?$/,
    {
      title: 'Address',
      description: `${who.url} mqtts:// is encrypted; the port is 8883 for mqtts and 1883 for mqtt unless given.`,
      words: 'mqtts://host:port or mqtt://host:port',
      example: 'mqtts://broker.comune.example:8883',
      otherwise: who.withoutUrl,
      secret: 'credentials',
    },
    (written) => {
      if (written.includes('@'))
        return 'User name and password do not belong into the address: put them under broker.username and broker.password (or broker.passwordFile).'
      if (/^(https?|wss?|tcp|ssl|tls):/i.test(written))
        return 'The terminal speaks MQTT over TCP or TLS only.'
      if (/^MQTTS?:/.test(written)) return 'Write mqtt or mqtts in lower case.'
      return /^[A-Za-z0-9.-]+(:\d+)?$/.test(written) ? 'Put mqtts:// in front of it.' : ''
    },
  )

const mqttText = /^\P{Cc}{1,256}$/u

const groupOf = (who: Who) =>
  v.strictObject({
    url: v.exactOptional(url(who)),
    username: v.exactOptional(
      text(mqttText, {
        title: 'User name',
        description: `The user name that the broker knows this ${who.name} by.`,
        words: '1 to 256 characters',
        example: who.username,
      }),
    ),
    password: v.exactOptional(
      v.pipe(
        v.string(),
        v.minLength(1),
        v.maxLength(1024),
        about({
          title: 'Password',
          description:
            'The password that goes with the user name. Put it between quotes, so that none of its signs means something else here.',
          words: '1 to 1024 characters',
          example: 'change me',
          secret: 'whole',
        }),
      ),
    ),
    passwordFile: v.exactOptional(
      fileName({
        title: 'Password file',
        description: 'A file that holds the password and nothing else, in place of broker.password.',
        example: '/etc/faccina/broker-password',
        secret: 'file',
      }),
    ),
    ca: v.exactOptional(
      fileName({
        title: 'Certificate authority',
        description:
          'PEM file with the authority that signed the broker’s certificate, if it is the municipality’s own. Only with mqtts.',
        example: '/etc/faccina/ca.pem',
        otherwise: 'the public authorities',
      }),
    ),
    certificate: v.exactOptional(
      fileName({
        title: 'Client certificate',
        description: `PEM file with the certificate of this ${who.name}. Only with mqtts, and only with broker.key.`,
        example: '/etc/faccina/terminal.pem',
        ...(who.certificateOtherwise !== undefined && { otherwise: who.certificateOtherwise }),
      }),
    ),
    key: v.exactOptional(
      fileName({
        title: 'Client key',
        description: 'PEM file with the private key of the client certificate.',
        example: '/etc/faccina/terminal.key',
        ...(who.certificateOtherwise !== undefined && { otherwise: 'the key that was made on the terminal' }),
        secret: 'file',
      }),
    ),
    clientId: v.exactOptional(
      text(mqttText, {
        title: 'Client id',
        description: `How the ${who.name} calls itself at the broker. No two clients of a broker may share one.`,
        words: '1 to 256 characters',
        example: who.clientId,
        otherwise: who.clientIdOtherwise,
      }),
    ),
    topicRoot: v.optional(
      v.pipe(
        text(
          /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/,
          {
            title: 'Topic root',
            description: 'What all topics begin with, in front of municipality, office and counter.',
            words: 'levels of A-Z, a-z, 0-9, _ and -, with / between them',
          },
          (written) => {
            if (/[+#]/.test(written)) return '+ and # are for those who subscribe.'
            return /^\/|\/$/.test(written) ? 'Leave out the / at the beginning and the end.' : ''
          },
        ),
        v.maxLength(128),
      ),
      'faccina/1',
    ),
  })

/** The same with the paths of its files in full. */
export function withPaths<T extends Broker>(broker: T, settingsFile: string): T {
  const named = (['passwordFile', 'ca', 'certificate', 'key'] as const).flatMap((key) => {
    const name = broker[key]
    return name === undefined ? [] : [[key, besideSettings(settingsFile, name)]]
  })
  return { ...broker, ...Object.fromEntries(named) }
}

type Broker = Partial<v.InferOutput<ReturnType<typeof groupOf>>>
const tlsKeys = ['ca', 'certificate', 'key'] as const

const brokerSchemaOf = (who: Who) =>
  v.pipe(
    groupOf(who),
    v.rawCheck(({ dataset, addIssue }) => {
      // Runs on what there is, even when a key of it is wrong: all problems of a file are told at once.
      const broker: Broker = dataset.value ?? {}
      for (const { key, message } of conflicts(broker)) {
        addIssue({
          message,
          path: [
            {
              type: 'object',
              origin: 'value',
              input: dataset.value as Record<string, unknown>,
              key,
              value: broker[key],
            },
          ],
        })
      }
    }),
    about({
      title: 'Broker',
      description: who.description,
      together: ['certificate', 'key'],
      notBoth: ['password', 'passwordFile'],
    }),
  )

/** The way to the municipality’s broker. */
export const brokerSchema = brokerSchemaOf(terminal)
export const collectorsBrokerSchema = brokerSchemaOf(collector)

function conflicts(broker: Broker): { key: keyof Broker; message: string }[] {
  const found: { key: keyof Broker; message: string }[] = []
  if (broker.password !== undefined && broker.passwordFile !== undefined)
    found.push({
      key: 'passwordFile',
      message: 'Give either broker.password or broker.passwordFile, not both.',
    })
  if (broker.certificate !== undefined && broker.key === undefined)
    found.push({ key: 'certificate', message: 'It only works together with broker.key, which is missing.' })
  if (broker.key !== undefined && broker.certificate === undefined)
    found.push({ key: 'key', message: 'It only works together with broker.certificate, which is missing.' })
  if (broker.url === undefined || /^mqtt:/.test(broker.url))
    for (const key of tlsKeys.filter((name) => broker[name] !== undefined))
      found.push({
        key,
        message: 'It only works with an encrypted connection: broker.url must begin with mqtts://.',
      })
  return found
}
