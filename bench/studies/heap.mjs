/** Bytes in use in this thread after everything that can go has gone. Needs --expose-gc. */
export async function heapUsed() {
  let least = Infinity
  for (let i = 0; i < 4; i++) {
    // What finalization registries do comes in a task of its own.
    await new Promise((resolve) => setTimeout(resolve, 5))
    globalThis.gc()
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}
