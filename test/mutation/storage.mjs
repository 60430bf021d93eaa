import { room } from './room.mjs'

// Of the tests of thousands of cases every 23rd case is enough to see most of the rest.
process.env.FACCINA_STRIDE ??= '23'

/** The slowest last. */
const alone = ['lock', 'boot-times', 'withdrawn', 'prune', 'reader', 'recovery', 'batches', 'fold']

export default room('storage', ['contracts/journal.test', ...alone.map((test) => `storage/${test}.test`)], 84)
