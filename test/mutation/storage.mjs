import { room } from './room.mjs'

const quick =
  'line,errors,slots,segment,state-document,commissions,inspect,golden,lock,files,handles,moved,faults,store,grouping,cursor,border,withdrawn,boot-times'

// Of the tests of thousands of cases every 23rd case is enough to see most of the rest.
process.env.FACCINA_STRIDE ??= '23'

export default room('storage', [`storage/{${quick}}`, 'contracts/journal', 'storage/*'], 84)
