/**
 * Loaded in front of a test: ends it, as failed, when a mutant keeps it from ever ending. Where promises wait for one
 * another in a circle no timer of the test itself can ring, so another thread looks at the pulse of the first.
 */
import hooks from 'node:async_hooks'
import { writeFileSync, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** Of the processor, so that a busy computer makes no difference: without a turn of the event loop, and for all of a test. */
const silentMs = 8_000
const limitMs = 60_000

if (isMainThread) {
  // With these tap says in which test an error was thrown that nobody caught. Here any will do, and a third of the time.
  const none = { enable: () => none, disable: () => none }
  hooks.createHook = () => none
  syncBuiltinESMExports()
  const pulse = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(pulse, 0, 1), 200).unref()
  new Worker(new URL(import.meta.url), { workerData: pulse, execArgv: [] }).unref()
} else {
  let [last, at] = [0, 0]
  setInterval(() => {
    const { user, system } = process.cpuUsage()
    const now = (user + system) / 1000
    const beats = Atomics.load(workerData, 0)
    if (beats !== last) [last, at] = [beats, now]
    if (now - at < silentMs && now < limitMs) return
    writeSync(1, '\nnot ok - it never ends\n')
    // What Stryker's hook would have left behind.
    writeFileSync(`stryker-output-${process.pid}.json`, '{}')
    process.kill(process.pid, 'SIGKILL')
  }, 500)
}
