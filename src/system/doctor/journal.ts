import { failed, good, type Told } from './finding.ts'

/** Who has the journal: nobody, a terminal that runs, or there is none to have yet. */
export type Holder = { is: 'nobody' } | { is: 'terminal'; says: string } | { is: 'absent' }

/** Whether the journal can be read; it is for a terminal that runs to open it. */
export async function lookAtJournal(holder: Holder, open: () => Promise<'readable' | 'none'>): Promise<Told> {
  if (holder.is === 'absent') return good('none yet: it begins with the first start')
  try {
    const found = await open()
    if (holder.is === 'terminal')
      return good(`held by the terminal that runs (${holder.says}), as it should be`)
    return good(found === 'none' ? 'none yet: it begins with the first start' : 'opens')
  } catch (error) {
    const { message } = error as Error
    // Of a journal that has moved, or is on its way, the message itself says what to do.
    const [what = '', todo] = message.split('; ')
    if (/moved to another|did not end/.test(what) && todo !== undefined)
      return failed(what, `${todo.charAt(0).toUpperCase()}${todo.slice(1)}.`)
    return failed(message, 'See what can still be read of it: faccina votes verify')
  }
}
