import type { Key } from '../../../domain/words.ts'

/** How long the terminal may take to say that it has a press. */
const answerMs = 3000

/**
 * Sends one press; false when the terminal did not take it.
 * @param held whether the finger stays on it, or has left; without it a short touch
 */
export async function sendPress(key: Key, held?: boolean): Promise<boolean> {
  try {
    const response = await fetch('/panel/press', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key, held }),
      keepalive: true,
      signal: AbortSignal.timeout(answerMs),
    })
    return response.ok
  } catch {
    return false
  }
}
