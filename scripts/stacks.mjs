// Install the frameworks that the tests of test/stacks use, and find out which tests cannot run without what is missing.
import { readdirSync, readFileSync } from 'node:fs'
import { installInto } from './npm.mjs'

const folder = new URL('../test/stacks/', import.meta.url)
// Optional, so that one that cannot be had does not cost the others.
const { optionalDependencies: pins } = readJSON('package.json')

/**
 * Install what is missing. @returns the test files that need what could not be installed, which a loud line for each package has said.
 */
export function prepareStacks() {
  const missing = listMissing()
  if (missing.length > 0) {
    console.error(`stacks: npm install in test/stacks (${missing.join(', ')})`)
    installInto(folder, '--no-save', '--omit=peer')
  }
  const lost = listMissing()
  const files = listTests().filter((file) => lost.some((name) => imports(file, name)))
  for (const name of lost)
    console.error(
      `NO STACK: ${name} ${pins[name]} could not be installed; not run: ${files.filter((file) => imports(file, name)).join(', ') || 'nothing'}`,
    )
  return { files, isComplete: lost.length === 0 }
}

export const listTests = () => readdirSync(folder).filter((file) => file.endsWith('.test.ts'))

function listMissing() {
  return Object.keys(pins).filter((name) => {
    try {
      return readJSON(`node_modules/${name}/package.json`).version !== pins[name]
    } catch {
      return true
    }
  })
}

/** A test of axios's errors imports nothing of it, its peer does. */
function imports(file, name) {
  const text = readFileSync(new URL(file, folder), 'utf8')
  return file.startsWith(`${name}.`) || text.includes(`from '${name}'`) || text.includes(`from '${name}/`)
}

function readJSON(path) {
  return JSON.parse(readFileSync(new URL(path, folder), 'utf8'))
}
