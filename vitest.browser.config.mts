// Chromium and Firefox in one run.
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { findBrowsers, launchOptions } from './scripts/browsers.mjs'
import { bundleWorkers } from './test/browser/worker-bundles.ts'

const loopback = { host: '127.0.0.1' }

export default defineConfig(async () => {
  const launch = launchOptions(await findBrowsers())
  return {
    plugins: [bundleWorkers()],
    test: {
      include: ['test/browser/**/*.test.ts'],
      globalSetup: ['test/browser/servers.ts'],
      // Files share one origin, and with it BroadcastChannel, SharedWorker and ServiceWorker.
      fileParallelism: false,
      // For what hangs. What a busy machine may take is not to be told from it by less.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      teardownTimeout: 10_000,
      expect: { poll: { timeout: 30_000 } },
      api: loopback,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        api: loopback,
        connectTimeout: 60_000,
        provider: playwright({ launchOptions: launch.chromium }),
        instances: [
          { browser: 'chromium' },
          { browser: 'firefox', provider: playwright({ launchOptions: launch.firefox }) },
        ],
      },
    },
  }
})
