import type { Profile } from '../profile/profile.ts'
import { measured } from './band.ts'
import { systemNeeds } from './config-lines.ts'
import { plateSvg, plates } from './front-plate.ts'
import { partsOf } from './parts-list.ts'
import { wiringSvg } from './picture.ts'
import { plan } from './plan.ts'
import { connections } from './table-rows.ts'

/** The committed files that are made as a whole, by their path in the repository. */
export function wiringFiles(profiles: readonly Profile[]): Record<string, string> {
  return Object.fromEntries([
    ...profiles.map((profile) => [`hardware/wiring/${profile.name}.svg`, wiringSvg(profile)]),
    ...plates.map((plate) => [`hardware/front-plate/${plate.name}.svg`, plateSvg(plate)]),
  ])
}

/** The made parts of pages that people write, by path and by the name of the part. */
export function wiringSections(profiles: readonly Profile[]): Record<string, Record<string, string>> {
  return {
    'hardware/README.md': { panels: profiles.map(wiringSection).join('\n') },
    'hardware/bill-of-materials.md': { parts: profiles.map(partsSection).join('\n') },
    'hardware/assembly.md': { system: profiles.map(systemSection).join('\n') },
  }
}

/**
 * A page with one of its parts renewed: what stands between `<!-- NAME: made -->` and `<!-- NAME: end -->`.
 * Throws where the page has no such part.
 */
export function withSection(page: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}: made -->\n`, `<!-- ${name}: end -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no part ${name}`)
  return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`
}

function wiringSection(profile: Profile): string {
  const rows = connections(plan(profile).map(measured)).map(({ from, name, wire, to }) =>
    [from, name, wire, to.replace(', second', '')].map((cell) => cell.replace(', second', '')),
  )
  return [
    `### ${profile.name}`,
    '',
    `${profile.title}. Profile: [\`${profile.name}.yaml\`](panels/${profile.name}.yaml).`,
    '',
    `[![Wiring of ${profile.name}](wiring/${profile.name}.svg)](wiring/${profile.name}.svg)`,
    '',
    '<details><summary>All connections</summary>',
    '',
    table(['from', 'is', 'wire', 'to'], rows),
    '',
    '</details>',
    '',
  ].join('\n')
}

function partsSection(profile: Profile): string {
  const rows = partsOf(profile).map(({ count, name, rating }) => [`${count}`, name, rating])
  return [`### ${profile.name}`, '', `${profile.title}.`, '', table(['', 'part', 'rating'], rows), ''].join(
    '\n',
  )
}

function systemSection(profile: Profile): string {
  const { config, groups, root, also } = systemNeeds(profile)
  const user = root
    ? 'Runs as root.'
    : groups.length > 0
      ? `Groups of its user: ${groups.map((group) => `\`${group}\``).join(', ')}.`
      : 'Its user needs no group.'
  return [
    `### ${profile.name}`,
    '',
    ...(config.length > 0 ? ['```ini', ...config, '```', ''] : ['Nothing in `config.txt`.', '']),
    [user, ...also].join(' '),
    '',
  ].join('\n')
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}
