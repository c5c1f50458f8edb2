// Find JSON-RPC peers of other people that the tests speak with, and install them from Debian where that can be.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const known = {
  'a Python with json-rpc': {
    debian: 'python3-jsonrpc',
    commands: ['/usr/bin/python3', 'python3'],
    args: ['-c', 'from jsonrpc import JSONRPCResponseManager'],
  },
  'Emacs with eglot': {
    debian: 'elpa-eglot',
    commands: ['emacs'],
    args: ['--batch', '-q', '--eval', "(require 'eglot)"],
  },
  Neovim: { debian: 'neovim', commands: ['nvim'], args: ['--version'] },
}

/** Give the command of a peer; undefined where there is none: a loud line says so. */
export function findPeer(name) {
  const { debian } = known[name]
  const found = search(name)
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`peers: apt-get install ${debian}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', debian]])
      spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env })
  }
  const installed = search(name)
  if (!installed)
    console.error(`NO ${name}: its tests do not run. Install it (Debian: apt-get install ${debian})`)
  return installed
}

const search = (name) =>
  known[name].commands.find(
    (command) => spawnSync(command, known[name].args, { stdio: 'ignore' }).status === 0,
  )
