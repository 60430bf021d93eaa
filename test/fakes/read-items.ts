import type { Item, Reader } from '../../src/ports/journal.ts'

/** Everything that may be told now. */
export async function readItems(reader: Reader): Promise<Item[]> {
  const items: Item[] = []
  for (let item = await reader.next(); item && item.is !== 'held'; item = await reader.next())
    items.push(item)
  return items
}
