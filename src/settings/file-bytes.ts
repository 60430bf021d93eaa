import type { Problem } from './problem.ts'

type Facts = Required<Pick<Problem, 'found' | 'allowed' | 'hint'>>

const plain =
  'Save the settings as plain text: in Notepad as it is, in TextEdit after Format > Make Plain Text; not in Word or Excel.'

/** Files of another kind, by how they begin (in Latin-1). */
const kinds: [RegExp, Omit<Facts, 'allowed'>][] = [
  [/^PK[^A-Z]{2}/i, { found: 'a ZIP archive, or a document of Word or Excel', hint: plain }],
  [/^\xd0\xcf.\xe0/, { found: 'a document of Word or Excel', hint: plain }],
  [/^%PDF-/, { found: 'a PDF document', hint: plain }],
  [/^\{\\rtf/, { found: 'a text with typefaces (RTF)', hint: plain }],
  [
    /^(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml)/i,
    {
      found: 'a web page',
      hint: 'Download the file itself, and not the page that shows it.',
    },
  ],
  [
    /^(\xef\xbb\xbf)?-----BEGIN/,
    {
      found: 'a certificate or a key',
      hint: 'Keep it as a file of its own beside the settings, and write its name in them: broker.ca, broker.certificate or broker.key.',
    },
  ],
]

/**
 * The bytes of a settings file as text. What Notepad calls UTF-8 and Unicode is read alike (UTF-8, UTF-16 with a
 * byte order mark); the mark of UTF-8 stays, for the parser of the settings knows what to do about it.
 */
export function textOf(bytes: Uint8Array): { text: string } | { unfit: Facts; cause?: unknown } {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64))
  const kind = kinds.find(([begins]) => begins.test(start))?.[1]
  if (kind) return { unfit: { allowed: 'the settings, as plain text', ...kind } }
  try {
    return { text: new TextDecoder(encodingOf(bytes), { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch (cause) {
    const hint = 'Save the file anew, with the encoding UTF-8.'
    return { unfit: { found: 'bytes that are not UTF-8', allowed: 'text in UTF-8', hint }, cause }
  }
}

/** The encoding that the byte order mark tells. */
function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return 'utf-8'
}
