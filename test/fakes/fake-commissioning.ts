import type { Commissions } from '../../src/ports/commissions.ts'
import { type Check, good } from '../../src/ports/examiner.ts'
import type { Signer } from '../../src/ports/signer.ts'
import type { CommissionerParts } from '../../src/terminal/commissioner.ts'
import { FakeSigner } from './fake-signer.ts'

/** What a commissioning needs, in memory: all is well, until a test wants it otherwise. */
export class FakeCommissioning implements CommissionerParts, Commissions {
  looked: Check[] = [{ name: 'broker', look: async () => good('answers') }]
  /** There is no key to sign with. */
  keyless = false
  asked = false
  kept: string | undefined
  /** Keeping is refused with this. */
  refusal: Error | undefined
  /** The checks cannot even be made, which nobody foresees. */
  mistake: Error | undefined
  readonly commissions = this

  checks = () => {
    if (this.mistake) throw this.mistake
    return this.looked
  }

  signer = async (): Promise<Signer> => {
    if (this.keyless) throw new Error('no key')
    return new FakeSigner()
  }

  async wanted(): Promise<boolean> {
    return this.asked
  }

  async done(): Promise<void> {
    this.asked = false
  }

  async last(): Promise<string | undefined> {
    return this.kept
  }

  async keep(record: string): Promise<void> {
    if (this.refusal) throw this.refusal
    this.kept = record
  }
}
