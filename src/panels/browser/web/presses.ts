import type { Key } from '../../../domain/words.ts'

/** How long the terminal may take to say that it has a press. */
const answerMs = 3000

/** Sends one press; false when the terminal did not take it. */
export async function sendPress(key: Key): Promise<boolean> {
  try {
    const response = await fetch('/panel/press', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
      keepalive: true,
      signal: AbortSignal.timeout(answerMs),
    })
    return response.ok
  } catch {
    return false
  }
}
