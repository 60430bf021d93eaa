import type { IncomingMessage } from 'node:http'

/** More than a key needs. */
const maxBytes = 1024

export type Body = { is: 'text'; text: string } | { is: 'too-long'; sentence: string } | { is: 'aborted' }

/** Reads a request's body, but never more of it than is allowed. */
export function readBody(request: IncomingMessage): Promise<Body> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) return Promise.resolve(tooLong(`${announced} bytes`))
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) resolve(tooLong(`more than ${maxBytes} bytes`))
      else chunks.push(chunk)
    })
    request.on('end', () => resolve({ is: 'text', text: Buffer.concat(chunks).toString('utf8') }))
    request.on('close', () => resolve({ is: 'aborted' }))
    request.on('error', () => resolve({ is: 'aborted' }))
  })
}

function tooLong(found: string): Body {
  return { is: 'too-long', sentence: `The body has ${found}; allowed are ${maxBytes}.` }
}
