/** What a request is answered with. */
export interface Answer {
  status: number
  /** The media type of the body; plain text when not said. */
  type?: string
  body?: string | Uint8Array
  headers?: Record<string, string>
}

/** Sends one event to one client, as JSON. */
export type Send = (event: unknown) => void

/** One path of a server, and what is there. Of two with the same path and method the first wins. */
export type Route = { path: string } & (
  | { get: () => Answer | Promise<Answer> }
  /** Server-sent events: called for each client; what it returns is disposed when the client is gone. */
  | { stream: (send: Send) => Disposable }
  | { post: (body: string) => Answer }
)

export function methodOf(route: Route): 'GET' | 'POST' {
  return 'post' in route ? 'POST' : 'GET'
}

/** A refusal: one sentence that says what was found and what is allowed. */
export function refusal(status: number, sentence: string, headers: Record<string, string> = {}): Answer {
  return { status, body: `${sentence}\n`, headers }
}

/** An answer for programs. */
export function json(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}
