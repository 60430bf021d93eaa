import type { Display } from '../../ports/panel.ts'

/** A panel of faces only: nothing is asked. */
export function openNoDisplay(): Display {
  return {
    show() {},
    condition: () => ({ is: 'none' }),
    onCondition: () => ({ [Symbol.dispose]() {} }),
    async [Symbol.asyncDispose]() {},
  }
}
