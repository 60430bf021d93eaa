/** Whoever started the terminal and wants to know how it is: under systemd, sd_notify(3). */
export interface Supervisor {
  /** The longest time that it lets pass without hearing `alive`; absent where nobody restarts us. */
  readonly watchdogMs?: number
  /** Passes it on. Does not wait, and never fails. */
  tell(notice: Notice): void
}

export interface Notice {
  /** The service has started, be it in a good state or a bad one. */
  ready?: true
  /** All is well: not yet to be restarted. */
  alive?: true
  stopping?: true
  /** One line in plain words, for people. */
  status?: string
}
