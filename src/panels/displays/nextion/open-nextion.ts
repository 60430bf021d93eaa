import type { Display } from '../../../ports/panel.ts'
import type { PanelContext } from '../../drivers.ts'

export async function openNextionDisplay(_own: object, _context: PanelContext): Promise<Display> {
  throw new Error('to be written')
}
