/** What ECharts draws, made fit for the page. Pure. */

/** Attributes of SVG that ECharts writes as styles, which the page's policy forbids. */
const presentation = new Set(['fill', 'stroke', 'opacity', 'text-anchor', 'dominant-baseline'])

/**
 * A drawing that scales with the page, has a name for screen readers, no style of its own, and no ids that
 * depend on what was drawn before.
 */
export function fitSvg(
  svg: string,
  { id, label, className }: { id: string; label: string; className: string },
): string {
  return svg
    .replace(/^<svg\b[^>]*>/, (tag) => {
      const [, width = '0', height = '0'] = /width="([\d.]+)" height="([\d.]+)"/.exec(tag) ?? []
      return `<svg xmlns="http://www.w3.org/2000/svg" class="${className}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">`
    })
    .replace(/<style\b[\s\S]*?<\/style>/g, '')
    .replace(/ class="zr[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
    .replace(/ ecmeta_[a-z_]+="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${id}-`)
}

function attributes(style: string): string {
  return style
    .split(';')
    .map((one) => one.split(':').map((part) => part.trim()))
    .filter(([name = '']) => presentation.has(name) || name.startsWith('font-'))
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('')
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
