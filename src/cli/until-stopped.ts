/**
 * Resolves at the first SIGINT or SIGTERM. A second one ends the process at once: nothing that was
 * thanked is lost by that.
 */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      for (const name of signals) process.once(name, () => process.exit(1)).off(name, stop)
      resolve(signal)
    }
    for (const name of signals) process.on(name, stop)
  })
}

const signals = ['SIGINT', 'SIGTERM'] as const
