import t from 'tap'
import {
  commandLine,
  commandOf,
  flag,
  nothingMore,
  oneFile,
  oneOf,
  text,
  wholeOf,
} from '../../src/cli/command-line.ts'

const usage = 'Usage: faccina dance\n'

function ask(args: string[], words = false) {
  const said = { out: '', err: '' }
  const out = {
    stdout: (text: string) => {
      said.out += text
    },
    stderr: (text: string) => {
      said.err += text
    },
    colour: false,
  }
  const options = { slow: flag, to: text, steps: { type: 'string', default: '3', short: 's' } } as const
  const asked = commandLine(args, out, {
    usage,
    options,
    words,
    read: ({ slow, to, steps }, rest) => ({ slow, to, steps: wholeOf('--steps', steps, 1, 9), rest }),
  })
  return { ...asked, ...said }
}

t.test('a line is what its command reads in it', async (t) => {
  const line = { slow: false, to: undefined, steps: 3, rest: [] as string[] }
  t.same(ask([]), { line, out: '', err: '' })
  t.match(ask(['--slow', '--to=x', '-s', '4']), { line: { slow: true, to: 'x', steps: 4 } })
  t.match(ask(['a', '--slow', '--', '--help'], true), { line: { slow: true, rest: ['a', '--help'] } })
})

t.test('help is answered, whatever else stands there; a wrong line is said, with the usage', async (t) => {
  for (const help of ['--help', '-h'])
    t.same(ask([help, '--steps', 'x']), { exit: 0, out: usage, err: '' }, help)
  const cases: [string[], string][] = [
    [['--fast'], "Unknown option '--fast'"],
    [['word'], "Unexpected argument 'word'. This command does not take positional arguments"],
    [['--to', '-x'], "Option '--to' argument is ambiguous.\nDid you forget to specify the option argument"],
    [['--steps', '10'], '--steps: found "10", allowed is a whole number from 1 to 9'],
  ]
  for (const [args, sentence] of cases) {
    const { err, ...rest } = ask(args)
    t.match(rest, { exit: 2, out: '' })
    t.ok(err.startsWith(`faccina: ${sentence}`), err)
    t.ok(err.endsWith(`\n\n${usage}`), err)
  }
})

t.test('what words and values may be', async (t) => {
  const two = ['left', 'right'] as const
  t.equal(oneOf('--to', 'left', two), 'left')
  t.throws(() => oneOf('--to', 'up', two), { message: '--to: found "up", allowed are left, right' })
  t.equal(commandOf('dance', 'left', two), 'left')
  const missing = { message: 'dance: a command is missing; allowed are left, right' }
  t.throws(() => commandOf('dance', undefined, two), missing)
  t.throws(() => commandOf('dance', 'up', ['left']), {
    message: 'dance: unknown command "up"; allowed is left',
  })
  t.equal(oneFile('dance', ['a']), 'a')
  for (const words of [[], ['a', 'b']])
    t.throws(() => oneFile('dance', words), { message: `dance takes one file, found ${words.length}` })
  nothingMore('dance left', [])
  t.throws(() => nothingMore('dance left', ['a']), {
    message: 'dance left: found "a", which it does not take',
  })
})
