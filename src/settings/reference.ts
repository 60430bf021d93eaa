import { allowed, describedSettings, type Group, type Leaf, leavesOf, nameOf } from './describe.ts'
import { yamlValue } from './yaml-value.ts'

/** Every key of the settings file, as a Markdown page. */
export function settingsReference(): string {
  const described = describedSettings()
  const groups = described.entries.filter((entry) => entry.is === 'group')
  const loose = described.entries.filter((entry) => entry.is === 'leaf')
  return [
    '# Settings',
    'Every key of the settings file. Those of the section `terminal` must be set; all others have a default that works.',
    ...groups.slice(0, 2).map(section),
    ['## Panel and survey', 'These stand on their own, outside of any section.', table(loose)].join('\n\n'),
    ...groups.slice(2).map(section),
  ]
    .join('\n\n')
    .concat('\n')
}

function section(group: Group): string {
  return [`## \`${nameOf(group)}\``, group.about.description, table(leavesOf(group))].join('\n\n')
}

function table(leaves: readonly Leaf[]): string {
  const rows = leaves.map((leaf) => [
    `\`${nameOf(leaf)}\``,
    leaf.about.description ?? leaf.about.title,
    allowed(leaf),
    defaultWords(leaf),
  ])
  const head = ['Key', 'What', 'Allowed', 'Default']
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n')
}

function defaultWords({ default: value, about, required }: Leaf): string {
  if (required) return 'must be set'
  if (about.otherwise !== undefined) return about.otherwise
  return value === undefined ? 'none' : `\`${yamlValue(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
