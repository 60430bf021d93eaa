import type { Display, Keys, LightsPort, Panel } from '../ports/panel.ts'
import type { Driver, PanelContext } from './drivers.ts'
import type { Profile } from './profile/profile.ts'
import { displayDrivers, keysDrivers, lightsDrivers } from './table.ts'

export type PanelOptions = Omit<PanelContext, 'share'>

/** Opens the three parts of a panel. Rejects only where a browser's address cannot be had. */
export async function openPanel(profile: Profile, options: PanelOptions): Promise<Panel> {
  const shared = new Shared()
  const context: PanelContext = { ...options, share: (name, open) => shared.get(name, open) }
  const parts: AsyncDisposable[] = []
  const dispose = async () => {
    await Promise.allSettled(parts.map((part) => part[Symbol.asyncDispose]()))
    await shared[Symbol.asyncDispose]()
  }
  try {
    const part = async <Part extends AsyncDisposable>(drivers: AnyDrivers<Part>, own: { driver: string }) => {
      const { driver, ...said } = own
      const opened = await drivers[driver]!.open(said, context)
      parts.push(opened)
      return opened
    }
    const keys = await part<Keys>(keysDrivers as AnyDrivers<Keys>, profile.keys)
    const lights = await part<LightsPort>(lightsDrivers as AnyDrivers<LightsPort>, profile.lights)
    const display = await part<Display>(displayDrivers as AnyDrivers<Display>, profile.display)
    return { name: profile.name, keys, lights, display, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the profile was checked by the schema of the same driver
type AnyDrivers<Part> = Record<string, Driver<any, Part>>

/** What several parts use, opened once and disposed of behind them. */
class Shared implements AsyncDisposable {
  readonly #opened = new Map<string, Promise<AsyncDisposable>>()

  get<T extends AsyncDisposable>(name: string, open: () => T | Promise<T>): Promise<T> {
    const known = this.#opened.get(name) as Promise<T> | undefined
    if (known) return known
    const opening = Promise.resolve().then(open)
    this.#opened.set(name, opening)
    return opening
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = await Promise.allSettled([...this.#opened.values()])
    const opened = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    await Promise.allSettled(opened.map((one) => one[Symbol.asyncDispose]()))
  }
}
