// The tests with frameworks of others, in Node, Chromium and Firefox: `npm run test:stacks`.
import { playwright } from '@vitest/browser-playwright'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { findBrowsers, launchOptions } from './scripts/browsers.mjs'

const loopback = { host: '127.0.0.1' }
const here = fileURLToPath(new URL('./', import.meta.url))
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 10_000 }
/** Files of what could not be installed. */
const exclude = process.env.PORTCALL_STACKS_WITHOUT?.split(',') ?? []

export default defineConfig(async () => {
  const launch = launchOptions(await findBrowsers())
  return {
    root: `${here}test/stacks`,
    test: {
      projects: [
        {
          extends: true,
          test: {
            ...timeouts,
            name: 'node',
            include: ['*.test.ts'],
            exclude: [...exclude, '*.browser.test.ts'],
          },
        },
        {
          extends: true,
          server: { fs: { allow: [here] } },
          // What is found later reloads the page in the middle of a test.
          optimizeDeps: {
            include: [
              'axios',
              'immer',
              'jotai/vanilla',
              'lodash',
              'mobx',
              'react',
              'react-dom/client',
              'solid-js',
              'solid-js/store',
              'vue',
              'zone.js',
            ],
          },
          test: {
            ...timeouts,
            include: ['*.test.ts'],
            exclude: [...exclude, '*.node.test.ts'],
            fileParallelism: false,
            api: loopback,
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              api: loopback,
              connectTimeout: 60_000,
              provider: playwright({ launchOptions: launch.chromium }),
              instances: [
                { browser: 'chromium', name: 'chromium' },
                {
                  browser: 'firefox',
                  name: 'firefox',
                  provider: playwright({ launchOptions: launch.firefox }),
                },
              ],
            },
          },
        },
      ],
    },
  }
})
