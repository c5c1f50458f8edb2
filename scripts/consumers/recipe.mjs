// The files of a recipe in docs/testing.md, as a consumer gets them.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript-6.0'

const page = new URL('../../docs/testing.md', import.meta.url)

/** Write the files of the code block that tests `name` (worker.test.ts) into a folder; TypeScript as JavaScript. */
export function writeRecipe(name, folder) {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```\w+.*\n([^]*?)^```/gm)].map(([, code]) => code)
  const block = blocks.find((code) => code.includes(`// ${name}\n`))
  if (!block) throw new Error(`docs/testing.md has no ${name}`)
  for (const part of block.split(/^\/\/ (?=[\w.-]+\n)/m).slice(1)) {
    const end = part.indexOf('\n')
    const file = part.slice(0, end)
    writeFileSync(join(folder, file.replace(/\.ts$/, '.js')), javaScriptOf(file, part.slice(end + 1)))
  }
}

/** As the page says: Jest runs the same, without the line that imports vitest's functions. */
function javaScriptOf(file, code) {
  if (!file.endsWith('.ts')) return code
  const { outputText } = ts.transpileModule(code.replace(/^import .* from 'vitest'\n/m, ''), {
    fileName: basename(file),
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  })
  return outputText
}
