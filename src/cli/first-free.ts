/** With a wish only that port; without one the usual, or where it is taken any that is free. */
export async function firstFree<T>(
  wish: number | undefined,
  usual: number,
  open: (port: number) => Promise<T>,
): Promise<T> {
  if (wish !== undefined) return open(wish)
  try {
    return await open(usual)
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    return open(0)
  }
}
