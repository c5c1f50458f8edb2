import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  root: path('.'),
  base: './',
  // The library as it stands in src, without a build.
  resolve: { alias: { portcall: path('../src/index.ts') } },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', fs: { allow: [path('..')] } },
  build: { target: 'es2022' },
})
