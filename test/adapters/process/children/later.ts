/** A deliberate sleep, as in the contract suite. */
export const late = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400))
