export type EngineName = 'bun' | 'deno' | 'node26' | 'workerd'

export function findEngine(name: EngineName): string
export function versionOf(path: string): string
