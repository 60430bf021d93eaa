import type { Display, Keys, LightsPort } from '../../ports/panel.ts'
import type { PanelContext } from '../drivers.ts'
import { type BrowserPanel, openBrowserPanel } from './browser-panel.ts'

/** The page is keys, lights and display in one; a profile may take any of them. */

export async function openBrowserKeys(_: object, context: PanelContext): Promise<Keys> {
  return (await page(context)).keys
}

export async function openBrowserLights(_: object, context: PanelContext): Promise<LightsPort> {
  return (await page(context)).lights
}

export async function openBrowserDisplay(_: object, context: PanelContext): Promise<Display> {
  return (await page(context)).display
}

function page({ share, browser, clock, log }: PanelContext): Promise<BrowserPanel> {
  return share('browser', () => openBrowserPanel({ ...browser, clock, log }))
}
