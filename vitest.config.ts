import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/stacks/**', 'test/consumers/**', '**/node_modules/**'],
    // Most of the time is waiting: for browsers, processes, deadlines.
    maxWorkers: 2,
    // For what hangs. What a busy machine may take is not to be told from it by less.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    expect: { poll: { timeout: 30_000 } },
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: './tsconfig.test.json',
      // `npm run build` and `npm run types` report these.
      ignoreSourceErrors: true,
    },
    coverage: { include: ['src/**'] },
  },
})
