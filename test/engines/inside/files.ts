import type { Files } from './running.ts'

/** The test files of a bundle: ../bundling.ts puts its own list here. */
export const files: Files = {}
