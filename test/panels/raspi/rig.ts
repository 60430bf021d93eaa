import type { MakeIo } from '../../../src/panels/boards/raspi-board.ts'
import type { RaspiNeeds } from '../../../src/panels/boards/raspi-io.ts'
import type { PanelContext } from '../../../src/panels/drivers.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { type TestChip, TestIo } from '../../fakes/test-io.ts'

/** What a panel's parts are opened with, and the IO plugins that were made for them in place of raspi-io. */
export function raspiRig(chips = new Map<number, TestChip>()) {
  const clock = new FakeClock()
  const log = new FakeLog()
  const shared = new Map<string, Promise<AsyncDisposable>>()
  const context: PanelContext = {
    clock,
    log,
    browser: { listen: { host: '127.0.0.1', port: 0 } },
    lighting: { brightness: () => 1, animation: false },
    share<T extends AsyncDisposable>(name: string, open: () => T | Promise<T>) {
      if (!shared.has(name)) shared.set(name, Promise.resolve().then(open))
      return shared.get(name) as Promise<T>
    },
  }
  const made: { io: TestIo; needs: RaspiNeeds }[] = []
  /** What making a plugin rejects with, while it does. */
  const trouble: { error?: Error; silent?: boolean } = {}
  const makeIo: MakeIo = async (needs) => {
    if (trouble.error) throw trouble.error
    const io = new TestIo(needs.lines, chips, { ready: !trouble.silent })
    made.push({ io, needs })
    return io
  }
  return {
    clock,
    log,
    context,
    makeIo,
    made,
    trouble,
    chips,
    /** The plugin that is in use. */
    get io(): TestIo {
      return made.at(-1)!.io
    },
    async [Symbol.asyncDispose]() {
      for (const one of shared.values()) await (await one)[Symbol.asyncDispose]()
    },
  }
}
