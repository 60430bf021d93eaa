import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Face } from '../../../domain/words.ts'
import { about } from '../notes.ts'
import type { Report } from '../report.ts'
import type { ReportLanguage } from '../texts/texts.ts'
import { Words } from '../words.ts'
import { Drawings } from './drawings.ts'
import { sections } from './sections.ts'
import { escapeHtml } from './svg.ts'

/** The report as one HTML file that needs nothing else: no script, no font or picture from elsewhere. */

export interface HtmlOptions {
  language: ReportLanguage
  /** Our drawing of a face, as an SVG element that is decoration. */
  face: (face: Face) => string
  /** The page's style sheet; without it, the built one beside this program. */
  style?: string
  /** What a page that is kept up to date has in addition. */
  live?: LiveParts
}

export interface LiveParts {
  /** Links to the same page of other periods. */
  navigation: string
  /** HTML of the terminals' health, and of what must be looked at; put in as they are. */
  health: string
  alerts: string
  /** Script that keeps the page up to date; it may ask its own server only. */
  script: string
}

/** Rejects if the style sheet or the charts are not in the installation. */
export async function renderHtml(report: Report, options: HtmlOptions): Promise<string> {
  const { language, face, live } = options
  const words = new Words(language)
  const style = options.style ?? (await readStyle())
  const drawings = new Drawings(await import('./charts.ts'), words)
  const { texts } = words
  const subject = about(report, words)
  const title = `${texts.title} · ${subject}`
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy(style, live?.script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#content">${escapeHtml(texts.skip)}</a>
<header><div class="inner"><p class="brand">${face('satisfied')} Faccina</p>
<h1>${escapeHtml(texts.title)}</h1>
<p class="about">${escapeHtml(subject)}</p>${live?.navigation ?? ''}</div></header>
<main id="content" tabindex="-1">
${live ? liveSections(live, words) : ''}
${sections({ report, words, drawings, face }).join('\n')}
</main>
<footer><p class="inner">${escapeHtml(texts.made(words.moment(report.made, report.period.timeZone)))} · ${escapeHtml(report.period.timeZone)}</p></footer>
${live ? `<script>${live.script}</script>\n` : ''}</body>
</html>
`
}

function liveSections({ health, alerts }: LiveParts, { texts }: Words): string {
  const part = (id: string, title: string, content: string) =>
    `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>${content}</section>`
  return `${part('alerts', texts.live.alerts, alerts)}\n${part('health', texts.live.health, health)}`
}

/** Nothing but the page's own style, fonts that are in it, and the script of a live page. */
function policy(style: string, script: string | undefined): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return [
    `default-src 'none'`,
    `style-src ${hash(style)}`,
    'font-src data:',
    ...(script === undefined ? [] : [`script-src ${hash(script)}`, `connect-src 'self'`]),
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
}

/** Beside the bundle with its fonts in it; in the source without them. */
function readStyle(): Promise<string> {
  return readFile(new URL('./report.css', import.meta.url), 'utf8')
}
