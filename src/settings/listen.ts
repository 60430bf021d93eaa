import * as v from 'valibot'
import { text } from './kinds.ts'

const port = '(\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])'

/** Address and port of a page that we serve. */
export function listen(description: string, example?: string) {
  return v.pipe(
    text(
      new RegExp(`^([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+\\]):${port}$`),
      {
        title: 'Listen on',
        description,
        words: 'host:port such as 127.0.0.1:8080 or "[::1]:8080", the port from 0 to 65535',
        ...(example !== undefined && { example }),
      },
      (written) => {
        if (/^\d{1,5}$/.test(written)) return `Write the address, too: 127.0.0.1:${written}.`
        return /:\d+$/.test(written) ? '' : 'Write the port, too, after a colon.'
      },
    ),
    v.transform((written) => {
      const colon = written.lastIndexOf(':')
      return { host: written.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(written.slice(colon + 1)) }
    }),
  )
}
