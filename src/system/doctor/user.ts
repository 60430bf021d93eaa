import { failed, good, type Told } from './finding.ts'

/** Whom the system knows, as in passwd(5) and group(5), and who we are. */
export interface Accounts {
  uid: number
  passwd: string
  group: string
  /** The groups that this process has, by number. */
  groups: readonly number[]
}

export interface Account {
  uid: number
  name: string
  groups: readonly string[]
}

/**
 * Who runs the terminal: the user of the service where an administrator looks on its behalf, else who looks.
 * @param serviceUser by default the one that the package makes
 */
export function terminalUser({ uid, passwd, group, groups }: Accounts, serviceUser = 'faccina'): Account {
  const users = passwd.split('\n').map((line) => line.split(':'))
  const all = group.split('\n').map((line) => line.split(':'))
  const service = uid === 0 ? users.find(([name]) => name === serviceUser) : undefined
  if (!service) {
    const [name = String(uid)] = users.find(([, , id]) => id === String(uid)) ?? []
    const mine = all.filter(([, , id]) => groups.includes(Number(id)))
    return { uid, name, groups: mine.map(([name = '']) => name) }
  }
  const own = all.filter(
    ([, , id, members = '']) => id === service[3] || members.split(',').includes(serviceUser),
  )
  return { uid: Number(service[2]), name: serviceUser, groups: own.map(([name = '']) => name) }
}

/** Whether that user may reach what the panel is made of. */
export function judgeUser(
  { uid, name, groups }: Account,
  needs: { root: boolean; groups: readonly string[] },
): Told {
  if (needs.root) {
    if (uid === 0) return good('root, which this panel needs')
    return failed(
      `user ${name}; this panel needs root`,
      'Choose a panel that needs no root (faccina panel --list), or let the service run as root by its drop-in.',
    )
  }
  if (uid === 0) return good('root; it may do everything')
  const missing = needs.groups.filter((group) => !groups.includes(group))
  if (missing.length === 0) {
    const which = needs.groups.length > 0 ? `, in ${needs.groups.join(', ')}` : '; this panel needs no group'
    return good(`user ${name}${which}`)
  }
  return failed(
    `user ${name} is not in the group ${missing.join(', ')}, which this panel needs`,
    `Run: sudo usermod -aG ${missing.join(',')} ${name}   and restart the terminal.`,
  )
}
