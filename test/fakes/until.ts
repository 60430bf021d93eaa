/** One turn of the event loop: whatever waits for nothing but its turn has had it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Enough turns for everything that waits for nothing else. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

/** Waits until something is so, turn by turn; rejects when it has not become so within the bound. */
export async function until(so: () => boolean, what = so.toString(), boundMs = 10_000): Promise<void> {
  const end = performance.now() + boundMs
  while (!so()) {
    if (performance.now() > end) throw new Error(`within ${boundMs} ms it never came to be: ${what}`)
    await turn()
  }
}
