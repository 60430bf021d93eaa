const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls, at the end of this process, whatever ends it but SIGKILL: an exception, a time limit, Ctrl-C. What
 * is called has to do all at once, and may be called again. Disposing means that it is no longer needed.
 */
export function atAnyEnd(clear: () => void): Disposable {
  const interrupted = (signal: NodeJS.Signals) => {
    clear()
    process.kill(process.pid, signal)
  }
  process.on('exit', clear)
  for (const signal of signals) process.once(signal, interrupted)
  return {
    [Symbol.dispose]() {
      process.off('exit', clear)
      for (const signal of signals) process.off(signal, interrupted)
    },
  }
}
