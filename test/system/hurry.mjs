/**
 * For `node --import`: lets a program's monotonic clock and its timers run faster than the world, so that a
 * thank-you of 1.5 s does not make a test wait. The wall clock stays what it is, and so does the disk.
 */
const factor = Number(process.env.FACCINA_HURRY ?? 1)

const { bigint } = process.hrtime
const begun = bigint()
process.hrtime.bigint = () => begun + (bigint() - begun) * BigInt(factor)

const { setTimeout: timeout } = globalThis
globalThis.setTimeout = (ring, ms = 0, ...rest) => timeout(ring, ms / factor, ...rest)
