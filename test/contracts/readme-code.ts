import { readFile } from 'node:fs/promises'

/** What the README of the contract gives to those who verify a record: with nothing of ours. */
export async function readmeCode(): Promise<{ isGenuine: (event: unknown) => boolean }> {
  const text = await readFile(new URL('../../src/contract/README.md', import.meta.url), 'utf8')
  const [, code] = /<!-- verify -->\s+```js\n([\s\S]*?)```/.exec(text) ?? []
  if (code === undefined) throw new Error('there is no code in src/contract/README.md')
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}
