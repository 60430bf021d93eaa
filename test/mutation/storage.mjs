import { room } from './room.mjs'

const quick =
  'line,errors,slots,segment,store,state-document,commissions,inspect,golden,lock,moved,faults,grouping,cursor,border,withdrawn,boot-times'

// Of the tests of thousands of cases every eleventh case is enough to see most of the rest.
process.env.FACCINA_STRIDE ??= '11'

export default room('storage', [`storage/{${quick}}`, 'contracts/journal', 'storage/*'], 0)
