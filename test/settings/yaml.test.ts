import t from 'tap'
import { formatProblem, parseSettings } from '../../src/settings/index.ts'
import { smallest } from './files.ts'

const said = (text: string): string[] => {
  const parsed = parseSettings(text, 'f')
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

const start = 'Begin with what `faccina settings example` prints.'
const sections = `allowed here: sections such as terminal. ${start}`
const indent = 'Keys of one section begin below each other, two spaces further in than its name.'
const quotes = 'Put a value that has one of : # [ ] { } & * ! | > @ ` % in it between quotes.'
const colon = 'Write key: value, with a space after the colon.'
const bomb =
  'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n'

const files: [string, string, string][] = [
  ['an empty file', '', `f: found no settings; ${sections}`],
  ['only comments', '# later\n', `f: found no settings; ${sections}`],
  ['a list', '- terminal\n', `f:1: found a list; ${sections}`],
  ['a text', 'hello\n', `f:1: found a text; ${sections}`],
  ['a tab', `${smallest}log:\n\tlevel: info\n`, 'f:6: found a tab. Indent with spaces.'],
  [
    'an open bracket',
    `${smallest}languages: [it\nlog:\n`,
    `f:6: found a line that is indented wrongly, or a bracket that is not closed. ${indent}`,
  ],
  [
    'an open quote',
    'a: "b\n',
    'f:1: found a quote that is opened and not closed. Put the same sign behind the value; of a value with a quote in it double that one.',
  ],
  [
    'a key without a colon',
    `${smallest}log\n`,
    `f:5: found a sign missing: a colon with a space after it, or the end of a quoted text. ${colon}`,
  ],
  [
    'a wrong indentation',
    'terminal:\n  office: a\n counter: 3\n',
    `f:3: found a line that is indented wrongly, or a bracket that is not closed. ${indent}`,
  ],
  [
    'another wrong indentation',
    'terminal:\n  office: a\n   counter: 3\n',
    `f:2: found a second key within a value. ${indent} ${quotes}`,
  ],
  [
    'a key twice',
    `${smallest}log: {}\nlog: {}\n`,
    'f:6: log: found the same key a second time. Keep one of the two.',
  ],
  ['two documents', `${smallest}---\n${smallest}`, 'f:5: found a second document. Leave out the line ---.'],
  ['a directive', `%FOO\n---\n${smallest}`, 'f:1: found a line that begins with %. Leave it out.'],
  ['a tag', `${smallest}panel: !browser\n`, `f:5: found a value that begins with !. ${quotes}`],
  ['an alias to nowhere', `${smallest}panel: *browser\n`, `f:5: found a value that begins with *. ${quotes}`],
  [
    'an IPv6 address without quotes',
    `${smallest}browser:\n  listen: [::1]:8080\n`,
    `f:6: found something left over behind a value. ${quotes}`,
  ],
  [
    'a reserved sign',
    `${smallest}panel: @b\n`,
    `f:5: found a value that begins with a sign of YAML. ${quotes}`,
  ],
  [
    'a list as key',
    `${smallest}? [a]\n: 1\n`,
    `f:5: found a list or a section where a key belongs. ${indent}`,
  ],
  ['an alias bomb', bomb, 'f: found too many aliases (values that begin with *). Write them out.'],
  [
    'brackets without end',
    `a:\n  ${'['.repeat(60_000)}`,
    `f:2: found lists within lists without end. ${start}`,
  ],
  [
    'brackets without end, on many lines',
    '[\n'.repeat(30_000),
    `f:17: found lists within lists without end. ${start}`,
  ],
  ['dashes without end', '- '.repeat(30_000), `f:1: found lists within lists without end. ${start}`],
  [
    'steps without end',
    Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    `f:82: found lists within lists without end. ${start}`,
  ],
  [
    'a large file',
    `#${'x'.repeat(70_000)}\n`,
    'f: found more than 64 KiB; allowed here: at most 64 KiB. Is it really the right file?',
  ],
  ['UTF-16', 't\0e\0r\0', 'f: found zero bytes; allowed here: text in UTF-8. Save the file anew, as UTF-8.'],
]

t.test('files that are not settings at all', async (t) => {
  for (const [what, text, sentence] of files) t.strictSame(said(text), [sentence], what)
})

t.test('lines are counted the same with the line ends of Windows', async (t) => {
  t.match(said(`${smallest}log:\n  level: loud\n`.replaceAll('\n', '\r\n')), [/^f:6: log.level:/])
})

t.test('an alias to itself ends', async (t) => {
  t.match(said('terminal: &a [*a]\n'), [/^f:1: terminal: found a list;/])
  t.match(said(`${smallest}languages: &a [*a]\n`), [/^f:5: languages: found /])
})
