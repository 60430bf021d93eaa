import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Bits that flipped on the card: the bytes from `offset` on are others now, at random. */
export async function flipBits(path: string, offset: number, bytes: number): Promise<void> {
  await using file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, offset)
  const noise = randomBytes(bytes)
  // Not one byte stays as it was.
  for (let i = 0; i < bytes; i++) buffer[i]! ^= noise[i]! || 1
  await file.write(buffer, 0, bytes, offset)
  await file.sync()
}
