// Run npm where something of others is installed for tests.
import { spawnSync } from 'node:child_process'

// npm is a .cmd file on Windows.
const shell = process.platform === 'win32'

/** Install what the package.json of a folder names, and `words`. @returns whether npm says that it did. */
export function installInto(folder, ...words) {
  const how = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock']
  const { status } = spawnSync('npm', ['install', ...how, ...words], {
    cwd: folder,
    // stdout stays free for a program that reads the output of what runs next.
    stdio: ['ignore', 2, 2],
    timeout: 5 * 60_000,
    shell,
  })
  return status === 0
}

/** Pack the package in `root` into `folder`. @returns the name of the file. */
export function packInto(root, folder) {
  const words = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  const { stdout, status } = spawnSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    shell,
  })
  if (status !== 0) throw new Error(`npm pack failed (exit ${status})`)
  return stdout.trim().split('\n').at(-1)
}
