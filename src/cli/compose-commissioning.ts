import type { Clock } from '../ports/clock.ts'
import type { Settings } from '../settings/index.ts'
import { openCommissions } from '../storage/commissions.ts'
import { openIdentity } from '../system/identity/identity.ts'
import type { CommissionerParts } from '../terminal/commissioner.ts'
import { brokerChecks, clockCheck, hardwareChecks, networkCheck, storageCheck } from './checks.ts'

/** What the terminal looks at besides its panel, in the order in which it can be mended, and what signs the outcome. */
export function composeCommissioning(settings: Settings, clock: Clock): CommissionerParts {
  const { directory } = settings.storage
  return {
    checks: () => [
      storageCheck(settings),
      clockCheck(settings, clock),
      networkCheck(settings),
      ...brokerChecks(settings, clock),
      ...hardwareChecks(settings),
    ],
    signer: () => openIdentity(directory),
    commissions: openCommissions(directory),
  }
}
