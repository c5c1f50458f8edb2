// One file for each part, as content scripts cannot be modules.
import { cp, rm } from 'node:fs/promises'
import { rolldown } from 'rolldown'

await rm('dist', { recursive: true, force: true })
for (const part of ['background', 'content', 'popup']) {
  const build = await rolldown({ input: `${part}.mjs`, platform: 'browser' })
  await build.write({ file: `dist/${part}.js`, format: 'iife' })
  await build.close()
}
for (const file of ['manifest.json', 'popup.html']) await cp(file, `dist/${file}`)
console.log('Load the folder dist at chrome://extensions')
