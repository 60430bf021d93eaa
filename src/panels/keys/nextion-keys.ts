import type { Keys } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'

export async function openNextionKeys(_own: object, _context: PanelContext): Promise<Keys> {
  throw new Error('to be written')
}
