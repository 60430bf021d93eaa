/** What the computer can say about itself. Each is absent where this computer has no such sensor. */
export interface Board {
  readonly model: string
  read(): Promise<BoardReading>
}

export interface BoardReading {
  temperatureCelsius?: number
  /** The supply has sagged below 4.63 V now (Raspberry Pi). */
  underVoltage?: boolean
  /** Free on the file system that the journal is on. */
  freeBytes?: number
}
