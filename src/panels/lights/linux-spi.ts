import type { LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'

export async function openSpiPixels(_own: object, _context: PanelContext): Promise<LightsPort> {
  throw new Error('to be written')
}
