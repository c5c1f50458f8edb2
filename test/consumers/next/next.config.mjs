import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

// Strict mode would start a second worker in development.
export default { reactStrictMode: false, turbopack: { root } }
