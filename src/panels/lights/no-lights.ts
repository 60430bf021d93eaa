import type { LightsPort } from '../../ports/panel.ts'

/** A panel whose faces are not lit. */
export function openNoLights(): LightsPort {
  return {
    show() {},
    condition: () => ({ is: 'none' }),
    onCondition: () => ({ [Symbol.dispose]() {} }),
    async [Symbol.asyncDispose]() {},
  }
}
