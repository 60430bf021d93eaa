/** The way to the municipality's broker. The terminal does not need it to take votes. */
export interface Uplink {
  /**
   * One attempt. Rejects with an `UplinkError`.
   * @param will published by the broker when this connection dies without saying goodbye
   */
  connect(will: Message | undefined, signal: AbortSignal): Promise<Connection>
}

/** One connection, from its CONNACK to its end; it is never revived, a new one takes its place. */
export interface Connection extends AsyncDisposable {
  readonly protocol: '5' | '3.1.1'
  /** Resolves when the broker has acknowledged; rejects when it refused, did not answer in time, or is gone. */
  publish(message: Message): Promise<Acknowledgement>
  /**
   * Resolves when the broker has granted it, with what ends it again; what is retained may come before that.
   * The broker gets its acknowledgement, and we read on, when what `receive` returns has resolved.
   */
  subscribe(filter: string, receive: (message: Incoming) => void | Promise<void>): Promise<AsyncDisposable>
  /** Resolves at the end of the connection, with the reason unless we ended it. */
  readonly closed: Promise<UplinkError | undefined>
}

export interface Message {
  topic: string
  payload: string
  retain: boolean
  /** MQTT 5: what the payload is; `application/json` unless given. */
  contentType?: string
  /** MQTT 5: the broker forgets a retained message after this. */
  expirySeconds?: number
  /** MQTT 5: what the asker of a command wants to see in the answer. */
  correlationData?: Uint8Array
  /** MQTT 5: names and values for whoever looks at them; MQTT 3.1.1 has no place for them. */
  properties?: Record<string, string>
}

export interface Incoming {
  topic: string
  payload: Uint8Array
  retained: boolean
  responseTopic?: string
  correlationData?: Uint8Array
  properties?: Record<string, string>
}

export interface Acknowledgement {
  /** False when the broker says that nobody has subscribed to the topic (MQTT 5, reason 16). */
  heard: boolean
}

/** What kept us from the broker, in words for the technician. */
export class UplinkError extends Error {
  override name = 'UplinkError'
  /** `refused` is a decision of the broker (credentials, rights) that trying again will not change soon. */
  readonly kind: 'unreachable' | 'refused' | 'lost' | 'timeout'

  constructor(kind: UplinkError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
