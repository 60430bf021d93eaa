import type { Edge } from '../../domain/press-filter.ts'
import { keys } from '../../domain/words.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Condition, Display, Keys, LightsPort, Panel } from '../../ports/panel.ts'
import type { Route } from '../../web/route.ts'
import { type Listen, openWebServer, type WebServer } from '../../web/web-server.ts'
import { type Assets, readAssets } from './assets.ts'
import { HeldKeys } from './held-keys.ts'
import { pressRoute } from './press.ts'
import { SceneFeed } from './scene-feed.ts'

export interface BrowserPanelOptions {
  listen: Listen
  clock: Clock
  log: Log
  /** More routes; one at `/` takes the panel's place there, which stays at `/panel`. */
  extra?: readonly PanelRoute[]
  /** The folder of the built pages, where it is not the usual one. */
  webRoot?: string
}

/** A panel that is a page: for the terminal's own touch screen, and for trying without hardware. */
export interface BrowserPanel extends Panel {
  /** Where the page is, with the real port, e.g. `http://127.0.0.1:8080/`. */
  readonly address: string
}

/** What the panel's server serves: routes, and HTML pages among the built assets, e.g. `try.html`. */
export type PanelRoute = Route | { path: string; page: string }

/**
 * Serves the panel. The one part of all drivers that does not open in the background: whether the address
 * can be had is known at once, and only a technician can change it.
 *
 * Rejects with a `ListenError` when the address cannot be had, or an `AssetsError` when the pages are missing.
 */
export async function openBrowserPanel(options: BrowserPanelOptions): Promise<BrowserPanel> {
  const { listen, clock, log, extra = [], webRoot } = options
  const assets = await readAssets(webRoot)
  const feed = new SceneFeed(clock)
  const listeners = new Set<(edge: Edge) => void>()
  const touches = new HeldKeys(clock, (edge) => {
    for (const listener of listeners) listener(edge)
  })
  const pages: PanelRoute[] = [
    ...extra,
    { path: '/', page: 'panel.html' },
    { path: '/panel', page: 'panel.html' },
    { path: '/panel/events', stream: (send) => feed.watch(send) },
    pressRoute((key, held) => touches.touch(key, held)),
    ...assets.routes,
  ]
  const routes = pages.map((route) => served(route, assets))
  const words = { name: 'browser panel', setting: 'browser.listen' }
  const server = await openWebServer({ listen, routes, words, clock, log })
  log.info('browser panel opened', { address: server.address })
  return new PagePanel(server, feed, listeners, touches)
}

function served(route: PanelRoute, assets: Assets): Route {
  if (!('page' in route)) return route
  return { path: route.path, get: () => assets.page(route.page) }
}

class PagePanel implements BrowserPanel {
  readonly name = 'browser'
  readonly keys: Keys
  readonly lights: LightsPort
  readonly display: Display
  readonly #server: WebServer
  readonly #touches: Disposable

  constructor(server: WebServer, feed: SceneFeed, listeners: Set<(edge: Edge) => void>, touches: Disposable) {
    this.#server = server
    this.#touches = touches
    const part = {
      condition: () => this.#condition(),
      // A server that listens goes on listening.
      onCondition: () => ({ [Symbol.dispose]: () => {} }),
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    }
    this.keys = { ...part, keys, debounceMs: 0, listen: (listener) => void listeners.add(listener) }
    this.lights = { ...part, show: (lights, scene) => feed.showLights(lights, scene) }
    this.display = { ...part, show: (scene) => feed.showScene(scene) }
  }

  get address(): string {
    return this.#server.address
  }

  /** One page is keys, lights and display in one: they are disposed together. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#touches[Symbol.dispose]()
    return this.#server[Symbol.asyncDispose]()
  }

  #condition(): Condition {
    const { problem } = this.#server
    return problem === undefined ? { is: 'good' } : { is: 'broken', problem }
  }
}
