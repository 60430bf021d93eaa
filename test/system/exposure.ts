/** A way to run a unit, and how far it may be open at most: systemd-analyze's number from 0 (safe) to 10. */
export interface Exposure {
  unit: string
  dropIns: string[]
  atMost: number
}

/** The rows of the table in systemd/README.md. */
export const boards = {
  default: { unit: 'faccina.service', dropIns: [], atMost: 1.5 },
  raspi: { unit: 'faccina.service', dropIns: ['faccina.service.d/raspi-root.conf'], atMost: 2.5 },
  kiosk: { unit: 'faccina-kiosk.service', dropIns: [], atMost: 2.5 },
  card: { unit: 'faccina-card.service', dropIns: [], atMost: 1.8 },
} satisfies Record<string, Exposure>
