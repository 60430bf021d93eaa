/** How many terminals live at the same time: most of a life is waiting. */
export const lanes = Number(process.env.FACCINA_LANES ?? 4)

/** Works through all items, so many at a time. */
export async function inLanes<Item>(
  lanes: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
