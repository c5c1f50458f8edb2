export type EngineName = 'bun' | 'deno' | 'workerd'

export function findEngine(name: EngineName): string
export function versionOf(path: string): string
