/** One file of an archive. Contents are small: the largest is a segment of the journal. */
export interface Entry {
  /** Relative, with `/` between its parts. */
  name: string
  mode: number
  bytes: Uint8Array
}

const block = 512
/** Nothing that we pack comes near it: a longer file is none of ours. */
const mostBytes = 64 * 1024 * 1024

/**
 * A tar archive (POSIX.1-1988 ustar), readable by every tar. Owner and time are the same for each file, so that the
 * same files give the same bytes.
 * @param seconds the time of all files, since 1970
 */
export async function* packed(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  seconds: number,
): AsyncGenerator<Buffer> {
  for await (const { name, mode, bytes } of entries) {
    yield headerOf(name, mode, bytes.length, seconds)
    yield Buffer.from(bytes)
    yield Buffer.alloc(padding(bytes.length))
  }
  yield Buffer.alloc(2 * block)
}

function headerOf(name: string, mode: number, size: number, seconds: number): Buffer {
  const header = Buffer.alloc(block)
  const { prefix, rest } = split(name)
  header.write(rest, 0)
  const number = (value: number, at: number, digits: number) =>
    header.write(`${value.toString(8).padStart(digits, '0')}\0`, at)
  number(mode, 100, 7)
  number(0, 108, 7)
  number(0, 116, 7)
  number(size, 124, 11)
  number(Math.floor(seconds), 136, 11)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write('root', 265)
  header.write('root', 297)
  header.write(prefix, 345)
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** A name of up to 100 bytes stands in one field, the folders of a longer one in another. */
function split(name: string): { prefix: string; rest: string } {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name }
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return { prefix, rest }
  }
  throw new RangeError(`${name}: too long a name for an archive`)
}

/** The sum of all bytes, with spaces where the sum itself stands. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
}

function padding(size: number): number {
  return (block - (size % block)) % block
}

/** The files of an archive that `packed` has made. Rejects where it is none, or ends too early. */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const bytes = new Bytes(chunks)
  for (;;) {
    const header = await bytes.take(block)
    if (header.every((byte) => byte === 0)) break
    const text = (from: number, length: number) =>
      header.toString('utf8', from, from + length).replace(/\0.*$/s, '')
    const number = (from: number, length: number) => Number.parseInt(text(from, length), 8)
    const size = number(124, 12)
    const mode = number(100, 8)
    const sound = number(148, 8) === sumOf(header) && text(257, 5) === 'ustar' && text(156, 1) === '0'
    if (!sound || !(size >= 0 && size <= mostBytes && mode >= 0))
      throw new TypeError('this is no archive of ours')
    const prefix = text(345, 155)
    const content = await bytes.take(size)
    await bytes.take(padding(size))
    yield { name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100), mode, bytes: content }
  }
  // What is behind the end is read, so that whoever checks the whole stream comes to its end.
  await bytes.rest()
}

/** A stream as so many bytes at a time. */
class Bytes {
  readonly #chunks: AsyncIterator<Uint8Array>
  #have: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async take(size: number): Promise<Buffer> {
    const parts = [this.#have]
    let length = this.#have.length
    while (length < size) {
      const { value, done } = await this.#chunks.next()
      if (done) throw new TypeError('the archive is not complete')
      parts.push(Buffer.from(value))
      length += value.length
    }
    const all = Buffer.concat(parts)
    this.#have = all.subarray(size)
    return all.subarray(0, size)
  }

  async rest(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }
}
