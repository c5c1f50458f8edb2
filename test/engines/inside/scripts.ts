/** Stands in for ../../adapters/process/scripts.ts, which bundles: here all is bundled, in folders as they are there. */
export const bundleScripts = async (
  folder: string,
): Promise<{ path(name: string): string; remove(): void }> => ({
  path: (name) => `${folder}${name}.ts`,
  remove() {},
})
