import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { faces } from '../../domain/words.ts'
import type { Answer, Route } from '../../web/route.ts'
import { faceSvg, facesCss, logoSvg } from '../faces.ts'

/** Where the pages lie: beside this file in the source, beside the bundle in the build. */
const builtIn = fileURLToPath(new URL('./web/', import.meta.url))

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** The pages cannot be shown: the installation is not complete. */
class AssetsError extends Error {
  override name = 'AssetsError'
}

/** Everything that the pages are made of, read once. */
export interface Assets {
  /** Style sheets, scripts, fonts and drawings, each at `/assets/NAME`. */
  routes: Route[]
  /** The HTML of a page, with the faces drawn in. */
  page(name: string): Answer
}

/** Reads the built pages. Rejects with an `AssetsError` when they have not been built. */
export async function readAssets(webRoot: string = builtIn): Promise<Assets> {
  const files = await readFiles(webRoot)
  if (!files.has('panel.html') || !files.has('panel.js')) {
    throw new AssetsError(`The panel's pages are not in ${webRoot}; run "npm run build" to make them.`)
  }
  files.set('faces.css', Buffer.from(facesCss()))
  files.set('favicon.svg', Buffer.from(logoSvg()))
  const pages = new Map<string, Answer>()
  const routes: Route[] = []
  for (const [name, body] of files) {
    const type = types[extname(name)]
    if (extname(name) === '.html') pages.set(name, htmlAnswer(body))
    else if (type) routes.push({ path: `/assets/${name}`, get: assetAnswer(type, body) })
  }
  return {
    routes,
    page(name) {
      const page = pages.get(name)
      if (!page) throw new AssetsError(`There is no page ${name} in ${webRoot}.`)
      return page
    },
  }
}

async function readFiles(folder: string): Promise<Map<string, Buffer>> {
  try {
    const names = await readdir(folder)
    const wanted = names.filter((name) => extname(name) === '.html' || extname(name) in types)
    return new Map(
      await Promise.all(
        wanted.map(async (name) => [name, await readFile(`${folder}/${name}`)] as [string, Buffer]),
      ),
    )
  } catch (cause) {
    throw new AssetsError(`The panel's pages in ${folder} cannot be read.`, { cause })
  }
}

/** `<!-- face:satisfied -->` becomes the drawing, `<!-- logo -->` the sign. */
function htmlAnswer(body: Buffer): Answer {
  let html = body.toString('utf8').replaceAll('<!-- logo -->', logoSvg({ colour: '#ffffff', ink: '#0066cc' }))
  for (const face of faces) html = html.replaceAll(`<!-- face:${face} -->`, faceSvg(face))
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: html,
    headers: { 'cache-control': 'no-store' },
  }
}

/** Asked for again each time, so that an update shows at once, and sent again only when it changed. */
function assetAnswer(type: string, body: Buffer): () => Answer {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
  const answer: Answer = { status: 200, type, body, headers: { etag, 'cache-control': 'no-cache' } }
  return () => answer
}
